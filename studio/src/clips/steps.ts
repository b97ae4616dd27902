// SPDX-License-Identifier: Apache-2.0
// What can be done with a clip, and what has been: from a draft to the public.
import type { Role, Schemas } from '../api/types';

type Clip = Schemas['Clip'];
type Review = Schemas['Review'];
export type Action = 'submit' | 'withdraw' | 'appeal' | 'share' | 'revoke' | 'remove' | 'review' | 'comment';

export interface Viewer {
  id: string | null;
  role: Role | null;
}

const MAY_SUBMIT: ReadonlySet<Role> = new Set<Role>(['artist', 'partner', 'reviewer', 'admin']);
const MAY_REVIEW: ReadonlySet<Role> = new Set<Role>(['reviewer', 'admin']);

export function isMine(clip: Clip, viewer: Viewer): boolean {
  return clip.author !== null && clip.author.id === viewer.id;
}

// The server decides in the end; what it would refuse is not offered.
export function actionsOf(clip: Clip, viewer: Viewer): ReadonlySet<Action> {
  const actions = new Set<Action>();
  const { role } = viewer;
  if (role === null) return actions;
  if (!isMine(clip, viewer)) {
    if (clip.state === 'submitted' && MAY_REVIEW.has(role)) actions.add('review');
    if (clip.state !== 'draft') actions.add('comment');
    return actions;
  }
  if (clip.state === 'draft' || clip.state === 'returned') actions.add('remove');
  if (!MAY_SUBMIT.has(role)) return actions;
  switch (clip.state) {
    case 'draft':
      actions.add('submit');
      break;
    case 'submitted':
      actions.add('withdraw');
      break;
    case 'returned':
      if (!clip.appealed) actions.add('appeal');
      break;
    case 'approved':
      actions.add('share');
      break;
    case 'shared':
      actions.add('revoke');
      break;
  }
  return actions;
}

export type Step =
  | { kind: 'begun'; at: number }
  | { kind: 'submitted'; at: number; note: string | null; isAppeal: boolean }
  | { kind: 'approved' | 'returned'; at: number; by: string | null; reason: string | null; round: number }
  | { kind: 'waiting'; by: string | null; dueAt: number; isOverdue: boolean }
  | { kind: 'shared'; at: number; from: number | null };

// In the order in which it happened; what is waited for comes last.
export function stepsOf(clip: Clip): Step[] {
  const past: { at: number; step: Step }[] = [];
  const add = (at: number, step: Step) => past.push({ at, step });
  add(clip.created_at, { kind: 'begun', at: clip.created_at });
  const waiting: Step[] = [];
  const look = (review: Review) => {
    const by = review.reviewer?.name ?? null;
    if (review.decision === 'pending') {
      if (clip.state === 'submitted')
        waiting.push({ kind: 'waiting', by, dueAt: review.due_at, isOverdue: review.overdue });
    } else if (review.decision !== 'moot' && review.decided_at !== null) {
      const { reason, round } = review;
      add(review.decided_at, { kind: review.decision, at: review.decided_at, by, reason, round });
    }
  };
  clip.reviews.filter(({ round }) => round < clip.round).forEach(look);
  if (clip.submitted_at !== null) {
    add(clip.submitted_at, {
      kind: 'submitted',
      at: clip.submitted_at,
      note: clip.note,
      isAppeal: clip.appealed,
    });
  }
  clip.reviews.filter(({ round }) => round >= clip.round).forEach(look);
  const { share } = clip;
  if (share !== null)
    add(share.created_at, { kind: 'shared', at: share.created_at, from: share.embargo_until });
  // The sort is stable: in the same second the order of adding is the order of the events.
  return [...past.sort((a, b) => a.at - b.at).map(({ step }) => step), ...waiting];
}
