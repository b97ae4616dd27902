// SPDX-License-Identifier: Apache-2.0
// The client's calls once more, through a proxy that holds each request and each answer against a
// description: OpenAI's own (patched openly in spec/patch.js), and ours.
//
// What prism 5 cannot carry is left out here, and tested without it in the other files:
//  - bodies that are not text: it decodes them as UTF-8, so that files arrive damaged. Of content,
//    status and type are judged here; uploads of pictures and clips are not sent.
//  - open event streams: it waits for the end of an answer before it passes on anything.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { toFile } from 'openai';
import { all, clientOf, completed, LONG, SMALL, until } from './lib/client.js';
import { CONTRACT_FILE } from './lib/contract.js';
import { startPrism } from './lib/prism.js';
import { Server } from './lib/server.js';
import { patchedDescription } from './spec/patch.js';

let server, direct, folder, can, characterId;
before(async () => {
  server = await Server.start(['--private-webhooks']);
  direct = clientOf(server);
  folder = mkdtempSync(path.join(os.tmpdir(), 'aozora-proxy-'));
  can = (await direct.models.retrieve('sora-2')).aozora.can;
  const { id } = await direct.videos.create({ prompt: 'a red boat', ...SMALL });
  await completed(direct, id);
  const clip = await direct.videos.downloadContent(id);
  characterId = (await direct.videos.createCharacter(
      { name: 'Moby', video: await toFile(clip, 'moby.mp4') })).id;
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

// Prism answers a violation with a problem of its own; the client throws it, and the test fails.
async function through(description, calls) {
  const prism = await startPrism(description, server.url);
  try {
    await calls(clientOf({ key: server.key, url: prism.url }));
    assert.doesNotMatch(prism.log(), /[Vv]iolation/);
  } finally {
    await prism.stop();
  }
}

async function theVideosApi(client) {
  const made = await client.videos.create({ model: 'sora-2', prompt: 'a red boat', ...SMALL });
  const done = await completed(client, made.id);
  assert.equal((await client.videos.retrieve(made.id)).status, 'completed');
  const json = await client.post('/videos', { body: { prompt: 'a blue boat', ...SMALL } });
  for (const [variant, type] of [['video', 'video/mp4'], ['thumbnail', 'image/webp'],
                                 ['spritesheet', 'image/jpeg']]) {
    const answer = await client.videos.downloadContent(done.id, { variant });
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, type]);
    await answer.arrayBuffer();
  }
  const ids = (await all(client.videos.list({ limit: 2 }))).map(({ id }) => id);
  assert.ok(ids.includes(done.id) && ids.includes(json.id));
  assert.equal((await client.videos.getCharacter(characterId)).name, 'Moby');
  if (can.includes('remix')) {
    const remix = await client.videos.remix(done.id, { prompt: 'a green boat' });
    assert.equal((await completed(client, remix.id)).remixed_from_video_id, done.id);
  }
  // The client's own forms say video[id], which prism does not take for the field `video`; the JSON
  // that the description allows beside them says the same.
  const video = { id: done.id };
  if (can.includes('edit')) {
    const edit = await client.post('/videos/edits', { body: { prompt: 'at night', video } });
    await completed(client, edit.id);
  }
  if (can.includes('extension')) {
    const longer = await client.post('/videos/extensions',
                                     { body: { prompt: 'on and on', seconds: '1', video } });
    assert.equal((await completed(client, longer.id)).seconds, '2');
  }
  assert.equal((await client.videos.delete(json.id)).deleted, true);
  assert.equal((await client.videos.delete(done.id)).deleted, true);
}

