// SPDX-License-Identifier: Apache-2.0
// Two builds of the official library. Each judge takes a file's bytes and a root's PEM, and gives
// { state: 'Trusted' | 'Valid' | 'Invalid', store, failures }.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Reader } from '@contentauth/c2pa-node';
import { initSync, WasmReader } from '@contentauth/c2pa-wasm';

const wasm = createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm')
    .replace(/[^/]+$/, 'c2pa_bg.wasm');
initSync({ module: readFileSync(wasm) });

export const settings = (anchor) => ({
  verify: { remote_manifest_fetch: false, verify_trust: true },
  ...(anchor && { trust: { trust_anchors: anchor } }),
});

export async function byWasm(bytes, anchor, type = 'video/mp4') {
  const reader = await WasmReader.fromBytes(type, bytes, JSON.stringify(settings(anchor)));
  return summary(JSON.parse(reader.json()));
}

export async function byNode(bytes, anchor, type = 'video/mp4') {
  const reader = await Reader.fromAsset({ buffer: bytes, mimeType: type }, settings(anchor));
  return summary(reader.json());
}

// A picture whose manifest is beside it.
export async function bySidecar(bytes, manifest, anchor, type) {
  const reader = await Reader.fromManifestDataAndAsset(
      manifest, { buffer: bytes, mimeType: type }, settings(anchor));
  return summary(reader.json());
}

function summary(store) {
  const failures = (store.validation_results?.activeManifest?.failure ?? []).map(({ code }) => code);
  return { state: store.validation_state, store, failures };
}
