// SPDX-License-Identifier: Apache-2.0
// Texts in English and French, an area of the page at a time. A key that one language lacks does
// not compile.
import { locale, type Locale } from './locale';

export type Values = Record<string, string | number>;
type Texts<K extends string> = Record<K, string>;

export interface Words<K extends string> {
  // The text, with {name} filled in.
  (key: K, values?: Values): string;
  texts: Record<Locale, Texts<K>>;
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatNumber(value) : value;
  });
}

// "one clip|{n} clips": the form that goes with the value `n`.
export function pick(text: string, n: number, language: Locale): string {
  const forms = text.split('|');
  const first = new Intl.PluralRules(language).select(n) === 'one';
  return (first ? forms[0] : forms[1]) ?? text;
}

export function area<K extends string>(texts: { en: Texts<K>; fr: Texts<NoInfer<K>> }): Words<K> {
  const say = (key: K, values: Values = {}): string => {
    const language = locale.value;
    const text: string = texts[language][key];
    const n = values['n'];
    return fill(typeof n === 'number' && text.includes('|') ? pick(text, n, language) : text, values);
  };
  return Object.assign(say, { texts });
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale.value, options).format(value);
}

export function formatDay(seconds: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(
    seconds * 1000,
  );
}
