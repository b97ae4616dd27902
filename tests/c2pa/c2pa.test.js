// SPDX-License-Identifier: Apache-2.0
// The official validators (two builds of c2pa-rs) and our own verifier, asked about the same files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Builder, LocalSigner } from '@contentauth/c2pa-node';
import { byNode, bySidecar, byWasm, settings } from './judges.js';

const tool = process.env.AOZORA_C2PA_FILES ?? 'build/release/tests/c2pa/c2pa_files';
const folder = mkdtempSync(join(tmpdir(), 'aozora-c2pa-'));
const at = (name) => join(folder, name);
const read = (name) => readFileSync(at(name));
const run = (...args) => execFileSync(tool, args, { encoding: 'utf8' });

let root, otherRoot;
before(() => {
  run('make', folder);
  root = read('root.pem').toString();
  otherRoot = read('stamp_root.pem').toString();
});
after(() => rmSync(folder, { recursive: true }));

const sidecar = (name, type, anchor) => bySidecar(read(name), read(`${name}.c2pa`), anchor, type);

function byUs(name, anchor = 'root.pem') {
  return JSON.parse(run('verify', at(anchor), at(name)));
}

// A copy of the file with other bytes.
function changed(bytes, name = 'changed.mp4') {
  writeFileSync(at(name), bytes);
  return name;
}

async function refused(bytes) {
  for (const by of [byWasm, byNode]) {
    let found;
    try {
      found = (await by(bytes, root)).state;
    } catch (error) {
      found = 'Invalid';  // or it could not be read at all
    }
    assert.equal(found, 'Invalid', by.name);
  }
  const own = byUs(changed(bytes));
  assert.ok(['invalid', 'none'].includes(own.state), JSON.stringify(own));
}

const films = ['film.mp4', 'av1.mp4', 'remix.mp4', 'remix2.mp4', 'from_picture.mp4',
               'from_plain.mp4', 'stamped.mp4'];

for (const name of films) {
  test(`${name}: Valid to strangers, Trusted under our root, to all three`, async () => {
    for (const by of [byWasm, byNode]) {
      const trusted = await by(read(name), root);
      assert.equal(trusted.state, 'Trusted', `${by.name}: ${trusted.failures}`);
      const stranger = await by(read(name), otherRoot);
      assert.equal(stranger.state, 'Valid', `${by.name}: ${stranger.failures}`);
    }
    assert.equal(byUs(name).state, 'trusted');
    assert.equal(byUs(name, 'stamp_root.pem').state, 'valid');
  });
}

test('the manifest says what it is to say', async () => {
  const { store } = await byWasm(read('film.mp4'), root);
  const manifest = store.manifests[store.active_manifest];
  assert.equal(manifest.claim_version, 2);
  assert.equal(manifest.claim_generator_info[0].name, 'Aozora');
  const assertion = (label) => manifest.assertions.find((a) => a.label === label)?.data;
  const { actions } = assertion('c2pa.actions.v2');
  assert.deepEqual(actions.map(({ action }) => action),
                   ['c2pa.created', 'c2pa.watermarked.bound']);
  assert.match(actions[0].digitalSourceType, /trainedAlgorithmicMedia$/);
  assert.equal(assertion('c2pa.soft-binding').alg, 'org.aozora.mark.1');
  assert.deepEqual(assertion('org.aozora.generation'),
                   { settings: { model: 'mini', seed: 7, guidance: 4.5, upscaled: false } });
});

test('a remix of a remix carries all three manifests', async () => {
  for (const by of [byWasm, byNode]) {
    const { store } = await by(read('remix2.mp4'), root);
    const labels = [];
    for (let label = store.active_manifest; label;) {
      const manifest = store.manifests[label];
      labels.push(manifest.title);
      label = manifest.ingredients?.[0]?.active_manifest;
    }
    assert.deepEqual(labels, ['remix2.mp4', 'remix.mp4', 'film.mp4'], by.name);
  }
  const own = byUs('remix2.mp4');
  assert.equal(own.manifests, 3);
  assert.deepEqual(own.actions, ['c2pa.opened', 'c2pa.edited', 'c2pa.watermarked.bound']);
  assert.equal(own.ingredients[0].title, 'remix.mp4');
});

test('a film from a picture names the picture', async () => {
  const { store } = await byWasm(read('from_picture.mp4'), root);
  const [picture] = store.manifests[store.active_manifest].ingredients;
  assert.equal(picture.relationship, 'parentOf');
  assert.equal(picture.format, 'image/png');
  assert.match(picture.instance_id, /^ni:\/\/\/sha-256;/);
});

test('a stamp is found, and believed under the root of its authority', async () => {
  const { store } = await byWasm(read('stamped.mp4'), root + otherRoot);
  assert.ok(store.manifests[store.active_manifest].signature_info.time, 'a time');
  assert.equal(byUs('stamped.mp4').stamped, 0);
  writeFileSync(at('both.pem'), root + otherRoot);
  assert.ok(Math.abs(byUs('stamped.mp4', 'both.pem').stamped - Date.now() / 1000) < 600);
});

for (const [name, type] of [['thumbnail.webp', 'image/webp'], ['spritesheet.jpg', 'image/jpeg']]) {
  test(`${name}: its sidecar is accepted, and not for another picture`, async () => {
    assert.equal((await sidecar(name, type, root)).state, 'Trusted');
    assert.equal(byUs(name).state, 'trusted');
    const bytes = read(name);
    bytes[bytes.length - 9] ^= 1;
    writeFileSync(at(name), bytes);
    assert.equal((await sidecar(name, type, root)).state, 'Invalid');
    assert.equal(byUs(name).state, 'invalid');
  });
}

