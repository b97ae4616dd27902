// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { knownModel } from './known';
import { STYLES, stylesFor, withStyle } from './styles';

describe('styles', () => {
  it('have ids of their own and words in both languages', () => {
    expect(new Set(STYLES.map(({ id }) => id)).size).toBe(STYLES.length);
    for (const { label, words } of STYLES)
      for (const text of [label.en, label.fr, words.en, words.fr]) expect(text).not.toBe('');
  });
  it('suit the model', () => {
    expect(stylesFor('mini').every((style) => style.for === 'mini')).toBe(true);
    expect(stylesFor('wan-1.3b').every((style) => style.for === undefined)).toBe(true);
    expect(stylesFor(null).length).toBeGreaterThan(0);
  });
  it('stand behind the prompt', () => {
    expect(withStyle(' A boat. ', 'golden', 'en')).toBe('A boat, at sunset');
    expect(withStyle('un bateau', 'golden', 'fr')).toBe('un bateau, au coucher du soleil');
    expect(withStyle('a boat', null, 'en')).toBe('a boat');
    expect(withStyle('a boat', 'no such style', 'en')).toBe('a boat');
    expect(withStyle('', 'golden', 'en')).toBe('');
  });
});

describe('knownModel', () => {
  it('has examples for any model', () => {
    expect(knownModel('mini').examples.length).toBeGreaterThan(3);
    expect(knownModel('another').examples.length).toBeGreaterThan(1);
    expect(knownModel(null).about).toBeNull();
  });
});
