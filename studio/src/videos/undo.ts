// SPDX-License-Identifier: Apache-2.0
// A delete that can be taken back: the video is out of sight at once, and told to the server when
// the time to undo is over, or the page is left.
import { problemText } from '../ui/error_view';
import { toast } from '../ui/toast';
import { shellWords } from '../words/shell';
import { videoWords } from '../words/videos';
import { deleteVideo } from './actions';
import { hidden } from './hidden';

export const UNDO_MS = 6_000;

const timers = new Map<string, ReturnType<typeof setTimeout>>();

function show(ids: readonly string[]): void {
  const left = new Set(hidden.peek());
  for (const id of ids) left.delete(id);
  hidden.value = left;
}

async function send(ids: readonly string[], isLeaving: boolean): Promise<void> {
  const answers = await Promise.all(
    ids.map(async (id) => {
      clearTimeout(timers.get(id));
      timers.delete(id);
      return { id, answer: await deleteVideo(id, isLeaving) };
    }),
  );
  show(ids);
  for (const { answer } of answers) {
    if (!answer.ok && answer.problem.kind !== 'missing') toast(problemText(answer.problem), { look: 'bad' });
  }
}

export function deleteLater(ids: readonly string[]): void {
  if (ids.length === 0) return;
  hidden.value = new Set([...hidden.peek(), ...ids]);
  const timer = setTimeout(() => void send(ids, false), UNDO_MS);
  for (const id of ids) timers.set(id, timer);
  toast(videoWords('deleted', { n: ids.length }), {
    lastsMs: UNDO_MS,
    action: {
      label: shellWords('undo'),
      run: () => {
        for (const id of ids) timers.delete(id);
        clearTimeout(timer);
        show(ids);
      },
    },
  });
}

// Whoever signs out could not send them any more.
export function sendDeletes(): Promise<void> {
  return send([...timers.keys()], false);
}

// A page that goes away takes its timers with it, not what was asked for.
export function watchLeaving(): void {
  addEventListener('pagehide', () => {
    void send([...timers.keys()], true);
  });
}
