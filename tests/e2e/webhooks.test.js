// SPDX-License-Identifier: Apache-2.0
// Real deliveries to a real receiver, judged by the official client and by the library of Standard
// Webhooks.
import assert from 'node:assert/strict';
import http from 'node:http';
import test, { after, before } from 'node:test';
import { InvalidWebhookSignatureError } from 'openai';
import { Webhook } from 'standardwebhooks';
import { clientOf, completed, LONG, SMALL, until } from './lib/client.js';
import { Server } from './lib/server.js';

class Receiver {
  got = [];
  answers = [];  // statuses of the next deliveries; 200 when there are none
  #server;

  static async start() {
    const receiver = new Receiver();
    receiver.#server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      receiver.got.push({ method: request.method, headers: request.headers,
                          body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(receiver.answers.shift() ?? 200);
      response.end();
    });
    await new Promise((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${receiver.#server.address().port}/hook`;
    return receiver;
  }
  about(id) { return this.got.filter(({ body }) => JSON.parse(body).data.id === id); }
  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let server, client;
before(async () => {
  server = await Server.start(['--private-webhooks']);
  client = clientOf(server);
});
after(() => server.stop());

async function endpointAt(url, events) {
  const endpoint = await client.post('/webhook_endpoints', { body: { url, events } });
  assert.match(endpoint.secret, /^whsec_/);
  return endpoint;
}

async function film(extra = {}) {
  return client.videos.create({ prompt: 'a red boat', ...SMALL, ...extra });
}

test('a completed video is announced, and both judges believe it', async () => {
  const receiver = await Receiver.start();
  const endpoint = await endpointAt(receiver.url);
  const { id } = await film();
  const [delivery] = await until('the delivery', () => receiver.got.length > 0 && receiver.got);
  assert.equal(delivery.method, 'POST');
  const event = await client.webhooks.unwrap(delivery.body, delivery.headers, endpoint.secret);
  assert.equal(event.object, 'event');
  assert.match(event.id, /^evt_/);
  assert.equal(event.type, 'video.completed');
  assert.equal(event.data.id, id);
  assert.ok(Math.abs(event.created_at - Date.now() / 1000) < 120);
  assert.deepEqual(new Webhook(endpoint.secret).verify(delivery.body, delivery.headers), event);
  assert.equal((await client.videos.retrieve(id)).status, 'completed');

  const forged = delivery.body.replace(id, 'video_123');
  await assert.rejects(client.webhooks.unwrap(forged, delivery.headers, endpoint.secret),
                       InvalidWebhookSignatureError);
  assert.throws(() => new Webhook(endpoint.secret).verify(forged, delivery.headers));

  const log = await until('the log', async () => {
    const { data } = await client.get(`/webhook_endpoints/${endpoint.id}/deliveries`);
    return data[0]?.status === 'delivered' && data;
  });
  assert.deepEqual([log[0].video_id, log[0].attempts, log[0].last_status], [id, 1, 200]);
  await client.delete(`/webhook_endpoints/${endpoint.id}`);
  receiver.close();
});

test('a receiver that fails gets the same event again', async () => {
  const receiver = await Receiver.start();
  receiver.answers = [500, 302];
  const endpoint = await endpointAt(receiver.url, ['video.completed']);
  const { id } = await film();
  const [first, second, third] = await until(
      'three tries', () => receiver.about(id).length >= 3 && receiver.about(id), 60_000);
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  assert.equal(third.headers['webhook-id'], first.headers['webhook-id']);
  assert.equal(second.body, first.body);
  for (const delivery of [first, second, third]) {
    await client.webhooks.unwrap(delivery.body, delivery.headers, endpoint.secret);
  }
  await client.delete(`/webhook_endpoints/${endpoint.id}`);
  receiver.close();
});

test('a failed video is announced to those who asked for that', async () => {
  const receiver = await Receiver.start();
  const endpoint = await endpointAt(receiver.url, ['video.failed']);
  const good = await film();
  const bad = await film(LONG);
  await completed(client, good.id);
  await client.post(`/videos/${bad.id}/cancel`);
  const [delivery] = await until('the delivery',
                                 () => receiver.about(bad.id).length > 0 && receiver.about(bad.id));
  const event = await client.webhooks.unwrap(delivery.body, delivery.headers, endpoint.secret);
  assert.deepEqual([event.type, event.data.id], ['video.failed', bad.id]);
  assert.deepEqual(receiver.about(good.id), []);
  await client.delete(`/webhook_endpoints/${endpoint.id}`);
  receiver.close();
});

test('for a day after a rotation both secrets sign', async () => {
  const receiver = await Receiver.start();
  const old = await endpointAt(receiver.url);
  const fresh = await client.post(`/webhook_endpoints/${old.id}/rotate`);
  assert.equal(fresh.id, old.id);
  assert.notEqual(fresh.secret, old.secret);
  const { id } = await film();
  const [{ body, headers }] = await until('the delivery',
                                          () => receiver.got.length > 0 && receiver.got);
  assert.equal(headers['webhook-signature'].split(' ').length, 2);
  for (const { secret } of [old, fresh]) {
    assert.equal((await client.webhooks.unwrap(body, headers, secret)).data.id, id);
    assert.equal(new Webhook(secret).verify(body, headers).data.id, id);
  }
  await client.delete(`/webhook_endpoints/${old.id}`);
  receiver.close();
});

test('endpoints are listed without their secrets, and gone when deleted', async () => {
  const endpoint = await endpointAt('http://127.0.0.1:9/hook');
  const { data } = await client.get('/webhook_endpoints');
  assert.deepEqual(data.map(({ id }) => id), [endpoint.id]);
  assert.equal('secret' in data[0], false);
  assert.equal('secret' in await client.get(`/webhook_endpoints/${endpoint.id}`), false);
  await client.delete(`/webhook_endpoints/${endpoint.id}`);
  await assert.rejects(client.get(`/webhook_endpoints/${endpoint.id}`), { status: 404 });
});

test('on the machine itself they are added, listed and removed by the command line', async () => {
  const url = 'https://example.org/by-hand';
  assert.match(await server.admin('webhook', 'add', 'admin', url), /^whsec_/);
  const listed = await server.admin('webhook', 'list', 'admin');
  assert.doesNotMatch(listed, /whsec_/);
  const { data } = await client.get('/webhook_endpoints');
  const { id } = data.find((endpoint) => endpoint.url === url);
  assert.match(listed, new RegExp(`^${id}  ${url}  `, 'm'));
  await server.admin('webhook', 'remove', 'admin', id);
  assert.doesNotMatch(await server.admin('webhook', 'list', 'admin'), new RegExp(id));
});

test('a server that is not told otherwise does not call private addresses', async () => {
  const receiver = await Receiver.start(), careful = await Server.start();
  try {
    const own = clientOf(careful);
    const body = { url: receiver.url };
    const endpoint = await own.post('/webhook_endpoints', { body });
    const video = await own.videos.create({ prompt: 'a red boat', ...SMALL });
    const log = await until('a refusal in the log', async () => {
      const { data } = await own.get(`/webhook_endpoints/${endpoint.id}/deliveries`);
      return data[0]?.last_error && data;
    });
    assert.equal(log[0].video_id, video.id);
    assert.match(log[0].last_error, /private|address/);
    assert.deepEqual(receiver.got, []);
  } finally {
    receiver.close();
    await careful.stop();
  }
});
