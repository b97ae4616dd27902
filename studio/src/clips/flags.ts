// SPDX-License-Identifier: Apache-2.0
// Why a clip is flagged, in words for whoever decides.
import type { Schemas } from '../api/types';
import { flagWords as words } from '../words/flags';

export type FlagReason = Schemas['FlagReason'];

// The names that the server has for what it looks for: the policy's categories, and what is
// measured in the pictures.
const CATEGORIES = {
  hate: 'hate',
  'hate/threatening': 'hateThreatening',
  harassment: 'harassment',
  'harassment/threatening': 'harassmentThreatening',
  illicit: 'illicit',
  'illicit/violent': 'illicitViolent',
  'self-harm': 'selfHarm',
  'self-harm/intent': 'selfHarmIntent',
  'self-harm/instructions': 'selfHarmInstructions',
  sexual: 'sexual',
  'sexual/minors': 'sexualMinors',
  violence: 'violence',
  'violence/graphic': 'violenceGraphic',
  flash: 'flash',
  red_flash: 'redFlash',
  strobe: 'strobe',
  black: 'black',
  frozen: 'frozen',
  skin: 'skin',
  blocked_picture: 'blockedPicture',
} as const;
const SEVERITIES = ['low', 'medium', 'high'] as const;

// A policy may have more names than this page; those are shown as they are.
export function categoryText(name: string): string {
  return Object.hasOwn(CATEGORIES, name) ? words(CATEGORIES[name as keyof typeof CATEGORIES]) : name;
}

export interface FlagText {
  title: string; // where, and what
  quote: string | null; // the prompt's words, or a person's
  small: string | null; // the rule, or what was measured
}

export function flagText(flag: FlagReason): FlagText {
  const where = words(`source_${flag.source}`);
  if (flag.source === 'person') return { title: where, quote: flag.reason, small: null };
  const severity = SEVERITIES.find((one) => one === flag.severity);
  const what = [
    flag.category === null ? null : categoryText(flag.category),
    severity === undefined ? flag.severity : words(`severity_${severity}`),
  ].filter((part) => part !== null);
  return {
    title: what.length === 0 ? where : `${where}: ${what.join(', ')}`,
    quote: flag.text,
    small: flag.reason,
  };
}
