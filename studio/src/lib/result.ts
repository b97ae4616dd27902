// SPDX-License-Identifier: Apache-2.0
// Errors are values: what can go wrong is in the type of what a call gives.
import type { Problem } from '../api/problem';

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export const good = <T>(value: T): Answer<T> => ({ ok: true, value });
export const bad = <T>(problem: Problem): Answer<T> => ({ ok: false, problem });
