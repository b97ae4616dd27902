// SPDX-License-Identifier: Apache-2.0
// The official client, with every answer it gets written down for answers.test.js.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import OpenAI from 'openai';
import { sleep, until } from './until.js';

export const SEEN_FOLDER = process.env.AOZORA_E2E_SEEN;
const seenFile = SEEN_FOLDER && path.join(SEEN_FOLDER, `${process.pid}.jsonl`);
if (SEEN_FOLDER) mkdirSync(SEEN_FOLDER, { recursive: true });

// As fetch; what comes back is kept with what was asked. An answer that says it is JSON must be.
export async function recordingFetch(url, init) {
  if (!String(url).startsWith('http')) return fetch(url, init);  // the client tries out FormData
  const answer = await fetch(url, init);
  const type = answer.headers.get('content-type') ?? '';
  const note = { method: (init?.method ?? 'GET').toUpperCase(),
                 path: new URL(url).pathname.replace(/^\/v1/, ''), status: answer.status, type };
  if (type.startsWith('application/json')) {
    const text = await answer.clone().text();
    try {
      note.body = JSON.parse(text);
    } catch {
      note.broken = text.slice(0, 500);
    }
  }
  if (seenFile) appendFileSync(seenFile, JSON.stringify(note) + '\n');
  return answer;
}

// Does not repeat on its own unless a test is about that: a retry could hide a fault.
export function clientOf(server, options = {}) {
  return new OpenAI({ apiKey: server.key, baseURL: server.url, maxRetries: 0, timeout: 60_000,
                      fetch: recordingFetch, ...options });
}

// Small enough for seconds of rendering on one core. The client's types name fewer sizes and
// lengths than the server takes.
export const SMALL = { seconds: '1', size: '128x72' };
// Work enough to be caught waiting or running.
export const LONG = { seconds: '10', size: '1280x720' };

// Version 6.49 of the client has no poll helper for videos (Python's and Go's have); this waits as
// theirs do, at the pace that the server asks for.
export async function finished(client, id, limitMs = 90_000) {
  const until = Date.now() + limitMs;
  for (;;) {
    const { data: video, response } = await client.videos.retrieve(id).withResponse();
    if (video.status === 'completed' || video.status === 'failed') return video;
    if (Date.now() > until) throw new Error(`${id} is still ${video.status} ${video.progress} %`);
    const pause = Number(response.headers.get('openai-poll-after-ms'));
    if (!(pause >= 100 && pause <= 10_000)) throw new Error(`openai-poll-after-ms: ${pause}`);
    await sleep(pause);
  }
}

export async function completed(client, id) {
  const video = await finished(client, id);
  if (video.status !== 'completed') throw new Error(`${id} failed: ${JSON.stringify(video.error)}`);
  return video;
}

export { sleep, until };

export async function bytesOf(response) { return Buffer.from(await response.arrayBuffer()); }

export async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}
