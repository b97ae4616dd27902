// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { errorOf } from '../testing';
import { SILENCE_MS, Stream, waitMs } from './stream';

interface Line {
  headers: Headers;
  write: (text: string) => void;
  end: () => void;
}
let lines: Line[] = [];
let answer: ((line: Line) => Response) | null = null;

function open(init: RequestInit): Response {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
  });
  init.signal?.addEventListener('abort', () => {
    try {
      controller.error(new Error('aborted'));
    } catch {
      /* over */
    }
  });
  const line = {
    headers: new Headers(init.headers),
    write: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
  };
  lines.push(line);
  return answer === null ? new Response(body) : answer(line);
}

const hooks = { event: vi.fn(), open: vi.fn(), lost: vi.fn() };
let stream: Stream;
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  answer = null;
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => open(init));
  stream = new Stream('/events', hooks);
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
  vi.clearAllMocks();
});

it('tells events, and comes back with the last id', async () => {
  stream.start();
  await settle();
  expect(hooks.open).toHaveBeenCalledOnce();
  expect(lines[0]!.headers.get('last-event-id')).toBeNull();
  lines[0]!.write('id: 7\ndata: a\n\n');
  await settle();
  expect(hooks.event).toHaveBeenCalledWith({ id: '7', name: 'message', data: 'a' });
  lines[0]!.end();
  await settle(1000);
  expect(hooks.lost).toHaveBeenCalledWith(null);
  expect(lines[1]!.headers.get('last-event-id')).toBe('7');
});

it('hangs up on a line that is silent', async () => {
  stream.start();
  await settle();
  await settle(SILENCE_MS + 1000);
  expect(lines.length).toBe(2);
});

it('stays on a line that shows signs of life', async () => {
  stream.start();
  await settle();
  for (let i = 0; i < 8; ++i) {
    lines[0]!.write(': alive\n\n');
    await settle(15_000);
  }
  expect(lines.length).toBe(1);
});

it('waits for as long as the server says, and longer after each failure', async () => {
  answer = () => errorOf(429, 'rate_limit_exceeded', '', { 'retry-after': '20' });
  stream.start();
  await settle();
  await settle(19_000);
  expect(lines.length).toBe(1);
  await settle(1_500);
  expect(lines.length).toBe(2);
});

it('gives up where nobody is logged in', async () => {
  answer = () => errorOf(401, 'invalid_api_key');
  stream.start();
  await settle(60_000);
  expect(lines.length).toBe(1);
  expect(hooks.lost).toHaveBeenCalledOnce();
});

it('has one line after it was hurried', async () => {
  stream.start();
  await settle();
  stream.hurry();
  await settle(60_000 - SILENCE_MS);
  expect(lines.length).toBe(2);
  lines[1]!.write('data: b\n\n');
  await settle();
  expect(hooks.event).toHaveBeenCalledOnce();
});

it('is quiet once stopped', async () => {
  stream.start();
  await settle();
  stream.stop();
  await settle(60_000);
  expect(lines.length).toBe(1);
});

it('waits within bounds', () => {
  expect(waitMs(0, 0)).toBe(250);
  expect(waitMs(3, 1)).toBe(4000);
  expect(waitMs(1000, 1)).toBe(15_000);
});
