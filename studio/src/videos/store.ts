// SPDX-License-Identifier: Apache-2.0
// All videos that the page knows of, newest first, kept right by the event stream. Pages read the
// signals; only this module writes them.
import { computed, effect, signal } from '@preact/signals';
import { api } from '../api/client';
import { isObject, type Problem } from '../api/problem';
import { isRunning, type Video, type VideoEvent } from '../api/types';
import { isIn } from '../session/session';
import { announce } from './announce';
import { hidden } from './hidden';
import { Shelf } from './shelf';
import { Stream } from './stream';

const PAGE = 100;
const PAGES_MAX = 50;
// Others' videos move ours up in the queue, and no event tells.
const PLACE_EVERY_MS = 4_000;
// Timers of hidden pages run once a minute; a longer pause is sleep.
const SLEPT_MS = 90_000;

export const shelf = new Shelf();
// Without those that are being deleted.
export const videos = computed(() => shelf.list.value.filter(({ id }) => !hidden.value.has(id)));
// In the order of the queue.
export const running = computed(() => videos.value.filter(isRunning).sort((a, b) => placeOf(a) - placeOf(b)));
const placeOf = (video: Video): number =>
  video.status === 'in_progress' ? 0 : (video.aozora?.queue_position ?? Number.MAX_SAFE_INTEGER);
export const isLoaded = signal(false);
export const problem = signal<Problem | null>(null);
// False while the event stream is down: what is shown may be old.
export const isLive = signal(true);

let lookUp: Promise<void> | null = null;

async function readList(): Promise<void> {
  const asked = shelf.now();
  const found = new Set<string>();
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; ++page) {
    const answer = await api.get('/videos', { query: { limit: PAGE, after } });
    if (!answer.ok) {
      problem.value = answer.problem;
      return;
    }
    for (const video of answer.value.data) found.add(video.id);
    shelf.take(answer.value.data, asked);
    isLoaded.value = true;
    if (!answer.value.has_more || answer.value.last_id === null) break;
    after = answer.value.last_id;
  }
  shelf.keepOnly(found, asked);
  problem.value = null;
}

// Looks everything up; once more after a look that is under way, which may have missed the latest.
export function refresh(): Promise<void> {
  lookUp = (lookUp ?? Promise.resolve()).then(readList);
  return lookUp;
}

export async function refreshOne(id: string): Promise<Video | Problem> {
  const asked = shelf.now();
  const answer = await api.get('/videos/{video_id}', { path: { video_id: id } });
  if (answer.ok) {
    shelf.take([answer.value], asked);
    return answer.value;
  }
  if (answer.problem.kind === 'missing') shelf.remove(id);
  return answer.problem;
}

function onEvent(data: string): void {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return;
  }
  if (!isObject(event) || typeof event['video_id'] !== 'string') return;
  const { video, video_id } = event as unknown as VideoEvent;
  if (video === null) shelf.remove(video_id);
  else if (isObject(video)) {
    const before = shelf.peek(video_id);
    shelf.put(video);
    announce(before, video);
  }
}

const stream = new Stream('/events', {
  event: ({ data }) => onEvent(data),
  open: () => {
    isLive.value = true;
    void refresh();
  },
  lost: () => {
    isLive.value = false;
  },
});

// Follows the session: starts when somebody is in, and forgets everything when they leave.
export function startStore(): void {
  effect(() => {
    if (!isIn.value) {
      stream.stop();
      shelf.clear();
      isLoaded.value = false;
      return;
    }
    // What is there is shown without waiting for the line.
    void refresh();
    stream.start();
  });
  addEventListener('online', () => {
    if (isIn.peek()) stream.hurry();
  });
  let seenAt = Date.now();
  setInterval(() => {
    // A clock that jumped: the machine slept, and the line with it.
    if (isIn.peek() && Date.now() - seenAt > SLEPT_MS) stream.hurry();
    seenAt = Date.now();
    if (document.visibilityState !== 'visible') return;
    for (const video of running.peek()) {
      if (video.status === 'queued') void refreshOne(video.id);
    }
  }, PLACE_EVERY_MS);
}
