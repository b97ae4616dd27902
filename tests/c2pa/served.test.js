// SPDX-License-Identifier: Apache-2.0
// What people get: files from the command line, downloaded over the API, and made by a batch.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { BINARY, Server } from '../e2e/lib/server.js';
import { until } from '../e2e/lib/until.js';
import { byNode, bySidecar, byWasm } from './judges.js';

const SMALL = { size: '128x72', seconds: '1' };
const RENDER_MS = 120_000;
const JSON_TYPE = { 'content-type': 'application/json' };

let server, root, film;
before(async () => {
  server = await Server.start();
  root = await (await call('/root.pem')).text();
  film = await made(await post('/videos', { prompt: 'a red sailboat on a calm sea', ...SMALL }));
});
after(() => server.stop());

async function call(path, options = {}) {
  const headers = { authorization: `Bearer ${server.key}`, ...options.headers };
  const answer = await fetch(server.url + path, { ...options, headers });
  assert.ok(answer.ok, `${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer;
}
const get = async (path) => (await call(path)).json();
const bytes = async (path) => Buffer.from(await (await call(path)).arrayBuffer());
const post = async (path, body) => (await call(
    path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })).json();

const done = (path, isDone) => until(path, async () => {
  const now = await get(path);
  return isDone(now) && now;
}, RENDER_MS);
async function made({ id }) {
  const video = await done(`/videos/${id}`, ({ status }) => /completed|failed/.test(status));
  assert.equal(video.status, 'completed', JSON.stringify(video.error));
  return video;
}

// Trusted under the server's root, valid to strangers, and as many manifests as there should be.
async function judge(file, manifests) {
  for (const by of [byWasm, byNode]) {
    const trusted = await by(file, root);
    assert.equal(trusted.state, 'Trusted', `${by.name}: ${trusted.failures}`);
    assert.equal(Object.keys(trusted.store.manifests).length, manifests, by.name);
    assert.equal((await by(file, null)).state, 'Valid', by.name);
  }
}

const contentOf = ({ id }) => bytes(`/videos/${id}/content`);

test('a video from the API, and both of its pictures', async () => {
  await judge(await contentOf(film), 1);
  for (const [variant, type] of [['thumbnail', 'image/webp'], ['spritesheet', 'image/jpeg']]) {
    const [picture, manifest] = await Promise.all(
        [variant, `${variant}.c2pa`].map((v) => bytes(`/videos/${film.id}/content?variant=${v}`)));
    assert.equal((await bySidecar(picture, manifest, root, type)).state, 'Trusted', variant);
  }
});

test('a remix, an edit of it, and an extension and a re-cut of that carry what was before', async () => {
  const prompt = 'a red sailboat on a stormy sea';
  const remix = await made(await post(`/videos/${film.id}/remix`, { prompt }));
  await judge(await contentOf(remix), 2);
  const edit = await made(await post('/videos/edits', { prompt, video: { id: remix.id } }));
  await judge(await contentOf(edit), 3);
  const longer = await made(await post('/videos/extensions',
                                       { prompt, seconds: '3', video: { id: edit.id } }));
  await judge(await contentOf(longer), 4);
  const cut = await made(await post('/videos/extensions', {
    prompt, seconds: '1', keep_seconds: 2, video: { id: longer.id } }));
  await judge(await contentOf(cut), 5);
});

test('a blend names both clips, also where one came from the other', async () => {
  const make = (prompt) => post('/videos', { ...SMALL, seconds: '2', prompt });
  const one = await made(await make('a red sailboat'));
  const other = await made(await post(`/videos/${one.id}/remix`, { prompt: 'a blue sailboat' }));
  const blend = await made(await post('/videos/extensions', {
    prompt: 'over', seconds: '2', video: { id: one.id }, into: { id: other.id } }));
  const file = await contentOf(blend);
  await judge(file, 3);
  const { store } = await byWasm(file, root);
  const { ingredients } = store.manifests[store.active_manifest];
  assert.deepEqual(ingredients.map(({ title, relationship }) => [title, relationship]),
                   [[one.id, 'parentOf'], [other.id, 'componentOf']]);
});

test('videos of a batch', async () => {
  const line = (custom_id) => JSON.stringify({
    custom_id, method: 'POST', url: '/v1/videos', body: { prompt: 'a white lighthouse', ...SMALL } });
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new File([`${line('a')}\n${line('b')}\n`], 'batch.jsonl'));
  const input = await (await call('/files', { method: 'POST', body: form })).json();
  const { id } = await post('/batches', { input_file_id: input.id, endpoint: '/v1/videos',
                                          completion_window: '24h' });
  const batch = await done(`/batches/${id}`, ({ completed_at }) => completed_at);
  const output = (await bytes(`/files/${batch.output_file_id}/content`)).toString();
  const videos = output.trim().split('\n').map((text) => JSON.parse(text).response.body);
  assert.equal(videos.length, 2);
  for (const video of videos) await judge(await contentOf(video), 1);
});

for (const codec of ['h264', 'av1']) {
  test(`a film from the command line, ${codec}`, async () => {
    const file = join(server.folder, `${codec}.mp4`);
    await promisify(execFile)(BINARY, ['generate', 'a red sailboat', '--size', '128x72', '--seconds',
      '1', '--seed', '5', '--codec', codec, '--data', server.folder, '-o', file]);
    await judge(readFileSync(file), 1);
  });
}
