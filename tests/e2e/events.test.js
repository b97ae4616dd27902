// SPDX-License-Identifier: Apache-2.0
// Server-sent events: who comes back with the last id has missed nothing.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { clientOf, completed, recordingFetch, SMALL, until } from './lib/client.js';
import { Server } from './lib/server.js';

let server, client;
before(async () => {
  server = await Server.start();
  client = clientOf(server);
});
after(() => server.stop());

// Reads a stream until `enough` says so or the server ends it; then hangs up.
async function read(path, { lastId, enough = () => false } = {}) {
  const aborter = new AbortController();
  const late = setTimeout(() => aborter.abort(new Error(`${path} went on too long`)), 60_000);
  const headers = { Authorization: `Bearer ${server.key}`, Accept: 'text/event-stream' };
  if (lastId !== undefined) headers['Last-Event-ID'] = lastId;
  const answer = await recordingFetch(server.url + path, { headers, signal: aborter.signal });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
  const events = [];
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const event = {};
      for (const line of text.slice(0, end).split('\n')) {
        const [, name, value] = /^(\w*): ?(.*)$/.exec(line);
        if (name) event[name] = value;
      }
      if (!event.data) continue;
      events.push({ ...event, data: JSON.parse(event.data) });
      if (enough(events)) {
        clearTimeout(late);
        aborter.abort();
        return events;
      }
    }
  }
  clearTimeout(late);
  return events;
}

const ids = (events) => events.map(({ id }) => Number(id));
const isOver = ({ data }) => data.type === 'video.completed' || data.type === 'video.failed';

test('the stream of a video, cut after every event, is the same stream', async () => {
  const { id } = await client.videos.create({ prompt: 'a red boat', ...SMALL });
  const path = `/videos/${id}/events`;
  const pieces = [];
  let lastId;
  do {
    const [event] = await read(path, { lastId, enough: (events) => events.length === 1 });
    assert.ok(event, 'the stream ended before the video did');
    pieces.push(event);
    lastId = event.id;
  } while (!isOver(pieces.at(-1)));
  const whole = await read(path);  // ends by itself, since the video is over
  assert.deepEqual(ids(pieces), ids(whole));
  assert.deepEqual(ids(whole), ids(whole).toSorted((a, b) => a - b));
  assert.ok(whole.length >= 3, `${whole.length} events`);
  assert.equal(whole.at(-1).data.video.status, 'completed');
  assert.deepEqual(await read(path, { lastId }), []);
});

test('what happened while nobody listened is told to who comes back', async () => {
  const first = await client.videos.create({ prompt: 'a red boat', ...SMALL });
  // From the start, so that what is read last is its first event, also if it is over by now.
  const last = (await read('/events', {
    lastId: '0', enough: (events) => events.at(-1).data.video_id === first.id })).at(-1);
  await completed(client, first.id);
  const second = await client.videos.create({ prompt: 'a blue boat', ...SMALL });
  await completed(client, second.id);
  const hasEnded = (events, video) =>
    events.some((event) => isOver(event) && event.data.video_id === video.id);
  const enough = (events) => hasEnded(events, second);
  const missed = await read('/events', { lastId: last.id, enough });
  const whole = await read('/events', { lastId: '0', enough });
  const from = whole.findIndex(({ id }) => id === last.id);
  assert.ok(from >= 0);
  assert.deepEqual(ids(missed), ids(whole).slice(from + 1));
  assert.ok(hasEnded(missed, first));
});
