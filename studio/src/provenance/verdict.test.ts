// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { deedsOf, settingsOf, signerOf, strengthOf, type Verification, verdictOf } from './verdict';

type Manifest = Verification['manifest'];

function found(
  change: {
    signed?: boolean;
    state?: Manifest['state'];
    mark?: Partial<Verification['mark']>;
    manifest?: Partial<Manifest>;
  } = {},
): Verification {
  const mark = { found: false, ...change.mark };
  return {
    object: 'verification',
    made_here: (change.signed ?? false) || mark.found,
    signed_here: change.signed ?? false,
    mark,
    origin: null,
    manifest: { state: change.state ?? 'none', failures: [], notes: [], ...change.manifest },
  };
}

describe('verdictOf', () => {
  it.each([
    ['ours', found({ signed: true, state: 'trusted', mark: { found: true, is_that_of_manifest: true } })],
    ['signed', found({ signed: true, state: 'trusted' })],
    ['marked', found({ mark: { found: true } })],
    ['marked', found({ state: 'invalid', mark: { found: true } })],
    ['mixed', found({ signed: true, state: 'trusted', mark: { found: true, is_that_of_manifest: false } })],
    ['elsewhere', found({ state: 'valid' })],
    ['broken', found({ state: 'invalid' })],
    ['nothing', found()],
  ] as const)('%s', (verdict, value) => expect(verdictOf(value)).toBe(verdict));
});

describe('deedsOf', () => {
  it('knows a model\u2019s work by its source type', () => {
    expect(
      deedsOf(
        found({
          manifest: {
            actions: [
              {
                action: 'c2pa.created',
                digital_source_type: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
              },
              { action: 'c2pa.watermarked.bound' },
            ],
          },
        }),
      ),
    ).toEqual(['made_by_model', 'marked']);
  });
  it('says each deed once, and does not guess', () => {
    expect(
      deedsOf(
        found({
          manifest: {
            actions: [
              { action: 'c2pa.opened' },
              { action: 'c2pa.edited' },
              { action: 'c2pa.cropped' },
              { action: 'x.y' },
            ],
          },
        }),
      ),
    ).toEqual(['from_other', 'changed', 'other']);
  });
  it('is empty without a manifest', () => expect(deedsOf(found())).toEqual([]));
});

describe('strengthOf', () => {
  it.each([
    [27.5, 'strong'],
    [9, 'clear'],
    [5, 'faint'],
    [undefined, 'faint'],
  ] as const)('%s', (z, word) => expect(strengthOf(z)).toBe(word));
});

it('reads the signer of anybody, who may say anything', () => {
  expect(signerOf(found({ manifest: { signer: { name: 'A', organization: 'B' } } }))).toEqual({
    name: 'A',
    organization: 'B',
  });
  expect(signerOf(found({ manifest: { signer: { name: 7 } } }))).toBeNull();
  expect(signerOf(found())).toBeNull();
});

it('leaves nested settings out', () => {
  expect(settingsOf(found({ manifest: { settings: { steps: 8, model: 'mini', deep: { a: 1 } } } }))).toEqual([
    ['steps', '8'],
    ['model', 'mini'],
  ]);
});
