// SPDX-License-Identifier: Apache-2.0

// Somebody has asked for less motion: nothing plays or moves unless they want it.
export function isCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
