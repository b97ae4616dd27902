// SPDX-License-Identifier: Apache-2.0
// What a file turned out to be, sorted into the few answers that people want.
import type { Schemas } from '../api/types';

// What stands in a manifest is its signer's to say: nothing is taken to be there, or to be a text.
type Loose = Record<string, unknown>;
type Manifest = Omit<Schemas['Provenance']['manifest'], 'actions' | 'ingredients' | 'settings' | 'signer'> & {
  actions?: Loose[];
  ingredients?: Loose[];
  settings?: Loose;
  signer?: Loose | null;
};
export type Verification = Omit<Schemas['Provenance'], 'manifest'> & {
  manifest: Manifest;
  origin?: Schemas['Verification']['origin']; // not told to everybody
};

export type Verdict =
  | 'ours' // signed here, and our mark is in the pictures
  | 'signed' // signed here; no mark was found or looked for
  | 'marked' // our mark, without a manifest that holds: a copy, cut or encoded anew
  | 'mixed' // our mark, under a manifest that belongs to something else
  | 'elsewhere' // another maker's manifest, whole
  | 'broken' // a manifest that does not fit the file, and no mark of ours
  | 'nothing'; // neither

export function verdictOf(found: Verification): Verdict {
  const { manifest, mark } = found;
  if (mark.found && mark.is_that_of_manifest === false) return 'mixed';
  if (found.signed_here) return mark.found ? 'ours' : 'signed';
  if (mark.found) return 'marked';
  if (manifest.state === 'valid' || manifest.state === 'trusted') return 'elsewhere';
  return manifest.state === 'invalid' ? 'broken' : 'nothing';
}

export type Deed = 'made_by_model' | 'made' | 'from_other' | 'changed' | 'marked' | 'other';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

// What the manifest says was done, each once.
export function deedsOf(found: Verification): Deed[] {
  const deeds = new Set<Deed>();
  for (const action of found.manifest.actions ?? []) {
    const name = text(action['action']);
    const source = text(action['digital_source_type']);
    if (name === 'c2pa.created')
      deeds.add(/trainedAlgorithmicMedia$/i.test(source) ? 'made_by_model' : 'made');
    else if (name === 'c2pa.opened') deeds.add('from_other');
    else if (/^c2pa\.watermarked/.test(name)) deeds.add('marked');
    else if (/^c2pa\.(edited|trimmed|cropped|resized|transcoded|filtered|placed)/.test(name))
      deeds.add('changed');
    else deeds.add('other');
  }
  return [...deeds];
}

// How far a mark stands out from chance: for people, who need no standard deviations.
export type Strength = 'strong' | 'clear' | 'faint';
export function strengthOf(z: number | undefined): Strength {
  if (z === undefined || z < 8) return 'faint';
  return z < 14 ? 'clear' : 'strong';
}

export interface Signer {
  name: string;
  organization: string;
}
export function signerOf(found: Verification): Signer | null {
  const { signer } = found.manifest;
  if (signer === undefined || signer === null) return null;
  const name = text(signer['name']);
  const organization = text(signer['organization']);
  return name === '' && organization === '' ? null : { name, organization };
}

export function ingredientsOf(found: Verification): string[] {
  return (found.manifest.ingredients ?? []).map((one) => text(one['title'])).filter((title) => title !== '');
}

// Flat facts of the manifest's own settings: what is not a plain value is left to the raw text.
export function settingsOf(found: Verification): [string, string][] {
  return Object.entries(found.manifest.settings ?? {})
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => [name, String(value)]);
}
