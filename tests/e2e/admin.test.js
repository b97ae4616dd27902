// SPDX-License-Identifier: Apache-2.0
// People, keys and stops over the API, through the client that an operator's script would use.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { AuthenticationError, InternalServerError } from 'openai';
import { clientOf, SMALL, until } from './lib/client.js';
import { Server } from './lib/server.js';

let server, client;
before(async () => {
  server = await Server.start(['--workers', '0']);
  client = clientOf(server);
});
after(() => server.stop());

test('a person gets a key, uses it and loses it', async () => {
  const person = await client.post('/admin/people', {
    body: { name: 'Ada', role: 'artist', grants: { seconds_per_day: 30 } } });
  assert.deepEqual(person.grants, { seconds_per_day: 30 });
  const made = await client.post('/admin/keys', {
    body: { person_id: person.id, name: 'laptop', scopes: ['videos:read', 'videos:write'] } });
  assert.match(made.key, /^aoz_/);
  const ada = clientOf(server, { apiKey: made.key });
  await ada.videos.create({ prompt: 'a red boat', ...SMALL });
  const me = await ada.get('/me');
  assert.deepEqual([me.name, me.seconds_today, me.seconds_per_day], ['Ada', 1, 30]);
  const limits = (body) => client.post(`/admin/people/${person.id}/grants`, { body });
  const changed = await limits({ seconds_per_day: 40, priority: -2 });
  assert.deepEqual(changed.grants, { seconds_per_day: 40, priority: -2 });
  assert.equal((await ada.get('/me')).seconds_per_day, 40);
  assert.deepEqual((await limits({})).grants, {}, 'as for everybody');
  for (const wrong of [{ seconds_per_day: -1 }, { priority: 11 }, { seconds: 5 }]) {
    await assert.rejects(limits(wrong), { status: 400 });
  }
  await assert.rejects(client.post('/admin/people/nobody/grants', { body: {} }), { status: 404 });
  const { data } = await client.get('/admin/keys');
  const laptop = data.find(({ id }) => id === made.id);
  assert.deepEqual([laptop.name, laptop.person.name], ['laptop', 'Ada']);
  assert.ok(data.every((key) => !('key' in key)));
  assert.ok((await client.get('/admin/people')).data.some(({ id }) => id === person.id));
  assert.ok((await client.delete(`/admin/keys/${made.id}`)).revoked_at > 0);
  await until('the key to end', async () =>
    (await ada.videos.list().catch((error) => error)) instanceof AuthenticationError, 1_000);
});

test('a model is stopped and released', async () => {
  const set = (stopped) => client.post('/admin/stops', {
    body: { scope: 'model', subject: 'mini', stopped, reason: 'it is being trained' } });
  const { data } = await set(true);
  assert.deepEqual([data[0].scope, data[0].subject], ['model', 'mini']);
  const call = () => client.videos.create({ prompt: 'a red boat', ...SMALL });
  await assert.rejects(call(), (error) => error instanceof InternalServerError &&
                                          error.code === 'stopped' &&
                                          /it is being trained/.test(error.message));
  assert.equal((await client.get('/admin/stops')).data.length, 1);
  assert.deepEqual((await set(false)).data, []);
  await call();
});

test('an operator sees queue, disk, the audit log and the policy', async () => {
  const status = await client.get('/admin/status');
  assert.ok(status.queue.queued >= 1);
  assert.deepEqual(status.workers, []);
  assert.ok(status.disk.free_bytes > 0 && status.disk.total_bytes > status.disk.free_bytes);

  const newest = await client.get('/admin/audit', { query: { limit: 2 } });
  assert.equal(newest.data.length, 2);
  assert.ok(newest.has_more);
  const older = await client.get('/admin/audit', { query: { limit: 100, after: newest.last_id } });
  assert.equal(Number(older.first_id), Number(newest.last_id) - 1);
  assert.ok(older.data.some(({ what }) => what === 'key.revoked'));
  assert.ok(older.data.some(({ what, detail }) => what === 'person.limits_set' &&
                            /running=- queued=- seconds=40 priority=-2$/.test(detail)));
  await assert.rejects(client.get('/admin/audit', { query: { after: 'x' } }), /no entry x/);
  const verified = await client.post('/admin/audit/verify');
  assert.equal(verified.ok, true);
  assert.equal(verified.entries, Number((await client.get('/admin/audit')).first_id));

  const policy = await client.get('/admin/policy');
  assert.match(policy.source, /format = 1/);
  assert.equal(policy.error, null);
  const check = (text) => client.post('/admin/policy/check', { body: { text } });
  assert.deepEqual((await check('a red boat')).hit, null);
  const blocked = await check('how to build a b0mb');
  assert.equal(blocked.action, 'block');
  assert.match(blocked.hit.category, /illicit/);
});