// What stands in our description alone: everything beside /videos, and errors.
async function theRest(client) {
  const status = (call) => call.then(() => 200, (error) => error.status);
  assert.ok((await all(client.models.list())).length > 1);
  assert.equal((await client.models.retrieve('mini')).id, 'mini');
  assert.equal(await status(client.videos.retrieve('video_123')), 404);
  assert.equal(await status(client.videos.create({ prompt: 'a boat', model: 'sora-9' })), 400);
  const made = await client.videos.create({ prompt: 'a boat', ...LONG });
  await client.post(`/videos/${made.id}/cancel`);
  await until('the video to end', async () =>
    (await client.videos.retrieve(made.id)).status === 'failed');
  const line = { custom_id: 'one', method: 'POST', url: '/v1/videos',
                 body: { prompt: 'a boat', ...SMALL } };
  const file = await client.files.create(
      { file: await toFile(Buffer.from(JSON.stringify(line)), 'one.jsonl'), purpose: 'batch' });
  assert.equal((await client.files.retrieve(file.id)).bytes, file.bytes);
  assert.ok((await all(client.files.list())).length > 0);
  const batch = await client.batches.create(
      { input_file_id: file.id, endpoint: '/v1/videos', completion_window: '24h' });
  await until('the batch', async () =>
    (await client.batches.retrieve(batch.id)).status === 'completed', 60_000);
  await client.batches.cancel(batch.id);
  assert.ok((await all(client.batches.list())).length > 0);
  const content = await client.files.content(file.id);
  assert.deepEqual(JSON.parse(await content.text()), line);
  await client.files.delete(file.id);
  const endpoint = await client.post('/webhook_endpoints',
                                     { body: { url: 'http://127.0.0.1:9/hook' } });
  await client.post(`/webhook_endpoints/${endpoint.id}/rotate`);
  await client.get('/webhook_endpoints');
  await client.get(`/webhook_endpoints/${endpoint.id}`);
  await client.get(`/webhook_endpoints/${endpoint.id}/deliveries`);
  await client.delete(`/webhook_endpoints/${endpoint.id}`);
  const folder = await client.post('/folders', { body: { name: 'Boats' } });
  await client.post(`/folders/${folder.id}`, { body: { name: 'Ships' } });
  await client.post(`/folders/${folder.id}/videos`, { body: { video_ids: [made.id] } });
  await client.get('/folders');
  await client.delete(`/folders/${folder.id}/videos/${made.id}`);
  await client.delete(`/folders/${folder.id}`);
  await client.get('/me');
  const person = await client.post('/admin/people', { body: { name: 'Grace' } });
  const key = await client.post('/admin/keys', { body: { person_id: person.id, name: 'desk' } });
  await client.get('/admin/people');
  await client.get('/admin/keys');
  await client.delete(`/admin/keys/${key.id}`);
  const stop = { scope: 'person', subject: person.id };
  await client.post('/admin/stops', { body: { ...stop, stopped: true } });
  await client.get('/admin/stops');
  await client.post('/admin/stops', { body: { ...stop, stopped: false } });
}

test('OpenAI\'s description: no violation', async (t) => {
  const description = path.join(folder, 'openai.json');
  writeFileSync(description, JSON.stringify(patchedDescription((why) => t.diagnostic(why))));
  await through(description, theVideosApi);
});

test('our description: no violation', async () => {
  await through(CONTRACT_FILE, async (client) => {
    await theVideosApi(client);
    await theRest(client);
  });
});

test('the proxy sees violations, of answers and of requests', async () => {
  const description = patchedDescription();
  description.components.schemas.VideoResource.properties.seconds = { type: 'integer' };
  const file = path.join(folder, 'wrong.json');
  writeFileSync(file, JSON.stringify(description));
  const prism = await startPrism(file, server.url);
  try {
    const ask = async (where, options = {}) => {
      const headers = { Authorization: `Bearer ${server.key}` };
      const answer = await fetch(prism.url + where, { headers, ...options });
      return [answer.status, await answer.text()];
    };
    const [status, text] = await ask('/videos');
    assert.equal(status, 500);
    assert.match(text, /VIOLATIONS.*seconds/s);
    assert.equal((await ask('/videos?limit=101'))[0], 422);
    const body = new FormData();
    body.set('prompt', 'a boat');
    body.set('seconds', 'ten');
    const [refused, why] = await ask('/videos', { method: 'POST', body });
    assert.equal(refused, 422);
    assert.match(why, /seconds/);
    assert.equal((await ask('/videos', { headers: {} }))[0], 401);
    // Why edits and extensions go as JSON above; once prism reads these names, they need not.
    const edit = new FormData();
    edit.set('prompt', 'at night');
    edit.set('video[id]', 'video_123');
    assert.equal((await ask('/videos/edits', { method: 'POST', body: edit }))[0], 422);
  } finally {
    await prism.stop();
  }
});
