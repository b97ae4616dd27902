// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import { ClipCard } from '../../clips/card';
import { useLoad } from '../../lib/load';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { programmeWords as words } from '../../words/programme';

export default function ScreeningPage() {
  const load = useLoad(() => api.get('/screening'));
  if (load.value === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  const clips = load.value.data;
  if (clips.length === 0)
    return <Empty icon="play" title={words('screeningEmpty')} text={words('screeningEmptyText')} />;
  return (
    <div class="stack">
      <PageHead title={words('screeningTitle')} lead={words('screeningLead')} />
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
    </div>
  );
}
