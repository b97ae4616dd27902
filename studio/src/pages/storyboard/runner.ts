// SPDX-License-Identifier: Apache-2.0
// Brings a storyboard forward: when a card's clip is finished, the next one extends it.
import { effect, untracked } from '@preact/signals';
import type { Problem } from '../../api/problem';
import { isRunning, type Video } from '../../api/types';
import { problemText } from '../../ui/error_view';
import { extendVideo, makeVideo, newKey } from '../../videos/actions';
import { isLoaded, refreshOne, shelf } from '../../videos/store';
import { keptName, readKept } from '../../lib/kept';
import type { Answer } from '../../lib/result';
import { firstPicture, parseRun, RUN, type Run, run, written } from './board';

// What has to be done now: nothing while a clip is made.
export type Next =
  | { todo: 'wait' }
  | { todo: 'create' }
  | { todo: 'extend'; from: string; card: number }
  | { todo: 'finish' }
  | { todo: 'give_up'; why: string }
  | { todo: 'look_up'; id: string }; // another page began it, or it was deleted

export function nextOf(now: Run, find: (id: string) => Video | undefined): Next {
  const last = now.videoIds[now.videoIds.length - 1];
  if (last === undefined) return { todo: 'create' };
  const video = find(last);
  if (video === undefined) return { todo: 'look_up', id: last };
  if (isRunning(video)) return { todo: 'wait' };
  if (video.status === 'failed') return { todo: 'give_up', why: video.error?.message ?? '' };
  if (now.videoIds.length >= now.cards.length) return { todo: 'finish' };
  return { todo: 'extend', from: last, card: now.videoIds.length };
}

// Two pages of one browser must not both add the next card. Without locks (plain http from another
// machine) the page that is seen does it.
async function alone(act: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) {
    if (document.visibilityState === 'visible') await act();
    return;
  }
  await navigator.locks.request('aozora.board', act);
}

function update(change: Partial<Run>): void {
  if (run.value !== null) run.value = { ...run.value, ...change };
}

function begin(now: Run): Promise<Answer<Video>> {
  const card = now.cards[0]!;
  const picture = firstPicture.peek();
  return makeVideo(
    {
      prompt: card.prompt.trim(),
      seconds: card.seconds,
      size: now.size,
      ...(now.model === null ? {} : { model: now.model }),
      ...(picture === null ? {} : { input_reference: { image_url: picture.url } }),
    },
    now.key,
  );
}

let isActing = false;
let retry: ReturnType<typeof setTimeout> | undefined;

// Busy servers and lost lines pass; what the server refuses for good is shown.
function later(problem: Problem): boolean {
  if (problem.kind !== 'offline' && problem.kind !== 'busy') return false;
  clearTimeout(retry);
  retry = setTimeout(() => void act(), Math.max(2000, (problem.retryAt ?? 0) - Date.now()));
  return true;
}

async function act(): Promise<void> {
  if (isActing) return;
  isActing = true;
  await alone(async () => {
    // What another page has done meanwhile.
    const now = parseRun(readKept(RUN));
    run.value = now;
    if (now === null || now.state !== 'running') return;
    const next = nextOf(now, (id) => shelf.peek(id));
    switch (next.todo) {
      case 'wait':
        return;
      case 'look_up': {
        const found = await refreshOne(next.id);
        if ('kind' in found && found.kind === 'missing') update({ state: 'stuck', why: '' });
        return;
      }
      case 'finish':
        return update({ state: 'done' });
      case 'give_up':
        return update({ state: 'stuck', why: next.why });
    }
    const card = next.todo === 'extend' ? now.cards[next.card]! : null;
    const answer =
      next.todo === 'create' || card === null
        ? await begin(now)
        : await extendVideo({
            prompt: card.prompt.trim(),
            seconds: card.seconds,
            video: { id: next.todo === 'extend' ? next.from : '' },
          });
    if (answer.ok) update({ videoIds: [...now.videoIds, answer.value.id] });
    else if (!later(answer.problem)) update({ state: 'stuck', why: problemText(answer.problem) });
  });
  isActing = false;
}

export function startRun(size: string, model: string | null): void {
  run.value = {
    cards: written.peek(),
    size,
    model,
    key: newKey(),
    videoIds: [],
    state: 'running',
    why: null,
  };
}

let isStarted = false;

export function startRunner(): void {
  if (isStarted) return;
  isStarted = true;
  addEventListener('storage', ({ key }) => {
    if (key === keptName(RUN)) run.value = parseRun(readKept(RUN));
  });
  effect(() => {
    const now = run.value;
    if (now === null || now.state !== 'running' || !isLoaded.value) return;
    const next = nextOf(now, (id) => shelf.get(id));
    if (next.todo !== 'wait') untracked(() => void act());
  });
}
