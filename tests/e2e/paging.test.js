// SPDX-License-Identifier: Apache-2.0
// The client's automatic paging, over more videos than three pages hold.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { all, clientOf, SMALL } from './lib/client.js';
import { Server } from './lib/server.js';

const COUNT = 250, LANES = 8;
let server, client;
before(async () => {
  server = await Server.start(['--workers', '0']);
  client = clientOf(server);
});
after(() => server.stop());

async function inLanes(items, work) {
  const results = [], queue = [...items.entries()];
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let next; (next = queue.shift());) results[next[0]] = await work(next[1]);
  }));
  return results;
}

test(`${COUNT} videos: each is listed once, in both orders, on pages of any size`, async () => {
  const made = await inLanes(Array.from({ length: COUNT }),
                             () => client.videos.create({ prompt: 'a green tree', ...SMALL }));
  const ids = new Set(made.map(({ id }) => id));
  assert.equal(ids.size, COUNT);

  const newest = await all(client.videos.list({ limit: 100 }));
  assert.equal(newest.length, COUNT);
  assert.deepEqual(new Set(newest.map(({ id }) => id)), ids);
  for (let i = 1; i < COUNT; ++i) assert.ok(newest[i - 1].created_at >= newest[i].created_at);
  const order = newest.map(({ id }) => id);
  assert.deepEqual((await all(client.videos.list())).map(({ id }) => id), order);
  const oldest = await all(client.videos.list({ limit: 60, order: 'asc' }));
  assert.deepEqual(oldest.map(({ id }) => id), order.toReversed());

  const page = await client.videos.list({ limit: 100 });
  assert.deepEqual([page.data.length, page.has_more, page.last_id], [100, true, order[99]]);
  const last = await client.videos.list({ limit: 100, after: order[199] });
  assert.deepEqual([last.data.length, last.has_more], [50, false]);
  await assert.rejects(client.videos.list({ limit: 101 }), { status: 400, param: 'limit' });
  await assert.rejects(client.videos.list({ after: 'video_123' }), { status: 400, param: 'after' });

  await inLanes(order, (id) => client.videos.delete(id));
  const none = await client.videos.list();
  assert.deepEqual([none.data, none.last_id, none.has_more], [[], '', false]);
});