test('film.webm: its sidecar is accepted by our own verifier', () => {
  assert.equal(byUs('film.webm').state, 'trusted');
});

test("a stranger's film may be a parent, and a parent's parent", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'aozora-c2pa-'));
  try {
    run('make', elsewhere);
    run('from', folder, join(elsewhere, 'remix.mp4'), 'video/mp4', 'child.mp4');
    run('from', folder, 'child.mp4', 'video/mp4', 'grandchild.mp4');
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
  for (const [name, manifests] of [['child.mp4', 3], ['grandchild.mp4', 4]]) {
    // What the signer found about it is written down, which the newer library goes by. The older one
    // takes the trust off any film with an unknown signer among its parents, and not more than that.
    const trusted = await byWasm(read(name), root);
    assert.equal(trusted.state, 'Trusted', JSON.stringify(trusted.store.validation_results));
    assert.equal(Object.keys(trusted.store.manifests).length, manifests);
    const valid = await byNode(read(name), root);
    assert.equal(valid.state, 'Valid');
    assert.deepEqual(valid.failures, []);
    const further = valid.store.validation_results.ingredientDeltas
        .flatMap(({ validationDeltas }) => validationDeltas.failure.map(({ code }) => code));
    assert.deepEqual([...new Set(further)], ['signingCredential.untrusted']);
    const own = byUs(name);
    assert.equal(own.state, 'trusted');
    assert.ok(own.notes.some(({ code }) => code === 'signingCredential.untrusted'));
  }
});

// Every top-level box: { type, start, end }.
function boxes(bytes) {
  const found = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + bytes.readUInt32BE(start);
    found.push({ type: bytes.toString('latin1', start + 4, start + 8), start, end });
    start = end;
  }
  return found;
}

test('a flipped byte is refused, in the film and in the manifest', async () => {
  const bytes = read('film.mp4');
  for (const { type, start, end } of boxes(bytes).filter(({ type }) => type !== 'ftyp')) {
    for (const part of [0.3, 0.6, 0.9]) {
      const copy = Buffer.from(bytes);
      copy[Math.floor(start + (end - start) * part)] ^= 0x10;
      await refused(copy);
    }
    assert.ok(type);
  }
});

test('an appended box is refused', async () => {
  const box = Buffer.from([0, 0, 0, 12, ...Buffer.from('freeabcd')]);
  await refused(Buffer.concat([read('film.mp4'), box]));
});

test('a box that is left out of the hash is refused by us', () => {
  for (const type of ['ftyp', 'mfra']) {
    const box = Buffer.from([0, 0, 0, 12, ...Buffer.from(`${type}abcd`)]);
    assert.equal(byUs(changed(Buffer.concat([read('film.mp4'), box]))).state, 'invalid', type);
  }
});

test('a film that was cut off is refused', async () => {
  const bytes = read('film.mp4');
  await refused(bytes.subarray(0, bytes.length - 1));
  await refused(bytes.subarray(0, Math.floor(bytes.length * 0.7)));
});

test("another film's manifest is refused", async () => {
  const [film, other] = [read('film.mp4'), read('other.mp4')];
  const [from, to] = [film, other].map((b) => boxes(b).find(({ type }) => type === 'uuid'));
  await refused(Buffer.concat([film.subarray(0, from.start), other.subarray(to.start, to.end),
                               film.subarray(from.end)]));
});

// Signs a file with the official library, with our key.
function signedByOthers(from, type, to) {
  const signer = LocalSigner.newSigner(read('identity/signer_chain.pem'),
                                       read('identity/signer_key.pem'), 'es256');
  const builder = Builder.withJson(
      { claim_generator_info: [{ name: 'Somebody', version: '1' }], title: to, assertions: [] },
      { ...settings(), builder: { thumbnail: { enabled: false } } });
  builder.setIntent({
    create: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
  });
  const output = { buffer: null };
  builder.sign(signer, { buffer: read(from), mimeType: type }, output);
  writeFileSync(at(to), output.buffer);
}

for (const [from, type] of [['plain.mp4', 'video/mp4'], ['input.png', 'image/png'],
                            ['plain.webp', 'image/webp'], ['plain.jpg', 'image/jpeg']]) {
  test(`${type} signed by others: we read it, refuse it changed, and carry it along`, async () => {
    const name = `others_${from}`;
    signedByOthers(from, type, name);
    const own = byUs(name);
    assert.equal(own.state, 'trusted', JSON.stringify(own.failures));
    assert.equal(own.generator, 'Somebody');
    const bytes = read(name);
    bytes[bytes.length - 30] ^= 1;
    assert.equal(byUs(changed(bytes, `changed_${from}`)).state, 'invalid');
    run('from', folder, name, type, `from_${from}.mp4`);
    for (const by of [byWasm, byNode]) {
      const { state, store, failures } = await by(read(`from_${from}.mp4`), root);
      assert.equal(state, 'Trusted', `${by.name}: ${failures}`);
      const [parent] = store.manifests[store.active_manifest].ingredients;
      assert.equal(store.manifests[parent.active_manifest].title, name);
    }
    assert.equal(byUs(`from_${from}.mp4`).manifests, 2);
  });
}

test('a film without manifest has none', () => {
  assert.equal(byUs('plain.mp4').state, 'none');
});
