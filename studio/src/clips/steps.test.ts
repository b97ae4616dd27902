// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/types';
import { actionsOf, stepsOf } from './steps';

type Clip = Schemas['Clip'];
type Review = Schemas['Review'];

const clip = (change: Partial<Clip> = {}): Clip => ({
  id: 'clip_1',
  object: 'clip',
  video_id: 'video_1',
  title: 'Boat',
  state: 'draft',
  created_at: 100,
  author: { id: 'mika', name: 'mika' },
  video: null,
  flagged: false,
  flags: null,
  round: 1,
  appealed: false,
  submitted_at: null,
  due_at: null,
  decided_at: null,
  note: null,
  reason: null,
  reviews: [],
  share: null,
  ...change,
});
const review = (change: Partial<Review> = {}): Review => ({
  id: 'review_1',
  round: 1,
  reviewer: { id: 'ren', name: 'ren' },
  decision: 'pending',
  reason: null,
  due_at: 900,
  overdue: false,
  decided_at: null,
  ...change,
});
const actions = (change: Partial<Clip>, id = 'mika', role: Schemas['Role'] = 'artist') =>
  [...actionsOf(clip(change), { id, role })].sort();

describe('what an author may do', () => {
  it.each([
    ['draft', ['remove', 'submit']],
    ['submitted', ['withdraw']],
    ['returned', ['appeal', 'remove']],
    ['approved', ['share']],
    ['shared', ['revoke']],
  ] as const)('with a clip that is %s', (state, wanted) => expect(actions({ state })).toEqual(wanted));
  it('appeals once', () => expect(actions({ state: 'returned', appealed: true })).toEqual(['remove']));
  it('submits nothing as red team', () =>
    expect(actions({ state: 'draft' }, 'mika', 'red_team')).toEqual(['remove']));
});

describe('what others may do', () => {
  it('reviewers decide', () =>
    expect(actions({ state: 'submitted' }, 'ren', 'reviewer')).toEqual(['comment', 'review']));
  it('artists only comment', () => expect(actions({ state: 'submitted' }, 'ada')).toEqual(['comment']));
  it('nobody decides on their own', () =>
    expect(actions({ state: 'submitted' }, 'mika', 'reviewer')).toEqual(['withdraw']));
  it('drafts are the author\u2019s alone', () => expect(actions({}, 'ada', 'admin')).toEqual([]));
});

describe('stepsOf', () => {
  it('begins with the draft', () => expect(stepsOf(clip())).toEqual([{ kind: 'begun', at: 100 }]));
  it('puts what is waited for last', () => {
    const steps = stepsOf(
      clip({
        state: 'submitted',
        submitted_at: 200,
        flagged: true,
        reviews: [review(), review({ id: 'review_2', decision: 'approved', decided_at: 300 })],
      }),
    );
    expect(steps.map(({ kind }) => kind)).toEqual(['begun', 'submitted', 'approved', 'waiting']);
  });
  it('orders by time, not by how the server listed it', () => {
    const steps = stepsOf(
      clip({
        state: 'shared',
        submitted_at: 200,
        share: {
          id: 's',
          url: '',
          created_at: 500,
          embargo_until: null,
          shows_prompt: true,
          shows_author: true,
        },
        reviews: [
          review({ decision: 'approved', decided_at: 400 }),
          review({ decision: 'returned', decided_at: 150, reason: 'dark' }),
        ],
      }),
    );
    expect(steps.map(({ kind }) => kind)).toEqual(['begun', 'returned', 'submitted', 'approved', 'shared']);
  });
  it('leaves out reviews that were not needed', () => {
    expect(
      stepsOf(
        clip({ state: 'returned', reviews: [review({ decision: 'moot', decided_at: 5 }), review()] }),
      ).map(({ kind }) => kind),
    ).toEqual(['begun']);
  });
  it('has who returned what is appealed, and why, before the appeal of the same second', () => {
    const steps = stepsOf(
      clip({
        state: 'submitted',
        submitted_at: 200,
        appealed: true,
        round: 2,
        reason: 'dark',
        note: 'it is night',
        reviews: [
          review({ id: 'review_2', round: 2 }),
          review({ decision: 'returned', decided_at: 200, reason: 'dark' }),
        ],
      }),
    );
    expect(steps.map(({ kind }) => kind)).toEqual(['begun', 'returned', 'submitted', 'waiting']);
    expect(steps[1]).toEqual({ kind: 'returned', at: 200, by: 'ren', reason: 'dark', round: 1 });
  });
});
