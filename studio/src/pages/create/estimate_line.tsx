// SPDX-License-Identifier: Apache-2.0
// What it costs and how long it takes, before anything is pressed.
import { formatDuration } from '../../lib/time';
import { formatNumber } from '../../lib/words';
import { counted, secondsLeftToday } from '../../session/session';
import { createWords as words } from '../../words/create';
import { bodyOfDraft, draft, draftModel, draftSeconds } from './draft';
import { useEstimate } from './estimate';

export function EstimateLine({ fresh }: { fresh: unknown }) {
  const estimate = useEstimate(bodyOfDraft(), draftModel.value !== null, fresh).value;
  const cost = estimate?.quota_seconds ?? draftSeconds.value * Number(draft.count.value);
  const left = estimate === null ? secondsLeftToday.value : counted(estimate.quota_seconds_left);
  const parts = [
    left === null ? words('cost', { n: cost }) : words('costOf', { n: cost, left: formatNumber(left) }),
  ];
  if (estimate !== null) {
    const { render_seconds: render, wait_seconds: wait } = estimate;
    if (render !== null) parts.push(words('takes', { time: formatDuration(render) }));
    if (wait !== null && wait >= 2) parts.push(words('waits', { time: formatDuration(wait) }));
  }
  return (
    <p class="composer-estimate small numbers" aria-live="polite">
      {parts.join(' · ')}
      {left !== null && cost > left && <strong> {words('tooMuch')}</strong>}
    </p>
  );
}
