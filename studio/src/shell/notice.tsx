// SPDX-License-Identifier: Apache-2.0
// What the operator tells everybody while something is stopped.
import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { Notice } from '../api/types';
import { formatDay } from '../lib/words';
import { Icon } from '../ui/icon';
import { shellWords } from '../words/shell';
import './notice.css';

const EVERY_MS = 10_000;

export const notice = signal<Notice | null>(null);

export async function loadNotice(): Promise<void> {
  const answer = await api.get('/notice');
  if (answer.ok) notice.value = answer.value.stopped === null ? null : answer.value;
}

export function startNotice(): void {
  void loadNotice();
  setInterval(() => {
    if (document.visibilityState === 'visible') void loadNotice();
  }, EVERY_MS);
}

const TEXTS = {
  generation: 'noticeGeneration',
  maintenance: 'noticeMaintenance',
  everything: 'noticeEverything',
} as const;

export function NoticeBar() {
  const now = notice.value;
  if (now === null || now.stopped === null) return null;
  return (
    <div class="notice" role="status">
      <Icon name="pause" size={18} />
      <p>
        <strong>{shellWords(TEXTS[now.stopped])}</strong> {now.message}
        {now.since !== null && (
          <span class="notice-since"> {shellWords('noticeSince', { time: formatDay(now.since) })}</span>
        )}
      </p>
    </div>
  );
}
