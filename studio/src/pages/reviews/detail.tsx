// SPDX-License-Identifier: Apache-2.0
// The clip that is decided on, with all there is to know about it.
import { Film } from '../../clips/film';
import { flagsOf } from '../../clips/flags';
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
  const flags = flagsOf(clip);
  return (
    <section class="stack-s">
      <h3>{words('hits')}</h3>
      {clip.flagged && (flags === null || flags.length === 0) && (
        <p class="review-hit small">
          <Icon name="alert" size={18} />
          {words('hitsHidden')}
        </p>
      )}
      {!clip.flagged && (
        <p class="small quiet row">
          <Icon name="check" size={16} />
          {words('hitsNone')}
        </p>
      )}
      {flags?.map((flag, i) => (
        <p key={i} class="review-hit small">
          <Icon name="alert" size={18} />
          <span>
            <strong>{[flag.category, flag.severity].filter((part) => part !== null).join(' · ')}</strong>{' '}
            {flag.text ?? flag.reason}
          </span>
        </p>
      ))}
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
              {[step.by, step.at === null ? null : formatDay(step.at)]
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
