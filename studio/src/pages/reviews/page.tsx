// SPDX-License-Identifier: Apache-2.0
// The reviewer's queue: one clip after the other, by keys or by hand.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Still } from '../../clips/card';
import { clipUrl } from '../../clips/media';
import { FlagBadge } from '../../clips/state_badge';
import { useAct, useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { place } from '../../router/router';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { partsWords } from '../../words/parts';
import { reviewsWords as words } from '../../words/reviews';
import { NoteDialog } from '../clip/note_dialog';
import { Detail } from './detail';
import { KeyHelp, useKeys } from './keys';
import { afterDecision, moved, type Queued } from './queue';
import './reviews.css';

// Nothing tells of others' submissions, so the page looks.
const LOOK_EVERY_MS = 30_000;

function Row({ queued, isHere, onChoose }: { queued: Queued; isHere: boolean; onChoose: () => void }) {
  const now = useClock();
  const { clip } = queued;
  return (
    <li>
      <button type="button" class="review-row" aria-current={isHere ? 'true' : undefined} onClick={onChoose}>
        <span class="review-still">
          <Still src={clipUrl(clip.id, 'thumbnail')} />
        </span>
        <span class="grow">
          <strong>{clip.title}</strong>
          <span class="small quiet">
            {clip.author?.name ?? partsWords('unknownPerson')} ·{' '}
            {words('dueIn', { time: formatAgo(queued.due_at, now) })}
          </span>
          <span class="row">
            {queued.overdue && <Badge look="warn">{words('late')}</Badge>}
            {clip.appealed && <Badge look="accent">{words('appeal')}</Badge>}
            {queued.asked_of_you && <Badge>{words('asked')}</Badge>}
            <FlagBadge clip={clip} />
          </span>
        </span>
      </button>
    </li>
  );
}

export default function ReviewsPage() {
  const load = useLoad(() => api.get('/reviews'));
  const [at, setAt] = useState<string | null>(place.value.query.get('clip'));
  const [isReturning, setReturning] = useState(false);
  const [hasHelp, setHelp] = useState(false);
  const act = useAct();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') load.reload();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const queue = load.value?.data ?? [];
  const here = queue.find(({ clip }) => clip.id === at) ?? queue[0];
  const id = here?.clip.id ?? null;

  const decide = async (decision: 'approve' | 'return', reason: string) => {
    if (here === undefined) return;
    const next = afterDecision(queue, here.clip.id);
    const body = { decision, ...(reason === '' ? {} : { reason }) };
    const done = await act.run(
      () => api.post('/clips/{clip_id}/decision', { path: { clip_id: here.clip.id }, body }),
      { toast: decision === 'approve' },
    );
    if (done !== null) {
      setReturning(false);
      setAt(next);
      toast(words(decision === 'approve' ? 'approved' : 'returned'));
    }
    load.reload();
  };
  const move = (by: 1 | -1) => {
    setAt(moved(queue, id, by));
    document.querySelector('.review-row[aria-current]')?.scrollIntoView({ block: 'nearest' });
  };
  const play = () => {
    const film = document.querySelector<HTMLVideoElement>('.review-detail video');
    if (film?.paused) void film.play().catch(() => undefined);
    else film?.pause();
  };
  useKeys({
    next: () => move(1),
    previous: () => move(-1),
    approve: () => void decide('approve', ''),
    return: () => {
      if (here !== undefined) setReturning(true);
    },
    play,
    help: () => setHelp(true),
  });

  if (load.value === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  return (
    <div class="stack">
      {here === undefined ? (
        <Empty icon="check" title={words('emptyTitle')} text={words('emptyText')} />
      ) : (
        <>
          <PageHead title={words('title')} lead={words('waiting', { n: queue.length })}>
            <Button size="s" look="quiet" onClick={() => setHelp(true)}>
              {words('keys')} <kbd>?</kbd>
            </Button>
          </PageHead>
          <div class="reviews">
            <ol class="review-queue" aria-label={words('queue')}>
              {queue.map((queued) => (
                <Row
                  key={queued.id}
                  queued={queued}
                  isHere={queued === here}
                  onChoose={() => setAt(queued.clip.id)}
                />
              ))}
            </ol>
            <Detail
              queued={here}
              isBusy={act.isBusy}
              onApprove={() => void decide('approve', '')}
              onReturn={() => setReturning(true)}
            />
          </div>
        </>
      )}
      {isReturning && (
        <NoteDialog
          title={words('returnTitle')}
          label={words('returnReason')}
          hint={words('returnHint')}
          isRequired
          isBad
          action={words('return')}
          act={act}
          onClose={() => {
            act.clear();
            setReturning(false);
          }}
          onDo={(reason) => void decide('return', reason)}
        />
      )}
      {hasHelp && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
}
