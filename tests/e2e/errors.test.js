// SPDX-License-Identifier: Apache-2.0
// Every error class of the client that a server can cause, and what the client then does. There is
// no ConflictError: clients repeat a 409, so this API has none.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import * as errors from 'openai';
import { clientOf, recordingFetch, SMALL, sleep } from './lib/client.js';
import { Server } from './lib/server.js';
import { Tunnel } from './lib/tunnel.js';

const PROMPT = { prompt: 'a green tree', ...SMALL };
let server, client;
before(async () => {
  server = await Server.start(['--workers', '0']);
  client = clientOf(server);
});
after(() => server.stop());

// Counts the tries of a client that repeats.
function counted(of, options = {}) {
  const tries = [];
  const fetch = async (url, init) => {
    const answer = await recordingFetch(url, init);
    if (!String(url).startsWith('http')) return answer;
    tries.push({ status: answer.status, at: Date.now(),
                 again: answer.headers.get('x-should-retry') });
    return answer;
  };
  return { tries, client: clientOf(of, { maxRetries: 2, fetch, ...options }) };
}

async function expectError(call, Class, fields) {
  const error = await call.then(() => assert.fail('it was not refused'), (caught) => caught);
  assert.ok(error instanceof Class, `${error.constructor.name}: ${error.message}`);
  assert.match(error.requestID, /^req_/);
  assert.ok(error.message.length > 10);
  for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
  return error;
}

const bad = (param, code = 'invalid_value') =>
  ({ status: 400, type: 'invalid_request_error', code, param });

test('400: what is wrong is named', async () => {
  const wrong = [
    [{ prompt: '' }, bad('prompt')],
    [{ ...PROMPT, size: '1x1' }, bad('size')],
    [{ ...PROMPT, size: '127x72' }, bad('size')],
    [{ ...PROMPT, seconds: '0' }, bad('seconds')],
    [{ ...PROMPT, seconds: 'ten' }, bad('seconds')],
    [{ ...PROMPT, model: 'sora-9' }, bad('model', 'model_not_found')],
    [{ ...PROMPT, steps: 1000 }, bad('steps')],
    [{ ...PROMPT, characters: [{ id: 'char_1' }] }, bad('characters')],
    [{ ...PROMPT, input_reference: { image_url: 'http://127.0.0.1/sky.png' } },
     bad('input_reference')],
  ];
  for (const [body, fields] of wrong) {
    await expectError(client.videos.create(body), errors.BadRequestError, fields);
  }
  await expectError(client.post('/videos', { body: '{"prompt":', headers: {
    'content-type': 'application/json' } }), errors.BadRequestError, bad(null, 'invalid_json'));
  await expectError(client.videos.create({ ...PROMPT, prompt: 'x'.repeat(32_001) }),
                    errors.BadRequestError, bad('prompt'));
});

test('400: as long a video as the models list promises, and no longer', async () => {
  const { aozora } = await client.models.retrieve('sora-2');
  const seconds = String(aozora.seconds_max);
  const video = await client.videos.create({ prompt: 'a green tree', seconds });
  assert.equal(video.seconds, seconds);
  await client.videos.delete(video.id);
  await expectError(client.videos.create({ prompt: 'a green tree',
                                           seconds: String(aozora.seconds_max + 1) }),
                    errors.BadRequestError, bad('seconds'));
});

test('401: no key, a wrong key and a revoked one', async () => {
  const fields = { status: 401, code: 'invalid_api_key', type: 'invalid_request_error' };
  const list = (options) => clientOf(server, options).videos.list();
  await expectError(list({ apiKey: 'sk-nothing' }), errors.AuthenticationError, fields);
  const nearly = server.key.slice(0, -1) + (server.key.endsWith('x') ? 'y' : 'x');
  await expectError(list({ apiKey: nearly }), errors.AuthenticationError, fields);
  await expectError(list({ defaultHeaders: { Authorization: null } }), errors.AuthenticationError,
                    fields);
  const apiKey = await server.admin('key', 'add', 'admin', '--for', 'revoked');
  await list({ apiKey });
  const known = await server.admin('key', 'list');
  await server.admin('key', 'revoke', /^(\S+) .*revoked/m.exec(known)[1]);
  await sleep(1000);  // what is promised
  await expectError(list({ apiKey }), errors.AuthenticationError, fields);
});

test('403: a key without the scope', async () => {
  const apiKey = await server.admin('key', 'add', 'admin', '--scopes', 'videos:read');
  const reader = clientOf(server, { apiKey });
  await reader.videos.list();
  const fields = { status: 403, code: 'insufficient_scope' };
  await expectError(reader.videos.create(PROMPT), errors.PermissionDeniedError, fields);
  await expectError(reader.get('/admin/people'), errors.PermissionDeniedError, fields);
});

