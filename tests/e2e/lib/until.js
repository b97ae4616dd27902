// SPDX-License-Identifier: Apache-2.0
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Looks until `look` gives something, and returns that.
export async function until(what, look, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(50);
  }
}
