// SPDX-License-Identifier: Apache-2.0
// Says when a clip is finished, wherever one is by then.
import { isRunning, type Video } from '../api/types';
import { go, place } from '../router/router';
import { toast } from '../ui/toast';
import { videoWords as words } from '../words/videos';

const LASTS_MS = 8_000;
const TITLE_MAX = 60;

const short = (text: string): string =>
  text.length <= TITLE_MAX ? text : `${text.slice(0, TITLE_MAX - 1).trimEnd()}…`;

// `before` and `after` an event.
export function announce(before: Video | undefined, after: Video): void {
  if (before === undefined || !isRunning(before) || after.status !== 'completed') return;
  const path = `/video/${after.id}`;
  // It is seen there already.
  if (place.peek().path === path || place.peek().path === '/') return;
  toast(words('made', { prompt: short(after.prompt ?? words('noPrompt')) }), {
    lastsMs: LASTS_MS,
    action: { label: words('watch'), run: () => go(path) },
  });
}
