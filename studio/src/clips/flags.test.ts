// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { categoryText, type FlagReason, flagText } from './flags';

const flag = (part: Partial<FlagReason>): FlagReason => ({
  source: 'prompt',
  category: null,
  severity: null,
  text: null,
  reason: null,
  at: 1,
  ...part,
});

describe('flagText', () => {
  it('says what stands in the prompt, and by which rule', () =>
    expect(
      flagText(flag({ category: 'violence', severity: 'medium', text: 'a duel', reason: 'violence.7' })),
    ).toEqual({ title: 'In the prompt: violence, medium', quote: 'a duel', small: 'violence.7' }));
  it('says what was measured in the pictures', () =>
    expect(
      flagText(
        flag({ source: 'pictures', category: 'flash', reason: 'flash from picture 3 on (5 a second)' }),
      ),
    ).toEqual({
      title: 'In the pictures: flashes',
      quote: null,
      small: 'flash from picture 3 on (5 a second)',
    }));
  it('quotes a person', () =>
    expect(flagText(flag({ source: 'person', reason: 'reported' }))).toEqual({
      title: 'By a person',
      quote: 'reported',
      small: null,
    }));
  it('shows names that it does not know as they are', () => {
    expect(categoryText('fraud')).toBe('fraud');
    expect(categoryText('toString')).toBe('toString');
    expect(flagText(flag({ reason: 'older than the rest' })).title).toBe('In the prompt');
  });
});
