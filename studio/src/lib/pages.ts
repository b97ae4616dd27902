// SPDX-License-Identifier: Apache-2.0
// Lists that the server gives out a page at a time.
import { useState } from 'preact/hooks';
import { type Load, useAct, useLoad } from './load';
import type { Answer } from './result';

export interface Page<T> {
  data: T[];
  last_id: string | null;
  has_more: boolean;
}

export interface Pages<T> {
  first: Load<Page<T>>;
  items: readonly T[]; // of all pages so far
  isBusy: boolean;
  more: (() => void) | null; // fetches the next page; null: there is none
}

// Begins anew whenever `key` changes.
export function usePages<T>(read: (after?: string) => Promise<Answer<Page<T>>>, key: unknown = ''): Pages<T> {
  const first = useLoad(() => read(), key);
  const [later, setLater] = useState<{ of: Page<T> | null; pages: readonly Page<T>[] }>({
    of: null,
    pages: [],
  });
  const { isBusy, run } = useAct();
  // Pages that followed another first one are of another list.
  const pages = first.value === null ? [] : [first.value, ...(later.of === first.value ? later.pages : [])];
  const last = pages[pages.length - 1];
  const fetchNext = async (after: string) => {
    const page = await run(() => read(after), { toast: true });
    if (page !== null) setLater({ of: first.value, pages: [...pages.slice(1), page] });
  };
  const next = last?.has_more === true ? last.last_id : null;
  return {
    first,
    items: pages.flatMap(({ data }) => data),
    isBusy,
    more: next === null ? null : () => void fetchNext(next),
  };
}
