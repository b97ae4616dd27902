// SPDX-License-Identifier: Apache-2.0
// The stop that stops: in its scopes, within a second, across a crash, released by two.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { InternalServerError, PermissionDeniedError } from 'openai';
import { all, clientOf, completed, SMALL, until } from './lib/client.js';
import { Server } from './lib/server.js';

const SECOND_MS = 1_000;
const RENDERS = 20;

let server, admin;
const personOf = async (name, role, scopes) => {
  const person = await admin.post('/admin/people', { body: { name, role } });
  const key = await admin.post('/admin/keys', { body: { person_id: person.id, name, scopes } });
  return { person, key, client: clientOf(server, { apiKey: key.key }) };
};
const set = (client, body) => client.post('/admin/stops', { body });
const stopped = (pattern = /.*/) => (error) => error.code === 'stopped' && pattern.test(error.message);

before(async () => {
  server = await Server.start(['--workers', String(RENDERS), '--threads', '1',
                               '--running-per-person', '64']);
  admin = clientOf(server);
});
after(() => server.stop());

test('a feature is stopped, and nothing else', async () => {
  await set(admin, { scope: 'feature', subject: 'batches', stopped: true, reason: 'a bad batch' });
  await assert.rejects(admin.batches.create({ input_file_id: 'file_1', endpoint: '/v1/videos',
                                              completion_window: '24h' }),
                       (error) => error instanceof InternalServerError &&
                                  stopped(/a bad batch/)(error));
  await all(admin.batches.list());
  const made = await admin.videos.create({ prompt: 'a red boat', ...SMALL });
  await completed(admin, made.id);
  await assert.rejects(set(admin, { scope: 'feature', subject: 'batchez', stopped: true }),
                       /there is no feature batchez/);
  await set(admin, { scope: 'feature', subject: 'batches', stopped: false });
});

test('a person and a key may read and not write', async () => {
  const ann = await personOf('ann', 'artist', ['videos:read', 'videos:write']);
  for (const [scope, subject] of [['person', ann.person.id], ['key', ann.key.id]]) {
    const { data } = await set(admin, { scope, subject, stopped: true, reason: 'we have to talk' });
    assert.equal(data[0].subject_name, scope === 'person' ? 'ann' : null);
    await until(`the ${scope} to be stopped`, async () => {
      const error = await ann.client.videos.create({ prompt: 'a red boat', ...SMALL })
          .catch((caught) => caught);
      return error instanceof PermissionDeniedError && stopped(/we have to talk/)(error);
    }, SECOND_MS);
    await all(ann.client.videos.list());
    await admin.videos.create({ prompt: 'a red boat', ...SMALL });
    await set(admin, { scope, subject, stopped: false });
  }
});

test(`${RENDERS} renders are parked within a second, stay so across a crash, and go on`,
     async () => {
  const { data: [first] } = await admin.get('/admin/people');
  const second = await personOf('second admin', 'admin', ['videos:read', 'admin']);
  await until('earlier renders to end', async () =>
      (await all(admin.videos.list())).every(({ status }) =>
          status === 'completed' || status === 'failed'), 60_000);
  const ids = [];
  for (let i = 0; i < RENDERS; ++i) {
    const made = await admin.videos.create({ prompt: `a red boat ${i}`, seconds: '8',
                                             size: '256x144' });
    ids.push(made.id);
  }
  const count = async (status) => (await Promise.all(
      ids.map((id) => admin.videos.retrieve(id)))).filter((video) => video.status === status).length;
  await until('all to run', async () => await count('in_progress') === RENDERS, 60_000);
  const began = Date.now();
  await set(admin, { scope: 'all', stopped: true, reason: 'noon' });
  await until('none to run', async () => await count('in_progress') === 0, 60_000);
  const took = Date.now() - began;
  console.log(`${RENDERS} renders parked after ${took} ms`);
  assert.equal(await count('queued'), RENDERS);
  // Twenty renders on the machine's few cores; each hears of it within 400 ms and ends its step.
  assert.ok(took < 3 * SECOND_MS, `${took} ms`);

  await server.crash();
  admin = clientOf(server);
  const other = clientOf(server, { apiKey: second.key.key });
  await assert.rejects(admin.videos.create({ prompt: 'a red boat', ...SMALL }), stopped(/noon/));
  const notice = await (await fetch(`${server.url}/notice`)).json();
  assert.equal(notice.stopped, 'generation');
  assert.equal(notice.message, 'noon');
  assert.equal(await count('queued'), RENDERS);

  let { data } = await set(admin, { scope: 'all', stopped: false });
  assert.equal(data[0].release_asked_by, first.id);
  assert.deepEqual([data[0].set_by_name, data[0].release_asked_by_name], [first.name, first.name]);
  ({ data } = await set(admin, { scope: 'all', stopped: false }));
  assert.equal(data.length, 1);
  ({ data } = await set(other, { scope: 'all', stopped: false }));
  assert.deepEqual(data, []);
  await until('all to run again or be done', async () => await count('queued') === 0, 60_000);
  for (const id of ids.slice(1)) await admin.videos.delete(id);
  await completed(admin, ids[0]);
});

test('everything is off: nothing answers but the notice, health and admins', async () => {
  await set(admin, { scope: 'all', subject: 'everything', stopped: true, reason: '<closed> & done' });
  await until('reading to be refused', async () => {
    const error = await all(admin.videos.list()).then(() => null, (caught) => caught);
    return error !== null && stopped(/closed/)(error);
  }, SECOND_MS);
  const root = server.url.replace('/v1', '');
  assert.equal((await fetch(`${root}/healthz`)).status, 200);
  assert.equal((await fetch(`${root}/readyz`)).status, 503);
  const page = await fetch(`${root}/notice`);
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
  assert.match(await page.text(), /&lt;closed> &amp; done/);
  assert.equal((await admin.get('/me')).object, 'person');
  assert.equal((await fetch(`${server.url}/session`)).status, 401);  // it answers
  const help = await server.admin('release', '--subject', 'everything');
  assert.match(help, /a second admin/);
  const { data } = await set(admin, { scope: 'all', subject: 'everything', stopped: false });
  assert.deepEqual(data, []);
  await until('reading to be allowed', async () => all(admin.videos.list()).then(() => true,
                                                                                 () => false), SECOND_MS);
});

test('the audit log knows all of it, and is whole', async () => {
  assert.match(await server.admin('verify-audit'), /^\d+ rows, unbroken/);
});
