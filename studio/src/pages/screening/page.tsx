// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ClipCard } from '../../clips/card';
import { useLoad } from '../../lib/load';
import { may } from '../../session/session';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { programmeWords as words } from '../../words/programme';
import { Pick } from './pick';

export default function ScreeningPage() {
  const load = useLoad(() => api.get('/screening'));
  const [isPicking, setPicking] = useState(false);
  if (load.value === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  const clips = load.value.data;
  const pick = may('admin') ? (
    <Button icon="plus" onClick={() => setPicking(true)}>
      {words('pickTitle')}
    </Button>
  ) : null;
  return (
    <div class="stack">
      {clips.length === 0 ? (
        <Empty icon="play" title={words('screeningEmpty')} text={words('screeningEmptyText')}>
          {pick}
        </Empty>
      ) : (
        <>
          <PageHead title={words('screeningTitle')} lead={words('screeningLead')}>
            {pick}
          </PageHead>
          <div class="tiles">
            {clips.map((clip) => (
              <ClipCard
                key={clip.id}
                clip={clip}
                showsState={false}
                {...(clip.author === null ? {} : { line: words('by', { name: clip.author.name }) })}
              />
            ))}
          </div>
        </>
      )}
      {isPicking && (
        <Pick
          picked={new Set(clips.map(({ id }) => id))}
          onChange={load.reload}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  );
}
