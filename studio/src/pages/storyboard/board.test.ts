// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { videoOf } from '../../testing';
import type { Model } from '../../api/types';
import { addable, bridgeable, cutsOf, partnersOf, reasonAgainst, strengthWord, TOOLS } from '../more/tools';
import { bodyOf, isUneven, moved, newCard } from './board';

const CARDS = [newCard('one'), newCard(' two '), newCard('three')];

describe('a storyboard', () => {
  it('is one request, its first card the video and the others its scenes', () => {
    expect(bodyOf(CARDS, '128x72', 'mini', 'data:x')).toEqual({
      prompt: 'one',
      seconds: 4,
      size: '128x72',
      model: 'mini',
      input_reference: { image_url: 'data:x' },
      scenes: [
        { prompt: 'two', seconds: 4 },
        { prompt: 'three', seconds: 4 },
      ],
    });
    expect(bodyOf(CARDS.slice(0, 1), '128x72', null, null)).toEqual({
      prompt: 'one',
      seconds: 4,
      size: '128x72',
    });
  });
  it('goes on only where the model can', () => {
    const lasting = (...all: number[]) => all.map((seconds) => ({ ...newCard(), seconds }));
    expect(isUneven(lasting(2, 4, 1), 2)).toBe(false);
    expect(isUneven(lasting(1, 4), 2)).toBe(true);
    expect(isUneven(lasting(1, 3, 5), 1)).toBe(false);
  });
});

describe('moved', () => {
  const order = (id: string, by: number) => moved(CARDS, id, by).map(({ prompt }) => prompt);
  it('keeps all cards', () => {
    expect(order(CARDS[0]!.id, 1)).toEqual([' two ', 'one', 'three']);
    expect(order(CARDS[2]!.id, -5)).toEqual(['three', 'one', ' two ']);
    expect(order('nobody', 1)).toEqual(['one', ' two ', 'three']);
  });
});

describe('tools', () => {
  const model = (...can: string[]) =>
    ({ id: 'm', object: 'model', created: 0, owned_by: 'x', aozora: { can, seconds_max: 10 } }) as Model;
  it('say why they cannot be had', () => {
    const all = (one: Model | null) => TOOLS.map((tool) => reasonAgainst(tool, videoOf('a'), one));
    expect(all(model('text', 'remix', 'edit', 'extension'))).toEqual([
      null,
      null,
      null,
      null,
      'noLoop',
      'noBlend',
    ]);
    expect(all(model('text'))).toEqual(['noRemix', 'noRemix', 'noExtension', 'noExtension', 'noLoop', 'noBlend']);
    expect(all(null)).toEqual(Array(6).fill('modelGone'));
  });
  it('stay within the longest clip', () => {
    expect(addable(117, model('extension'))).toEqual([1, 2]);
    expect(addable(4, model('extension'))).toEqual([1, 2, 4, 6, 8, 10]);
    expect(reasonAgainst('extend', videoOf('a', { seconds: '120' }), model('extension'))).toBe('tooLong');
  });
  it('cut where the model can go on', () => {
    const every = (cut_seconds: number, ...can: string[]) =>
      ({ ...model(...can), aozora: { can, cut_seconds } }) as Model;
    expect(cutsOf(videoOf('a', { seconds: '5' }), every(2, 'extension'))).toEqual([2, 4]);
    expect(cutsOf(videoOf('a', { seconds: '4' }), every(1, 'extension'))).toEqual([1, 2, 3]);
    expect(reasonAgainst('recut', videoOf('a', { seconds: '2' }), every(2, 'extension'))).toBe('tooShort');
  });
  it('lead back, or into a clip that is alike', () => {
    const every2 = {
      ...model('loop', 'blend'),
      aozora: { can: ['loop', 'blend'], cut_seconds: 2, bridge_seconds_max: 6 },
    } as Model;
    expect(bridgeable(4, every2)).toEqual([2, 4, 6]);
    const clip = videoOf('a', { seconds: '5', status: 'completed' });
    expect(reasonAgainst('loop', clip, every2)).toBeNull();
    expect(reasonAgainst('loop', videoOf('a', { seconds: '1' }), every2)).toBe('tooShort');
    expect(reasonAgainst('blend', videoOf('a', { seconds: '120' }), every2)).toBe('tooLong');
    const others = [
      videoOf('b', { status: 'completed' }),
      videoOf('c', { status: 'completed', size: '720x1280' }),
      videoOf('d', { status: 'queued' }),
      clip,
    ];
    expect(partnersOf(clip, others).map(({ id }) => id)).toEqual(['b']);
  });
  it('name a strength', () => {
    expect([0.1, 0.5, 0.6, 0.8, 1].map(strengthWord)).toEqual([1, 2, 3, 4, 5].map((n) => `strength${n}`));
  });
});
