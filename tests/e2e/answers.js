// SPDX-License-Identifier: Apache-2.0
// Runs after all others: every answer that they saw is held against api/openapi.yaml.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { SEEN_FOLDER } from './lib/client.js';
import { Contract } from './lib/contract.js';

assert.ok(SEEN_FOLDER, 'AOZORA_E2E_SEEN names the folder of what was seen');
const contract = new Contract();
const seen = readdirSync(SEEN_FOLDER).flatMap(
    (name) => readFileSync(path.join(SEEN_FOLDER, name), 'utf8').trim().split('\n')
        .filter((line) => line).map((line) => JSON.parse(line)));

test('every answer that was seen is one that the contract describes', (t) => {
  const faults = [...new Set(seen.map((note) => contract.fault(note)).filter((fault) => fault))];
  t.diagnostic(`${seen.length} answers, of them ` +
               `${seen.filter((note) => note.body !== undefined).length} JSON`);
  assert.deepEqual(faults, []);
});

test('every operation of the contract was seen to succeed', () => {
  const done = new Set(seen.filter(({ status }) => status < 300)
      .map(({ method, path: asked }) => contract.find(method, asked)?.operation.operationId));
  // What the model cannot do yet is refused; videos.test.js sees to how.
  const { data } = seen.findLast((note) => note.path === '/models' && note.status === 200).body;
  const can = data.find(({ id }) => id === 'sora-2').aozora.can;
  const able = { remixVideo: 'remix', editVideo: 'edit', extendVideo: 'extension' };
  const missing = contract.operations().filter(
      (name) => !done.has(name) && !(name in able && !can.includes(able[name])));
  assert.deepEqual(missing, []);
});

test('the judge refuses an answer with a field missing, of a wrong type, or of no operation', () => {
  const good = seen.find((note) => note.method === 'GET' && note.status === 200 &&
                                   note.body?.object === 'video');
  assert.equal(contract.fault(good), null);
  const { error: _, ...missing } = good.body;
  assert.match(contract.fault({ ...good, body: missing }), /error/);
  assert.match(contract.fault({ ...good, body: { ...good.body, seconds: 4 } }), /seconds/);
  assert.match(contract.fault({ ...good, path: '/nothing' }), /no such operation/);
  assert.match(contract.fault({ ...good, status: 404 }), /error/);
});
