// SPDX-License-Identifier: Apache-2.0
import { type Step, stepsOf } from '../../clips/steps';
import type { Clip } from '../../clips/state_badge';
import { formatDay } from '../../lib/words';
import { Icon, type IconName } from '../../ui/icon';
import { clipsWords as words } from '../../words/clips';

interface Line {
  icon: IconName;
  look: string;
  title: string;
  small: string;
  quote: string | null;
}

function lineOf(step: Step): Line {
  const at = 'at' in step ? formatDay(step.at) : '';
  switch (step.kind) {
    case 'begun':
      return { icon: 'plus', look: '', title: words('stepBegun'), small: at, quote: null };
    case 'submitted':
      return {
        icon: 'arrow',
        look: '',
        title: words(step.isAppeal ? 'stepAppealed' : 'stepSubmitted'),
        small: at,
        quote: step.note,
      };
    case 'shared':
      return {
        icon: 'share',
        look: 'good',
        title:
          step.from !== null && step.from * 1000 > Date.now()
            ? words('stepFrom', { time: formatDay(step.from) })
            : words('stepShared'),
        small: at,
        quote: null,
      };
    case 'waiting': {
      const time = formatDay(step.dueAt);
      const who = step.by === null ? words('dueOpen', { time }) : words('dueBy', { name: step.by, time });
      return {
        icon: 'more',
        look: 'now',
        title: words('stepWaiting'),
        small: step.isOverdue ? `${who}. ${words('overdue')}` : who,
        quote: null,
      };
    }
    default: {
      const isApproved = step.kind === 'approved';
      const by = step.by === null ? '' : `${words('by', { name: step.by })} · `;
      return {
        icon: isApproved ? 'check' : 'undo',
        look: isApproved ? 'good' : 'warn',
        title: words(isApproved ? 'stepApproved' : 'stepReturned'),
        small: by + at,
        quote: step.reason,
      };
    }
  }
}

export function Way({ clip }: { clip: Clip }) {
  return (
    <section class="stack-s" aria-label={words('way')}>
      <ol class="way">
        {stepsOf(clip).map((step, i) => {
          const line = lineOf(step);
          return (
            <li key={i} class={line.look === '' ? '' : `way-${line.look}`}>
              <span class="way-mark">
                <Icon name={line.icon} size={16} />
              </span>
              <div>
                <strong>{line.title}</strong>
                <p class="small quiet">{line.small}</p>
                {line.quote !== null && <blockquote>{line.quote}</blockquote>}
              </div>
            </li>
          );
        })}
      </ol>
      {clip.flagged && clip.state === 'submitted' && (
        <p class="way-flag small">
          <Icon name="alert" size={18} />
          {words('flaggedText')}
        </p>
      )}
    </section>
  );
}
