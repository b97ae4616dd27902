// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words for everybody, with the way out; the countdown of a server that said
// when to come back.
import { useEffect, useRef } from 'preact/hooks';
import type { Problem, ProblemKind } from '../api/problem';
import { formatDuration, secondsLeft, useClock } from '../lib/time';
import { shellWords } from '../words/shell';
import { Button, LinkButton } from './button';
import { Icon, type IconName } from './icon';
import './error_view.css';

type Key = Parameters<typeof shellWords>[0];

const VIEWS: Record<ProblemKind, { icon: IconName; title: Key; text: Key }> = {
  offline: { icon: 'cloud', title: 'offlineTitle', text: 'offlineText' },
  signed_out: { icon: 'person', title: 'signedOutTitle', text: 'signedOutText' },
  forbidden: { icon: 'shield', title: 'forbiddenTitle', text: 'forbiddenText' },
  terms: { icon: 'shield', title: 'termsTitle', text: 'termsText' },
  missing: { icon: 'cloud', title: 'missingThingTitle', text: 'missingThingText' },
  too_large: { icon: 'alert', title: 'tooLargeTitle', text: 'tooLargeText' },
  invalid: { icon: 'alert', title: 'invalidTitle', text: 'invalidTitle' },
  policy: { icon: 'shield', title: 'policyTitle', text: 'policyText' },
  busy: { icon: 'info', title: 'busyTitle', text: 'busyText' },
  quota: { icon: 'info', title: 'quotaTitle', text: 'quotaText' },
  stopped: { icon: 'pause', title: 'stoppedTitle', text: 'stoppedText' },
  server: { icon: 'alert', title: 'serverTitle', text: 'serverText' },
};

// The server's own sentence says more where it is about what was asked, and the notice's always.
const SPEAKS: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'invalid',
  'stopped',
  'policy',
  'too_large',
  'forbidden',
]);

export function problemTitle(problem: Problem): string {
  return shellWords(VIEWS[problem.kind].title);
}

export function problemText(problem: Problem): string {
  if (SPEAKS.has(problem.kind) && problem.message !== '') return problem.message;
  return shellWords(VIEWS[problem.kind].text);
}

interface Props {
  problem: Problem;
  onRetry?: (() => void) | undefined;
  // A line in a form instead of a page of its own.
  isSmall?: boolean;
}

export function ErrorView({ problem, onRetry, isSmall = false }: Props) {
  const now = useClock(problem.retryAt !== null);
  const left = problem.retryAt === null ? 0 : secondsLeft(problem.retryAt, now);
  const wasWaiting = useRef(false);
  useEffect(() => {
    // It tries by itself once when the time is over; what changes something is left to the person.
    if (left > 0) wasWaiting.current = true;
    else if (wasWaiting.current && !isSmall) {
      wasWaiting.current = false;
      onRetry?.();
    }
  }, [left, isSmall, onRetry]);
  return (
    <div class={isSmall ? 'error error-small' : 'error'} role="alert">
      <Icon name={VIEWS[problem.kind].icon} size={isSmall ? 20 : 30} />
      <div class="stack-s grow">
        {isSmall ? <strong>{problemTitle(problem)}</strong> : <h2>{problemTitle(problem)}</h2>}
        {problemText(problem) !== problemTitle(problem) && <p>{problemText(problem)}</p>}
        {problem.kind === 'server' && problem.requestId !== null && (
          <p class="small quiet">{shellWords('requestId', { id: problem.requestId })}</p>
        )}
        <div class="row">
          {problem.kind === 'signed_out' && (
            <LinkButton look="main" href="/signin">
              {shellWords('signIn')}
            </LinkButton>
          )}
          {problem.kind === 'terms' && (
            <LinkButton look="main" href="/terms">
              {shellWords('termsRead')}
            </LinkButton>
          )}
          {onRetry !== undefined && problem.kind !== 'signed_out' && problem.kind !== 'terms' && (
            <Button
              look={isSmall ? 'plain' : 'main'}
              size={isSmall ? 's' : 'm'}
              disabled={left > 0}
              onClick={onRetry}
            >
              {left > 0 ? shellWords('retryIn', { time: formatDuration(left) }) : shellWords('retry')}
            </Button>
          )}
          {onRetry === undefined && left > 0 && (
            <span class="small numbers">{shellWords('retryIn', { time: formatDuration(left) })}</span>
          )}
        </div>
      </div>
    </div>
  );
}
