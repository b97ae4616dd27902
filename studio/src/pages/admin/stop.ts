// SPDX-License-Identifier: Apache-2.0
// What a stop is, before it is set, and who has to do what to release it.
import type { Schemas } from '../../api/types';

export type Stop = Schemas['StopList']['data'][number];
export type Scope = Schemas['SetStopRequest']['scope'];
export const LEVELS = ['generation', 'maintenance', 'everything'] as const;
export type Level = (typeof LEVELS)[number];
export const RUNNING = ['park', 'finish', 'cancel'] as const;
export type Running = (typeof RUNNING)[number];

export interface Wish {
  scope: Scope;
  level: Level;
  subject: string;
  running: Running;
  reason: string;
  typed: string;
}

export const NO_WISH: Wish = {
  scope: 'all',
  level: 'generation',
  subject: '',
  running: 'park',
  reason: '',
  typed: '',
};

// ARRET is as good as arrêt.
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toUpperCase();

// What is missing before it can be set.
export function missingOf(wish: Wish, word: string): ('subject' | 'reason' | 'typed')[] {
  const missing: ('subject' | 'reason' | 'typed')[] = [];
  if (wish.scope !== 'all' && wish.subject.trim() === '') missing.push('subject');
  if (wish.reason.trim() === '') missing.push('reason');
  if (plain(wish.typed) !== plain(word)) missing.push('typed');
  return missing;
}

export function bodyOf(wish: Wish): Schemas['SetStopRequest'] {
  return {
    scope: wish.scope,
    subject: wish.scope === 'all' ? wish.level : wish.subject.trim(),
    stopped: true,
    running: wish.running,
    reason: wish.reason.trim(),
  };
}

export function releaseBodyOf(stop: Stop): Schemas['SetStopRequest'] {
  return { scope: stop.scope as Scope, subject: stop.subject, stopped: false };
}

export const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text);

// Of making videos and of everything, two have to agree.
export function needsTwo(stop: Stop): boolean {
  return stop.scope === 'all' && (stop.subject === 'generation' || stop.subject === 'everything');
}

export type Release = 'free' | 'ask' | 'agree' | 'wait';
export function releaseOf(stop: Stop, myId: string | null): Release {
  if (!needsTwo(stop)) return 'free';
  if (stop.release_asked_by === undefined) return 'ask';
  return stop.release_asked_by === myId ? 'wait' : 'agree';
}
