// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { settingsOf, videoOf } from '../../testing';
import { bodyOfDraft, draft, isRight, numberIn, takeFrom } from './draft';
import { shapeOfBody } from './estimate';

beforeEach(() => {
  for (const name of ['prompt', 'seed', 'steps', 'guidance', 'negative'] as const) draft[name].value = '';
  draft.count.value = '1';
  draft.style.value = null;
  draft.image.value = null;
  draft.seconds.value = 4;
});

describe('numbers', () => {
  it('are read as people write them', () => {
    expect(numberIn(' 3,5 ', 1, 100, false)).toBe(3.5);
    expect(numberIn('3.5', 1, 100)).toBeNull();
    expect(numberIn('', 0, 1)).toBeNull();
    expect(numberIn('abc', 0, 1)).toBeNull();
  });
  it('have limits', () => {
    expect(isRight('seed', '4294967295')).toBe(true);
    expect(isRight('seed', '4294967296')).toBe(false);
    expect(isRight('steps', '0')).toBe(false);
    expect(isRight('steps', '')).toBe(true);
  });
});

describe('bodyOfDraft', () => {
  it('says nothing of what was left alone', () => {
    draft.prompt.value = ' a boat ';
    expect(bodyOfDraft()).toEqual({ prompt: 'a boat', seconds: 4, size: '1280x720' });
  });
  it('has all that was chosen', () => {
    Object.assign(draft.prompt, { value: 'a boat' });
    draft.count.value = '4';
    draft.seed.value = '7';
    draft.guidance.value = '2,5';
    draft.steps.value = 'many';
    draft.negative.value = 'fog';
    draft.image.value = { name: 'a.png', url: 'data:image/png;base64,AA' };
    expect(bodyOfDraft()).toEqual({
      prompt: 'a boat',
      seconds: 4,
      size: '1280x720',
      n: 4,
      seed: 7,
      guidance: 2.5,
      negative_prompt: 'fog',
      input_reference: { image_url: 'data:image/png;base64,AA' },
    });
  });
  it('is asked an estimate for without the words', () => {
    draft.prompt.value = 'secret';
    draft.negative.value = 'fog';
    expect(shapeOfBody(bodyOfDraft())).not.toMatch(/secret|fog/);
  });
});

describe('takeFrom', () => {
  it('takes over what a video was made of', () => {
    takeFrom(
      videoOf('a', {
        prompt: 'a kite',
        seconds: '8',
        size: '720x1280',
        aozora: { seed: 42, settings: settingsOf({ steps: 4, guidance: 2 }) },
      }),
    );
    expect(bodyOfDraft()).toMatchObject({
      prompt: 'a kite',
      seconds: 8,
      size: '720x1280',
      seed: 42,
      steps: 4,
      guidance: 2,
    });
  });
});
