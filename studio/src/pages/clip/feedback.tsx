// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { Clip } from '../../clips/state_badge';
import { useAct, useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { TextArea } from '../../ui/field';
import { toast } from '../../ui/toast';
import { clipsWords as words } from '../../words/clips';
import { Rating, Stars } from './stars';

type Feedback = Schemas['Feedback'];

function Said({ feedback }: { feedback: Feedback }) {
  const now = useClock();
  return (
    <li>
      <div class="feedback-head small quiet">
        <span>
          {feedback.person !== null && `${feedback.person.name} · `}
          {formatAgo(feedback.created_at, now)}
        </span>
        {feedback.rating !== null && <Stars value={feedback.rating} />}
      </div>
      {feedback.text}
    </li>
  );
}

function Give({ clip, onGiven }: { clip: Clip; onGiven: () => void }) {
  const [text, setText] = useState('');
  const [rating, setRating] = useState<number | null>(null);
  const { isBusy, problem, run } = useAct();
  const send = async (event: Event) => {
    event.preventDefault();
    const body = { text: text.trim(), ...(rating === null ? {} : { rating }) };
    if (
      (await run(() => api.post('/clips/{clip_id}/feedback', { path: { clip_id: clip.id }, body }))) === null
    )
      return;
    setText('');
    setRating(null);
    toast(words('feedbackThanks'));
    onGiven();
  };
  return (
    <form class="panel stack" onSubmit={send}>
      <h2>{words('feedbackGive')}</h2>
      <Rating value={rating} onValue={setRating} />
      <TextArea label={words('feedbackText')} value={text} onValue={setText} maxLength={2000} required />
      {problem !== null && <ErrorView problem={problem} isSmall />}
      <div class="row">
        <Button look="main" type="submit" isBusy={isBusy} disabled={text.trim() === ''}>
          {words('feedbackSend')}
        </Button>
      </div>
    </form>
  );
}

export function FeedbackPart({ clip, seesAll, canGive }: { clip: Clip; seesAll: boolean; canGive: boolean }) {
  const all = useLoad(() => api.get('/clips/{clip_id}/feedback', { path: { clip_id: clip.id } }), clip.id);
  const list = all.value?.data ?? [];
  return (
    <div class="stack">
      {canGive && <Give clip={clip} onGiven={all.reload} />}
      {all.problem !== null && <ErrorView problem={all.problem} onRetry={all.reload} isSmall />}
      {(list.length > 0 || (seesAll && (clip.state === 'approved' || clip.state === 'shared'))) && (
        <section class="stack-s">
          <h2>{words(seesAll ? 'feedback' : 'feedbackMine')}</h2>
          {all.value !== null && list.length === 0 && <p class="quiet">{words('feedbackNone')}</p>}
          <ul class="feedback-list">
            {list.map((feedback) => (
              <Said key={feedback.id} feedback={feedback} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
