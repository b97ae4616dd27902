// SPDX-License-Identifier: Apache-2.0
// Keeps one event stream open: comes back after a lost connection with the last id it saw, waits
// longer after each failure, and starts anew when a machine wakes up.
import { request } from '../api/client';
import type { Problem } from '../api/problem';
import { EventParser, type StreamEvent } from './sse';

// The server shows a sign of life every 15 s; after three of them the line is dead.
export const SILENCE_MS = 45_000;
const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 15_000;

// Half of it by chance, so that not all pages come back at once.
export function waitMs(failures: number, chance: number): number {
  const most = Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** Math.min(failures, 10));
  return most / 2 + (chance * most) / 2;
}

export interface StreamHooks {
  event: (event: StreamEvent) => void;
  // The line is open: whatever came before it has to be looked up.
  open: () => void;
  // The line is lost, or could not be had.
  lost: (problem: Problem | null) => void;
}

export class Stream {
  #path: string;
  #hooks: StreamHooks;
  #lastId: string | null = null;
  #aborter: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #closed = false;

  constructor(path: string, hooks: StreamHooks) {
    this.#path = path;
    this.#hooks = hooks;
  }

  start(): void {
    this.#closed = false;
    this.#lastId = null;
    void this.#connect();
  }

  stop(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#aborter?.abort();
  }

  // There is reason to think that it works now: the network is back, or the machine woke up.
  hurry(): void {
    if (this.#closed) return;
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#aborter?.abort();
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const aborter = new AbortController();
    this.#aborter = aborter;
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (this.#lastId !== null) headers['last-event-id'] = this.#lastId;
    const answer = await request('get', this.#path, { headers, signal: aborter.signal });
    if (aborter.signal.aborted) return;
    if (!answer.ok) {
      this.#hooks.lost(answer.problem);
      // Nobody is logged in: whoever logs in starts a new stream.
      if (answer.problem.kind !== 'signed_out') this.#again(answer.problem.retryAt);
      return;
    }
    this.#failures = 0;
    this.#hooks.open();
    await this.#read(answer.value, aborter);
    if ((aborter.signal.aborted && this.#aborter !== aborter) || this.#closed) return;
    this.#hooks.lost(null);
    this.#again(null);
  }

  async #read(response: Response, aborter: AbortController): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    while (reader !== undefined) {
      const silence = setTimeout(() => aborter.abort(), SILENCE_MS);
      const piece = await reader.read().catch(() => null);
      clearTimeout(silence);
      if (piece === null || piece.done) return;
      for (const event of parser.push(piece.value)) {
        if (event.id !== null) this.#lastId = event.id;
        this.#hooks.event(event);
      }
    }
  }

  #again(at: number | null): void {
    if (this.#closed) return;
    const wait = Math.max(waitMs(this.#failures++, Math.random()), at === null ? 0 : at - Date.now());
    this.#timer = setTimeout(() => void this.#connect(), wait);
  }
}
