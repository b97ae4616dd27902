// SPDX-License-Identifier: Apache-2.0
import { effect } from '@preact/signals';
import { kept } from './kept';

export type Locale = 'en' | 'fr';

function ofBrowser(): Locale {
  const languages = typeof navigator === 'undefined' ? [] : navigator.languages;
  return languages.find((tag) => /^(en|fr)\b/.test(tag))?.startsWith('fr') ? 'fr' : 'en';
}

export const locale = kept<Locale>('locale', (value) =>
  value === 'en' || value === 'fr' ? value : ofBrowser(),
);

export function followLocale(): void {
  effect(() => {
    document.documentElement.lang = locale.value;
  });
}
