// SPDX-License-Identifier: Apache-2.0
// Time stamps, asked of an authority over HTTP, from the command line and by the server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import { promisify } from 'node:util';
import { BINARY, Server } from '../e2e/lib/server.js';
import { until } from '../e2e/lib/until.js';
import { Authority } from './authority.js';
import { byNode, byWasm } from './judges.js';

const ABOUT_NOW_MS = 600_000;
const RENDER_MS = 120_000;

let authority, folder, root;
before(async () => {
  authority = await Authority.start();
  folder = mkdtempSync(join(tmpdir(), 'aozora-stamped-'));
});
beforeEach(() => { authority.asked = 0; authority.broken = false; });
after(() => {
  authority.stop();
  rmSync(folder, { recursive: true });
});

const aozora = (command, ...words) =>
  promisify(execFile)(BINARY, [command, '--data', folder, ...words]);

async function film(name, ...words) {
  const file = join(folder, name);
  const { stderr } = await aozora('generate', 'a red sailboat', '--size', '128x72', '--seconds', '1',
                                  '--seed', '5', '-o', file, ...words);
  root = readFileSync(join(folder, 'secrets/c2pa/root.pem'), 'utf8');
  return { file, stderr };
}

test('a film from the command line is stamped, and the official library believes it', async () => {
  const { file } = await film('stamped.mp4', '--timestamp-url', authority.url);
  assert.equal(authority.asked, 1);
  for (const by of [byWasm, byNode]) {
    const { state, store, failures } = await by(readFileSync(file), root + authority.root);
    assert.equal(state, 'Trusted', `${by.name}: ${failures}`);
    const { time } = store.manifests[store.active_manifest].signature_info;
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < ABOUT_NOW_MS, `${by.name}: ${time}`);
  }
  const stranger = JSON.parse((await aozora('verify', '--json', file)).stdout);
  assert.equal(stranger.manifest.time_stamp, null);
  const words = ['--timestamp-roots', authority.rootFile, file];
  const known = JSON.parse((await aozora('verify', '--json', ...words)).stdout);
  assert.ok(Math.abs(known.manifest.time_stamp * 1000 - Date.now()) < ABOUT_NOW_MS);
  assert.match((await aozora('verify', ...words)).stdout, /^stamped: +20\d\d-\d\d-\d\d .* UTC$/m);
});

test('so are a film of the server and both of its pictures', async () => {
  const server = await Server.start(['--timestamp-url', authority.url]);
  try {
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ prompt: 'a red sailboat', size: '128x72', seconds: '1' });
    const { id } = await (await fetch(`${server.url}/videos`, { method: 'POST', headers, body })).json();
    const film = await until('the film', async () => {
      const answer = await fetch(`${server.url}/videos/${id}/content`, { headers });
      return answer.ok && answer;
    }, RENDER_MS);
    const { store } = await byNode(Buffer.from(await film.arrayBuffer()), null);
    const { time } = store.manifests[store.active_manifest].signature_info;
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < ABOUT_NOW_MS, time);
    assert.equal(authority.asked, 3);
  } finally {
    server.stop();
  }
});

for (const [what, url] of [['breaks down', () => authority.url],
                           ['is not there', () => 'http://127.0.0.1:9/']]) {
  test(`an authority that ${what} costs nobody a film`, async () => {
    authority.broken = true;
    const { file, stderr } = await film('unstamped.mp4', '--timestamp-url', url());
    assert.match(stderr, /no time stamp: .*(answered 503|127\.0\.0\.1:9)/);
    const { state, store } = await byNode(readFileSync(file), root);
    assert.equal(state, 'Trusted');
    assert.equal(store.manifests[store.active_manifest].signature_info.time ?? null, null);
    rmSync(file);
  });
}

test('what is no address is refused at the start', async () => {
  await assert.rejects(film('never.mp4', '--timestamp-url', 'ftp://example.org'),
                       ({ stderr }) => /begins with http/.test(stderr));
});
