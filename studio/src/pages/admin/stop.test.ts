// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { bodyOf, missingOf, NO_WISH, releaseBodyOf, releaseOf, type Stop } from './stop';

const ready = { ...NO_WISH, reason: 'a new disk', typed: 'STOP' };
const stop = (change: Partial<Stop> = {}): Stop => ({
  scope: 'all',
  subject: 'generation',
  subject_name: null,
  running: 'park',
  reason: 'x',
  since: 1,
  set_by: 'ann',
  set_by_name: 'Ann',
  ...change,
});

describe('setting a stop', () => {
  it('needs a reason and the word', () => expect(missingOf(NO_WISH, 'STOP')).toEqual(['reason', 'typed']));
  it('takes the word in small letters', () =>
    expect(missingOf({ ...ready, typed: ' stop ' }, 'STOP')).toEqual([]));
  it('does not ask for accents', () => expect(missingOf({ ...ready, typed: 'arret' }, 'ARRÊT')).toEqual([]));
  it('takes no other word', () => expect(missingOf({ ...ready, typed: 'STO' }, 'STOP')).toEqual(['typed']));
  it('needs to know whom', () =>
    expect(missingOf({ ...ready, scope: 'person' }, 'STOP')).toEqual(['subject']));
  it('names the level of a stop for all', () =>
    expect(bodyOf({ ...ready, level: 'everything', subject: 'left over' })).toEqual({
      scope: 'all',
      subject: 'everything',
      stopped: true,
      running: 'park',
      reason: 'a new disk',
    }));
  it('names the subject of the others', () =>
    expect(bodyOf({ ...ready, scope: 'model', subject: 'mini' }).subject).toBe('mini'));
});

describe('releasing one', () => {
  it('is one person\u2019s to do for a person', () =>
    expect(releaseOf(stop({ scope: 'person', subject: 'p' }), 'ann')).toBe('free'));
  it('is one person\u2019s to do for maintenance', () =>
    expect(releaseOf(stop({ subject: 'maintenance' }), 'ann')).toBe('free'));
  it('is asked for first', () => expect(releaseOf(stop(), 'ann')).toBe('ask'));
  it('is not agreed to by who asked', () =>
    expect(releaseOf(stop({ release_asked_by: 'ann' }), 'ann')).toBe('wait'));
  it('is agreed to by another', () =>
    expect(releaseOf(stop({ release_asked_by: 'ann' }), 'ben')).toBe('agree'));
  it('says what is released', () =>
    expect(releaseBodyOf(stop())).toEqual({ scope: 'all', subject: 'generation', stopped: false }));
});