test('404: what is not there, and what is somebody else\'s', async () => {
  const fields = { status: 404, code: 'not_found', type: 'invalid_request_error' };
  await server.admin('person', 'add', 'stranger');
  const stranger = clientOf(server, { apiKey: await server.admin('key', 'add', 'stranger') });
  const { id } = await client.videos.create(PROMPT);
  const calls = [
    () => stranger.videos.retrieve(id), () => stranger.videos.delete(id),
    () => stranger.videos.downloadContent(id), () => stranger.post(`/videos/${id}/cancel`),
    () => client.files.retrieve('file-123'), () => client.batches.retrieve('batch_123'),
    () => client.models.retrieve('sora-9'), () => client.videos.getCharacter('char_123'),
    () => client.get('/webhook_endpoints/we_123'), () => client.get('/nothing/here'),
  ];
  for (const call of calls) {
    await expectError(call(), errors.NotFoundError, { status: fields.status, type: fields.type });
  }
  await expectError(client.videos.retrieve('video_123'), errors.NotFoundError, fields);
  assert.deepEqual((await stranger.videos.list()).data, []);
  await client.videos.delete(id);
});

test('422: an Idempotency-Key said again with another body', async () => {
  const headers = { 'Idempotency-Key': 'once' };
  const first = await client.videos.create(PROMPT, { headers });
  const same = await client.videos.create(PROMPT, { headers });
  assert.equal(same.id, first.id);
  await expectError(client.videos.create({ ...PROMPT, prompt: 'a red tree' }, { headers }),
                    errors.UnprocessableEntityError,
                    { status: 422, code: 'idempotency_key_reused' });
});

test('429: the client waits as it is told, and then is served', async () => {
  const slow = await Server.start(['--workers', '0', '--requests-per-minute', '30']);
  try {
    const eager = clientOf(slow);
    for (let i = 0; i < 30; ++i) await eager.models.list();
    const error = await expectError(
        eager.models.list(), errors.RateLimitError,
        { status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    const wait = Number(error.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 3, `retry-after: ${wait}`);
    assert.equal(error.headers.get('x-should-retry'), 'true');
    assert.equal(error.headers.get('x-ratelimit-limit-requests'), '30');
    assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0');
    const { tries, client: patient } = counted(slow);
    await patient.models.list();
    assert.deepEqual(tries.map(({ status }) => status), [429, 200]);
    assert.ok(tries[1].at - tries[0].at >= 990, `${tries[1].at - tries[0].at} ms`);
  } finally {
    await slow.stop();
  }
});

test('429: too many new videos of one person', async () => {
  await server.admin('person', 'add', 'eager', '--queued', '1');
  const eager = clientOf(server, { apiKey: await server.admin('key', 'add', 'eager') });
  await eager.videos.create(PROMPT);
  await expectError(eager.videos.create(PROMPT), errors.RateLimitError,
                    { status: 429, code: 'rate_limit_exceeded' });
  await server.admin('person', 'add', 'frugal', '--seconds-per-day', '1');
  const frugal = clientOf(server, { apiKey: await server.admin('key', 'add', 'frugal') });
  await frugal.videos.create(PROMPT);
  await expectError(frugal.videos.create(PROMPT), errors.RateLimitError,
                    { status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
});

test('503: a stopped server says why, and takes no new video, until it is released', async () => {
  await server.admin('stop', '--reason', 'a new disk is put in');
  const { tries, client: stubborn } = counted(server);
  const error = await expectError(stubborn.videos.create(PROMPT), errors.InternalServerError,
                                  { status: 503, code: 'stopped', type: 'server_error' });
  assert.match(error.message, /a new disk is put in/);
  assert.deepEqual(tries.map(({ again }) => again), ['false']);  // nobody knows how long it takes
  assert.equal((await fetch(server.url.replace('/v1', '/readyz'))).status, 200);  // for reading
  await stubborn.videos.list();
  await server.admin('release');
  await client.videos.create(PROMPT);
});

test('a lost answer: repeated with an Idempotency-Key it makes one video', async () => {
  const count = async () => {
    let n = 0;
    for await (const _ of client.videos.list({ limit: 100 })) ++n;
    return n;
  };
  const tunnel = await Tunnel.to(server.url);
  try {
    const { tries, client: far } = counted({ key: server.key, url: tunnel.url });
    const before = await count();
    tunnel.dropAnswers(1);
    const video = await far.videos.create(PROMPT, { headers: { 'Idempotency-Key': 'lost' } });
    assert.equal(tunnel.dropped, 1, 'the server took the request whose answer was lost');
    assert.deepEqual(tries.map(({ status }) => status), [200]);
    assert.equal(await count(), before + 1);
    assert.equal((await client.videos.list({ limit: 1 })).data[0].id, video.id);
    // Without a key nothing can tell the two requests apart: shows that the tunnel does its work.
    tunnel.dropAnswers(1);
    await far.videos.create(PROMPT);
    assert.equal(await count(), before + 3);
  } finally {
    await tunnel.close();
  }
});

test('a server that is gone, late or given up on has its own classes', async () => {
  const tunnel = await Tunnel.to(server.url);
  const far = clientOf({ key: server.key, url: tunnel.url });
  tunnel.dropAnswers(1);
  await assert.rejects(far.models.list(), errors.APIConnectionError);
  tunnel.holdAnswers(1);
  await assert.rejects(far.models.list({ timeout: 300 }), errors.APIConnectionTimeoutError);
  tunnel.holdAnswers(1);
  const aborter = new AbortController();
  const call = far.models.list({ signal: aborter.signal });
  setTimeout(() => aborter.abort(), 100);
  await assert.rejects(call, errors.APIUserAbortError);
  await far.models.list();
  await tunnel.close();
  await assert.rejects(far.models.list(), errors.APIConnectionError);
});
