// SPDX-License-Identifier: Apache-2.0
// Which clips are screened: admins choose among all that are approved.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Still } from '../../clips/card';
import { clipUrl } from '../../clips/media';
import type { Clip } from '../../clips/state_badge';
import { useAct } from '../../lib/load';
import { usePages } from '../../lib/pages';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Segments } from '../../ui/field';
import { Waiting } from '../../ui/progress';
import { partsWords } from '../../words/parts';
import { programmeWords as words } from '../../words/programme';
import './pick.css';

const STATES = ['approved', 'shared'] as const;
type State = (typeof STATES)[number];
const PAGE = 20;

function Row({ clip, isPicked, onChange }: { clip: Clip; isPicked: boolean; onChange: () => void }) {
  const { isBusy, run } = useAct();
  const change = async () => {
    const send = isPicked
      ? () => api.delete('/admin/screening/{clip_id}', { path: { clip_id: clip.id } })
      : () => api.post('/admin/screening', { body: { clip_id: clip.id } });
    await run<unknown>(send, { toast: true });
    onChange();
  };
  return (
    <li class="pick-row">
      <span class="tile-media">
        <Still src={clipUrl(clip.id, 'thumbnail')} />
      </span>
      <div class="grow">
        <a href={`/clips/${clip.id}`}>
          <strong>{clip.title}</strong>
        </a>
        <p class="small quiet">{words('by', { name: clip.author?.name ?? partsWords('unknownPerson') })}</p>
      </div>
      <Button
        size="s"
        icon={isPicked ? 'close' : 'plus'}
        isBusy={isBusy}
        aria-label={words(isPicked ? 'unpickClip' : 'pickClip', { title: clip.title })}
        onClick={change}
      >
        {words(isPicked ? 'unpick' : 'pick')}
      </Button>
    </li>
  );
}

export function Pick({
  picked,
  onChange,
  onClose,
}: {
  picked: ReadonlySet<string>;
  onChange: () => void;
  onClose: () => void;
}) {
  const [state, setState] = useState<State>('approved');
  const list = usePages<Clip>(
    (after) => api.get('/admin/clips', { query: { state, limit: PAGE, after } }),
    state,
  );
  const { first, items, more } = list;
  return (
    <Dialog title={words('pickTitle')} onClose={onClose} isWide>
      <div class="stack">
        <Segments
          label={words('pickState')}
          value={state}
          onValue={setState}
          choices={STATES.map((value) => ({ value, label: partsWords(`state_${value}`) }))}
        />
        {first.value === null && first.problem === null && <Waiting />}
        {first.problem !== null && <ErrorView problem={first.problem} onRetry={first.reload} isSmall />}
        {first.value !== null && items.length === 0 && <p class="quiet">{words('pickNone')}</p>}
        <ul class="stack-s">
          {items.map((clip) => (
            <Row key={clip.id} clip={clip} isPicked={picked.has(clip.id)} onChange={onChange} />
          ))}
        </ul>
        {more !== null && (
          <div class="row">
            <Button isBusy={list.isBusy} onClick={more}>
              {words('pickMore')}
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}
