// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import { locale } from './locale';
import { formatAgo, formatDuration, secondsLeft } from './time';
import { area, fill, pick } from './words';

const words = area({
  en: { n: 'one clip|{n} clips', hi: 'Hello {name}' },
  fr: { n: '{n} clip|{n} clips', hi: 'Bonjour {name}' },
});
afterEach(() => {
  locale.value = 'en';
});

describe('words', () => {
  it('follow the language', () => {
    expect(words('hi', { name: 'Mika' })).toBe('Hello Mika');
    locale.value = 'fr';
    expect(words('hi', { name: 'Mika' })).toBe('Bonjour Mika');
  });
  it('have the right number', () => {
    expect([words('n', { n: 1 }), words('n', { n: 0 }), words('n', { n: 2 })]).toEqual([
      'one clip',
      '0 clips',
      '2 clips',
    ]);
    locale.value = 'fr';
    expect(words('n', { n: 0 })).toBe('0 clip');
  });
  it('write numbers as the language does', () => {
    expect(fill('{n}', { n: 1234567 })).toBe('1,234,567');
    locale.value = 'fr';
    expect(fill('{n}', { n: 1.5 })).toBe('1,5');
  });
  it('leave alone what has no value', () => {
    expect(fill('{a} {b}', { a: 'x' })).toBe('x {b}');
    expect(pick('only one', 5, 'en')).toBe('only one');
  });
});

describe('time', () => {
  it.each([
    [0, '0 s'],
    [59.6, '1 min'],
    [8, '8 s'],
    [125, '2 min 5 s'],
    [3600, '1 h'],
    [3780, '1 h 3 min'],
    [725, '12 min'],
  ])('%d s', (seconds, text) => {
    expect(formatDuration(seconds).replaceAll('\u202f', ' ')).toBe(text);
  });
  it('counts down to zero', () => {
    expect(secondsLeft(10_000, 8_500)).toBe(2);
    expect(secondsLeft(10_000, 10_000)).toBe(0);
    expect(secondsLeft(10_000, 99_000)).toBe(0);
  });
  it('says how long ago', () => {
    expect(formatAgo(1000, 1000_000 + 30_000)).toBe('now');
    expect(formatAgo(1000, 1000_000 + 180_000)).toBe('3 minutes ago');
    expect(formatAgo(0, 86_400_000 * 2)).toBe('2 days ago');
    locale.value = 'fr';
    expect(formatAgo(1000, 1000_000 + 7200_000)).toBe('il y a 2 heures');
  });
});
