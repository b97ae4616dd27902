// SPDX-License-Identifier: Apache-2.0
// Every text is there in both languages, with the same values in it, and used; nothing is said
// beside the dictionaries.
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTest, sources } from './sources';
import type { Words } from '../src/lib/words';

const modules = import.meta.glob<Record<string, Words<string>>>('../src/words/*.ts', { eager: true });
const areas = Object.values(modules).flatMap((module) => Object.entries(module));
const pages = sources.filter((source) => /\.tsx?$/.test(source.path) && !isTest(source));

// Whether a source takes its words from an area.
const names = (text: string, area: string): boolean => new RegExp(`\\b${area}\\b`).test(text);

// Keys that sources use as they stand, and beginnings of those that it puts together.
function usedIn(area: string): { keys: Set<string>; leads: string[] } {
  const keys = new Set<string>(),
    leads: string[] = [];
  // Helpers beside a page give keys to it.
  const folders = new Set(pages.filter(({ text }) => names(text, area)).map(({ path }) => dirname(path)));
  for (const { path, text } of pages) {
    if (path.startsWith('src/words/') || !folders.has(dirname(path))) continue;
    for (const [, key] of text.matchAll(/['"]([\w]+)['"]/g)) keys.add(key!);
    for (const [, lead] of text.matchAll(/`(\w+?)\$\{/g)) leads.push(lead!);
    for (const [, name] of text.matchAll(/(\w+): \{ (?:min|icon)/g)) keys.add(name!);
  }
  return { keys, leads };
}

const valuesIn = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

describe.each(areas)('%s', (name, { texts }) => {
  const keys = Object.keys(texts.en);
  it('has every text in both languages', () => {
    expect(Object.keys(texts.fr).sort()).toEqual([...keys].sort());
    for (const key of keys)
      expect([key, texts.en[key]!.trim() !== '', texts.fr[key]!.trim() !== '']).toEqual([key, true, true]);
  });
  it('has the same values in both', () => {
    for (const key of keys) expect([key, valuesIn(texts.fr[key]!)]).toEqual([key, valuesIn(texts.en[key]!)]);
  });
  it('has two forms in both where it has them in one', () => {
    for (const key of keys) {
      const forms = [texts.en[key]!, texts.fr[key]!].map((text) => text.split('|').length);
      expect([key, forms.every((n) => n === 1) || (forms.includes(2) && Math.max(...forms) === 2)]).toEqual([
        key,
        true,
      ]);
    }
  });
  it('is used, all of it', () => {
    const used = usedIn(name);
    expect(
      keys.filter((key) => !used.keys.has(key) && !used.leads.some((lead) => key.startsWith(lead))),
    ).toEqual([]);
  });
});

describe('pages', () => {
  it('say nothing beside the dictionaries', () => {
    const said = pages
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ path, text }) =>
        [
          ...text.matchAll(
            /(?:aria-label|title|placeholder|alt)="([^"]*[a-z][^"]*)"|>\s*([A-Z][a-z]+ [a-z][^<>{}]*)</g,
          ),
        ]
          .map(([whole]) => `${path}: ${whole.trim()}`)
          .filter((found) => !found.includes('"Aozora"')),
      );
    expect(said).toEqual([]);
  });
});
