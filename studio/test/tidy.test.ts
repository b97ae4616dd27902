// SPDX-License-Identifier: Apache-2.0
// Style that matters is a test.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTest, type Source, sources, STUDIO } from './sources';

const LINES_MAX = 320;
const code = sources.filter(({ path }) => !path.endsWith('.css'));
const where = (list: readonly Source[], pattern: RegExp) =>
  list.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
const uncommented = code.map(({ path, text }) => ({ path, text: text.replace(/\/\/.*$/gm, '') }));

describe('sources', () => {
  it('have no any, and no way around the types', () => {
    expect(where(uncommented, /(:|<|\bas|,|\|)\s*any\b|\bany\[\]|@ts-(ignore|expect-error|nocheck)/)).toEqual(
      [],
    );
  });
  it('have no inline style or script, and make no markup of text', () => {
    expect(
      where(
        uncommented,
        /\bstyle=|dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/,
      ),
    ).toEqual([]);
  });
  it('send requests in one place only', () => {
    expect(
      where(
        uncommented.filter((one) => !isTest(one) && !one.path.startsWith('src/api/')),
        /\bfetch\(|XMLHttpRequest|new EventSource|sendBeacon/,
      ),
    ).toEqual([]);
  });
  it('name no other place', () => {
    const urls = where(
      uncommented.filter((one) => !isTest(one)),
      /https?:\/\//,
    ).filter((line) => !line.includes('http://www.w3.org/'));
    expect(urls).toEqual([]);
    expect(
      where(
        sources.filter(({ path }) => path.endsWith('.css')),
        /https?:|@import/,
      ),
    ).toEqual([]);
  });
  it('say under which licence they are', () => {
    expect(
      sources
        .filter(({ text }) => !text.includes('SPDX-License-Identifier: Apache-2.0'))
        .map(({ path }) => path),
    ).toEqual([]);
  });
  it('are short', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > LINES_MAX).map(({ path }) => path)).toEqual(
      [],
    );
  });
  it('take colours from the tokens', () => {
    const css = sources.filter(({ path }) => path.endsWith('.css') && !path.endsWith('tokens.css'));
    // Black and white over films are the same in light and dark.
    const allowed = /#fff\b|#05080d|#eef4fb|#c8d5e4|#9accff|#a9b9cb|#78bbff|#2f7fd6/;
    expect(where(css, /#[0-9a-f]{3,8}\b/i).filter((line) => !allowed.test(line))).toEqual([]);
  });
});

describe('index.html', () => {
  const html = readFileSync(`${STUDIO}/index.html`, 'utf8');
  it('has no inline script or style', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
  });
  it('lets a page send its origin', () => {
    expect(html).not.toContain('no-referrer');
  });
});
