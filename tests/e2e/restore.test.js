// SPDX-License-Identifier: Apache-2.0
// What docs/server.md says about backup and restore, done as it says.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, renameSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { NotFoundError, toFile } from 'openai';
import { all, bytesOf, clientOf, completed, LONG, SMALL } from './lib/client.js';
import { Server } from './lib/server.js';

const MARKED = { ...SMALL, size: '320x180' };

let server, restored, made, film, waiting, file;
before(async () => {
  server = await Server.start();
  const client = clientOf(server);
  made = await completed(client, (await client.videos.create({ prompt: 'a boat', ...MARKED })).id);
  film = await bytesOf(await client.videos.downloadContent(made.id));
  file = await client.files.create(
      { file: await toFile(Buffer.from('{}'), 'a.jsonl'), purpose: 'batch' });
  await client.videos.create({ prompt: 'a long one', ...LONG });  // it is rendered meanwhile
  waiting = await client.videos.create({ prompt: 'a waiting one', ...SMALL });
  const backup = mkdtempSync(path.join(os.tmpdir(), 'aozora-backup-'));
  await server.admin('backup', path.join(backup, 'copy.db'));
  for (const name of ['outputs', 'files', 'secrets']) {
    cpSync(path.join(server.folder, name), path.join(backup, name), { recursive: true });
  }
  // What happens after the copy is not in it.
  await client.videos.create({ prompt: 'too late', ...SMALL });
  const { key } = server;
  await server.stop();
  renameSync(path.join(backup, 'copy.db'), path.join(backup, 'aozora.db'));
  restored = await Server.start([], { folder: backup, key });
});
after(() => restored?.stop());

test('who had a key has it still, and all videos and files are there', async () => {
  const client = clientOf(restored);
  const prompts = (await all(client.videos.list())).map(({ prompt }) => prompt);
  assert.deepEqual(prompts.sort(), ['a boat', 'a long one', 'a waiting one']);
  assert.deepEqual(await bytesOf(await client.videos.downloadContent(made.id)), film);
  assert.equal(await (await client.files.content(file.id)).text(), '{}');
  await assert.rejects(client.videos.retrieve('video_123'), NotFoundError);
});

test('what was rendered and what waited is rendered', async () => {
  const client = clientOf(restored);
  const [long] = (await all(client.videos.list())).filter(({ prompt }) => prompt === 'a long one');
  await client.videos.delete(long.id);  // it was taken up again; ten seconds of film are not waited for
  assert.equal((await completed(client, waiting.id)).id, waiting.id);
});

test('earlier videos are still known by their marks and their signatures', async () => {
  const form = new FormData();
  form.append('file', await toFile(film, 'film.mp4'));
  const found = await clientOf(restored).post('/verify', { body: form });
  assert.equal(found.signed_here, true);
  assert.equal(found.made_here, true);
  assert.equal(found.origin.video_id, made.id);
});
