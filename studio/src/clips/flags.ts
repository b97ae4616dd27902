// SPDX-License-Identifier: Apache-2.0
// Why a clip is flagged, where the server says so.
import { isObject } from '../api/problem';

export interface Flag {
  source: string;
  category: string | null;
  severity: string | null;
  text: string | null;
  reason: string | null;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

// Null where the server does not tell.
export function flagsOf(clip: object): Flag[] | null {
  const flags: unknown = 'flags' in clip ? clip.flags : undefined;
  if (!Array.isArray(flags)) return null;
  return flags.filter(isObject).map((flag) => ({
    source: text(flag['source']) ?? '',
    category: text(flag['category']),
    severity: text(flag['severity']),
    text: text(flag['text']),
    reason: text(flag['reason']),
  }));
}
