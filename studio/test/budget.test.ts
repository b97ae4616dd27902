// SPDX-License-Identifier: Apache-2.0
// What a person has to fetch, measured on the build (AOZORA_STUDIO_DIST, or build/studio/dist).
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { filesIn, STUDIO } from './sources';

const DIST = process.env['AOZORA_STUDIO_DIST'] ?? join(STUDIO, '../build/studio/dist');
const ALL_BYTES_MAX = 150_000;
const FIRST_BYTES_MAX = 40_000;

const isBuilt = existsSync(join(DIST, 'index.html'));
const weigh = (path: string) => gzipSync(readFileSync(path), { level: 9 }).length;

// A script with all that it imports before it runs.
function needs(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = readFileSync(join(DIST, 'assets', name), 'utf8');
  for (const [, other] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) needs(other!, seen);
  return seen;
}

describe.skipIf(!isBuilt)('the build', () => {
  const scripts = isBuilt ? filesIn(DIST).filter((path) => path.endsWith('.js')) : [];
  const html = isBuilt ? readFileSync(join(DIST, 'index.html'), 'utf8') : '';

  it(`has at most ${ALL_BYTES_MAX} bytes of script, compressed`, () => {
    const all = scripts.reduce((sum, path) => sum + weigh(path), 0);
    console.log(`scripts: ${scripts.length}, ${all} bytes with gzip`);
    expect(all).toBeLessThanOrEqual(ALL_BYTES_MAX);
  });

  it(`needs at most ${FIRST_BYTES_MAX} of them for the first page`, () => {
    const entry = /src="\/assets\/([\w.-]+\.js)"/.exec(html)?.[1] ?? '';
    const page = scripts.map((path) => basename(path)).find((name) => name.startsWith('create-')) ?? '';
    const bytes = [...needs(page, needs(entry))].reduce(
      (sum, name) => sum + weigh(join(DIST, 'assets', name)),
      0,
    );
    console.log(`first page: ${bytes} bytes with gzip`);
    expect(page).not.toBe('');
    expect(bytes).toBeLessThanOrEqual(FIRST_BYTES_MAX);
  });

  it('has nothing inline', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=/);
  });

  it('names no other place', () => {
    const known = /https?:\/\/(www\.w3\.org|127\.0\.0\.1|localhost)/;
    const found = scripts.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/https?:\/\/[\w.-]+/g)].map(([url]) => url),
    );
    expect(found.filter((url) => !known.test(url))).toEqual([]);
  });
});
