// SPDX-License-Identifier: Apache-2.0
// What the browser keeps for this page. Storage may be forbidden or full: then it lasts as long as
// the page.
import { effect, type Signal, signal } from '@preact/signals';

const LEAD = 'aozora.';

export const keptName = (name: string): string => LEAD + name;

export function readKept(name: string): unknown {
  try {
    const text = localStorage.getItem(keptName(name));
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeKept(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(keptName(name));
    else localStorage.setItem(keptName(name), JSON.stringify(value));
  } catch {
    // Kept for as long as the page is open, then.
  }
}

// Forgets everything whose name begins so.
export function forget(...leads: string[]): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (leads.some((lead) => name.startsWith(keptName(lead)))) localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept.
  }
}

// A signal that is the same after a reload. `parse` gives the default for what it does not know.
export function kept<T>(name: string, parse: (value: unknown) => T): Signal<T> {
  const value = signal(parse(readKept(name)));
  let first = true;
  effect(() => {
    const now = value.value;
    if (!first) writeKept(name, now);
    first = false;
  });
  return value;
}

export function oneOf<T extends string>(...known: [T, ...T[]]): (value: unknown) => T {
  return (value) => known.find((one) => one === value) ?? known[0];
}
