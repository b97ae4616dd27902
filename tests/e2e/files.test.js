// SPDX-License-Identifier: Apache-2.0
// Files and batches, and uploads that break off.
import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { APIUserAbortError, NotFoundError, toFile } from 'openai';
import { all, bytesOf, clientOf, LONG, sleep, SMALL, until } from './lib/client.js';
import { Server } from './lib/server.js';

let server, client, folder;
before(async () => {
  server = await Server.start();
  client = clientOf(server);
  folder = mkdtempSync(path.join(os.tmpdir(), 'aozora-files-'));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const BOUNDARY = 'boundary-7';

// A form with one file, as chunks whose number is not said beforehand.
async function* formChunks(bytes, { chunkBytes = 50_000, pauseMs = 0, filename = 'clip.bin' } = {}) {
  yield Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n` +
                    `user_data\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; ` +
                    `filename="${filename}"\r\ncontent-type: application/octet-stream\r\n\r\n`);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield bytes.subarray(at, at + chunkBytes);
    await sleep(pauseMs);
  }
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
const formOptions = { headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } };

const jsonl = (lines) => toFile(Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
                                'requests.jsonl');
const request = (custom_id, body) => ({ custom_id, method: 'POST', url: '/v1/videos', body });

test('a file is kept as it was sent, listed, served in parts and deleted', async () => {
  const name = path.join(folder, 'clip.bin');
  writeFileSync(name, BYTES);
  const file = await client.files.create({ file: createReadStream(name), purpose: 'user_data' });
  assert.deepEqual([file.object, file.bytes, file.filename, file.purpose],
                   ['file', BYTES.length, 'clip.bin', 'user_data']);
  assert.deepEqual(await client.files.retrieve(file.id), file);
  assert.equal((await client.files.waitForProcessing(file.id)).id, file.id);
  assert.ok((await all(client.files.list())).some(({ id }) => id === file.id));
  assert.ok((await all(client.files.list({ purpose: 'user_data' }))).some(({ id }) => id === file.id));
  assert.deepEqual(await all(client.files.list({ purpose: 'vision' })), []);
  assert.deepEqual(await bytesOf(await client.files.content(file.id)), BYTES);
  const part = await client.files.content(file.id, { headers: { Range: 'bytes=1000-1999' } });
  assert.equal(part.status, 206);
  assert.deepEqual(await bytesOf(part), BYTES.subarray(1000, 2000));
  assert.deepEqual(await client.files.delete(file.id),
                   { id: file.id, object: 'file', deleted: true });
  await assert.rejects(client.files.retrieve(file.id), NotFoundError);
  await assert.rejects(client.files.content(file.id), NotFoundError);
});

test('a file may be streamed without its length being known', async () => {
  const sent = [];
  const spied = clientOf(server, { fetch: async (url, init) => {
    sent.push(new Headers(init.headers).has('content-length'), init.duplex);
    return fetch(url, init);
  } });
  const file = await spied.post('/files', { body: formChunks(BYTES), ...formOptions });
  assert.deepEqual(sent, [false, 'half']);
  assert.equal(file.bytes, BYTES.length);
  assert.deepEqual(await bytesOf(await client.files.content(file.id)), BYTES);
  await client.files.delete(file.id);
});

test('many files are listed over pages', async () => {
  const ids = [];
  for (let i = 0; i < 5; ++i) {
    const file = await toFile(Buffer.from([i]), `${i}.bin`);
    ids.push((await client.files.create({ file, purpose: 'vision' })).id);
  }
  const listed = await all(client.files.list({ limit: 2, order: 'asc', purpose: 'vision' }));
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), ids.toSorted());
  for (const id of ids) await client.files.delete(id);
});

test('an upload that breaks off leaves nothing, and can be made again', async () => {
  const before = (await all(client.files.list())).length;
  for (let round = 0; round < 3; ++round) {
    const aborter = new AbortController();
    const call = client.post('/files', {
      body: formChunks(Buffer.concat(Array(20).fill(BYTES)), { pauseMs: 20 }), ...formOptions,
      signal: aborter.signal });
    call.catch(() => {});
    await until('the upload to arrive', () => server.uploads().length > 0);
    aborter.abort();
    await assert.rejects(call, APIUserAbortError);
    await until('the upload to be swept away', () => server.uploads().length === 0, 5_000);
  }
  assert.equal((await all(client.files.list())).length, before);
  const again = await client.post('/files', { body: formChunks(BYTES), ...formOptions });
  assert.deepEqual(await bytesOf(await client.files.content(again.id)), BYTES);
  assert.deepEqual(server.uploads(), []);
});

test('an upload that is refused leaves nothing', async () => {
  const file = await toFile(BYTES, 'clip.bin');
  await assert.rejects(client.files.create({ file, purpose: 'fine-tune' }),
                       { status: 400, param: 'purpose' });
  await assert.rejects(client.videos.createCharacter({ name: 'Moby', video: file }),
                       { status: 400, param: 'video' });
  await assert.rejects(clientOf(server, { apiKey: 'sk-nothing' }).files.create(
      { file, purpose: 'vision' }), { status: 401 });
  await until('uploads to be empty', () => server.uploads().length === 0, 5_000);
});

async function batchOf(lines, metadata) {
  const file = await client.files.create({ file: await jsonl(lines), purpose: 'batch' });
  return client.batches.create({ input_file_id: file.id, endpoint: '/v1/videos',
                                 completion_window: '24h', metadata });
}
async function linesOf(id) {
  const text = await (await client.files.content(id)).text();
  return text.trim().split('\n').map((line) => JSON.parse(line));
}

test('a batch: two videos, and one request for a model that is not there', async () => {
  const batch = await batchOf([
    request('first', { model: 'sora-2', prompt: 'a red boat', ...SMALL }),
    request('second', { model: 'sora-9', prompt: 'a red boat', ...SMALL }),
    request('third', { prompt: 'a blue boat', ...SMALL }),
  ], { film: 'boats' });
  assert.equal(batch.object, 'batch');
  const done = await until('the batch', async () => {
    const now = await client.batches.retrieve(batch.id);
    return now.completed_at && now;
  }, 90_000);
  assert.equal(done.status, 'completed');
  assert.deepEqual(done.request_counts, { total: 3, completed: 2, failed: 1 });
  assert.deepEqual(done.metadata, { film: 'boats' });
  assert.equal(done.errors ?? null, null);
  const output = await linesOf(done.output_file_id);
  assert.deepEqual(output.map(({ custom_id }) => custom_id), ['first', 'third']);
  for (const { response, error } of output) {
    assert.equal(error, null);
    assert.equal(response.status_code, 200);
    assert.equal(response.body.status, 'completed');
    const answer = await client.videos.downloadContent(response.body.id);
    assert.equal(answer.headers.get('content-type'), 'video/mp4');
    await answer.arrayBuffer();
  }
  const [failed, ...more] = await linesOf(done.error_file_id);
  assert.deepEqual(more, []);
  assert.equal(failed.custom_id, 'second');
  // As OpenAI has it: what the API answered stands in `response`; `error` is for what is no answer.
  assert.equal(failed.error, null);
  assert.equal(failed.response.status_code, 400);
  assert.equal(failed.response.body.error.code, 'model_not_found');
  assert.equal(failed.response.body.error.param, 'model');
  assert.ok((await all(client.batches.list())).some(({ id }) => id === batch.id));
});

test('a batch whose file is wrong fails and names the lines', async () => {
  const batch = await batchOf([request('first', { prompt: 'a red boat', ...SMALL }),
                               request('first', { prompt: 'a red boat', seconds: 'ten' })]);
  const failed = await until('the batch', async () => {
    const now = await client.batches.retrieve(batch.id);
    return now.failed_at && now;
  });
  assert.equal(failed.status, 'failed');
  assert.equal(failed.errors.data[0].line, 2);
  assert.match(failed.errors.data[0].message, /seconds/);
  assert.equal((await client.batches.retrieve(batch.id)).request_counts.completed, 0);
});

test('a batch that is cancelled stops its videos', async () => {
  const batch = await batchOf([1, 2, 3].map(
      (n) => request(`film ${n}`, { prompt: 'a red boat at sea', ...LONG })));
  const own = async () => (await all(client.videos.list({ limit: 100 })))
      .filter(({ prompt }) => prompt === 'a red boat at sea');
  await until('its videos to be there', async () => (await own()).length === 3);
  const cancelling = await client.batches.cancel(batch.id);
  assert.ok(['cancelling', 'cancelled'].includes(cancelling.status), cancelling.status);
  const done = await until('the batch to end', async () => {
    const now = await client.batches.retrieve(batch.id);
    return now.cancelled_at && now;
  });
  assert.equal(done.status, 'cancelled');
  assert.equal(done.request_counts.completed, 0);
  for (const video of await own()) assert.equal(video.error?.code, 'cancelled');
  await assert.rejects(client.batches.create(
      { input_file_id: 'file-123', endpoint: '/v1/videos', completion_window: '24h' }),
                       { status: 400, param: 'input_file_id' });
});
