// SPDX-License-Identifier: Apache-2.0
// The videos by id. An answer that was asked for before something newer was heard changes nothing.
import { computed, signal } from '@preact/signals';
import type { Video } from '../api/types';

export class Shelf {
  #known = signal<ReadonlyMap<string, Video>>(new Map());
  #heard = new Map<string, number>(); // id -> when something was last heard of it
  #heardAt = new Map<string, number>(); // the same as a time of day
  #clock = 0;

  readonly list = computed(() => [...this.#known.value.values()].sort(newestFirst));

  // Moments, in the order in which things were asked and heard.
  now(): number {
    return ++this.#clock;
  }

  heardAt(id: string): number {
    return this.#heardAt.get(id) ?? Date.now();
  }

  peek(id: string): Video | undefined {
    return this.#known.peek().get(id);
  }

  get(id: string): Video | undefined {
    return this.#known.value.get(id);
  }

  // Heard just now: an event, or the answer to something that this page did.
  put(...videos: Video[]): void {
    const known = new Map(this.#known.peek());
    for (const video of videos) {
      this.#heard.set(video.id, this.now());
      this.#heardAt.set(video.id, Date.now());
      known.set(video.id, video);
    }
    this.#known.value = known;
  }

  // An answer to what was asked at `asked`.
  take(videos: readonly Video[], asked: number): void {
    this.put(...videos.filter(({ id }) => (this.#heard.get(id) ?? 0) < asked));
  }

  remove(id: string): void {
    this.#heard.set(id, this.now());
    if (!this.#known.peek().has(id)) return;
    const known = new Map(this.#known.peek());
    known.delete(id);
    this.#known.value = known;
  }

  // Drops what a whole list, asked for at `asked`, no longer had.
  keepOnly(ids: ReadonlySet<string>, asked: number): void {
    for (const id of this.#known.peek().keys()) {
      if (!ids.has(id) && (this.#heard.get(id) ?? 0) < asked) this.remove(id);
    }
  }

  clear(): void {
    this.#known.value = new Map();
    this.#heard.clear();
    this.#heardAt.clear();
  }
}

function newestFirst(a: Video, b: Video): number {
  return b.created_at - a.created_at || (a.id < b.id ? 1 : -1);
}
