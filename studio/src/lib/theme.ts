// SPDX-License-Identifier: Apache-2.0
import { effect } from '@preact/signals';
import { kept, oneOf } from './kept';

export type Theme = 'system' | 'light' | 'dark';

export const theme = kept<Theme>('theme', oneOf<Theme>('system', 'light', 'dark'));

export function followTheme(): void {
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
  });
}
