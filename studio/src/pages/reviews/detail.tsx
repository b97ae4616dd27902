// SPDX-License-Identifier: Apache-2.0
// The clip that is decided on, with all there is to know about it.
import { Film } from '../../clips/film';
import { flagText } from '../../clips/flags';
import { clipUrl } from '../../clips/media';
import { stepsOf } from '../../clips/steps';
import { formatDay } from '../../lib/words';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { partsWords } from '../../words/parts';
import { reviewsWords as words } from '../../words/reviews';
import type { Queued } from './queue';

function Hits({ queued }: { queued: Queued }) {
  const { clip } = queued;
  return (
    <section class="stack-s">
      <h3>{words('hits')}</h3>
      {!clip.flagged && (
        <p class="small quiet row">
          <Icon name="check" size={16} />
          {words('hitsNone')}
        </p>
      )}
      {clip.flags?.map((flag, i) => {
        const { title, quote, small } = flagText(flag);
        return (
          <div key={i} class="review-hit small">
            <Icon name="alert" size={18} />
            <div class="stack-s grow">
              <strong>{title}</strong>
              {quote !== null && <span class="review-quote">{quote}</span>}
              {small !== null && <span class="quiet">{small}</span>}
            </div>
          </div>
        );
      })}
      {clip.flagged && <p class="small quiet">{words('hitsTwo')}</p>}
    </section>
  );
}

function Before({ queued }: { queued: Queued }) {
  const before = stepsOf(queued.clip).flatMap((step) =>
    step.kind === 'approved' || step.kind === 'returned' ? [step] : [],
  );
  if (before.length === 0) return null;
  return (
    <section class="stack-s">
      <h3>{words('before')}</h3>
      {before.map((step, i) => (
        <div key={i} class="small stack-s">
          <div class="row">
            <Badge look={step.kind === 'approved' ? 'good' : 'warn'}>
              {partsWords(`state_${step.kind}`)}
            </Badge>
            <span class="quiet">
              {[
                step.round < queued.clip.round ? words('round', { n: step.round }) : null,
                step.by,
                formatDay(step.at),
              ]
                .filter((part) => part !== null)
                .join(', ')}
            </span>
          </div>
          {step.reason !== null && <span class="review-quote">{step.reason}</span>}
        </div>
      ))}
    </section>
  );
}

interface Props {
  queued: Queued;
  isBusy: boolean;
  onApprove: () => void;
  onReturn: () => void;
}

export function Detail({ queued, isBusy, onApprove, onReturn }: Props) {
  const { clip } = queued;
  return (
    <article class="review-detail stack" aria-label={clip.title}>
      <Film
        key={clip.id}
        src={clipUrl(clip.id)}
        poster={clipUrl(clip.id, 'thumbnail')}
        title={clip.title}
        size={clip.video?.size}
        plays
      />
      <div class="review-bar">
        <div class="grow">
          <h2>{clip.title}</h2>
          <p class="small quiet">{words('by', { name: clip.author?.name ?? partsWords('unknownPerson') })}</p>
        </div>
        <Button look="danger" icon="undo" isBusy={isBusy} aria-keyshortcuts="r" onClick={onReturn}>
          {words('return')}
        </Button>
        <Button look="main" icon="check" isBusy={isBusy} aria-keyshortcuts="a" onClick={onApprove}>
          {words('approve')}
        </Button>
      </div>
      <div class="review-facts">
        <section class="stack-s">
          <h3>{words('prompt')}</h3>
          <p class={clip.video?.prompt == null ? 'quiet small' : 'review-prompt'}>
            {clip.video?.prompt ?? words('promptNone')}
          </p>
          {clip.note !== null && (
            <>
              <h3>{words('note')}</h3>
              <p class="review-quote">{clip.note}</p>
            </>
          )}
        </section>
        <div class="stack">
          <Hits queued={queued} />
          <Before queued={queued} />
        </div>
      </div>
    </article>
  );
}
