// SPDX-License-Identifier: Apache-2.0
// Who is at the page. One of: somebody who logged in, a server that lets its own machine in without
// a login (`open`), nobody, or no answer yet.
import { computed, signal } from '@preact/signals';
import { api, setHooks } from '../api/client';
import type { Problem } from '../api/problem';
import type { Login, Person, Role } from '../api/types';
import { type Answer, good } from '../lib/result';

export type Who =
  | { state: 'unknown' }
  | { state: 'signed_in'; login: Login }
  | { state: 'open' }
  | { state: 'signed_out'; ended: boolean } // ended: there was a login, and it is over
  | { state: 'unreachable'; problem: Problem };

export const who = signal<Who>({ state: 'unknown' });
// With today's seconds of video; refreshed after each create.
export const me = signal<Person | null>(null);

// So many seconds that nobody counts them.
const NO_LIMIT_S = 1_000_000;
export const counted = (seconds: number | null | undefined): number | null =>
  seconds == null || seconds >= NO_LIMIT_S ? null : seconds;
// Seconds of video that are left today; null where nobody counts.
export const secondsLeftToday = computed<number | null>(() => {
  const all = counted(me.value?.seconds_per_day);
  return all === null ? null : Math.max(0, all - (me.value?.seconds_today ?? 0));
});

export const isIn = computed(() => who.value.state === 'signed_in' || who.value.state === 'open');
export const role = computed<Role | null>(() =>
  who.value.state === 'signed_in' ? who.value.login.person.role : (me.value?.role ?? null),
);
export const needsTerms = computed(() => who.value.state === 'signed_in' && !who.value.login.terms_accepted);

export function may(action: 'submit' | 'review' | 'admin' | 'find'): boolean {
  switch (role.value) {
    case 'admin':
      return true;
    case 'reviewer':
      return action !== 'admin' && action !== 'find';
    case 'artist':
    case 'partner':
      return action === 'submit';
    case 'red_team':
      return action === 'find';
    default:
      return false;
  }
}

function csrfToken(): string | null {
  return who.value.state === 'signed_in' ? who.value.login.csrf_token : null;
}

function signedOut(): void {
  if (who.value.state === 'signed_in') who.value = { state: 'signed_out', ended: true };
}

async function renewToken(): Promise<boolean> {
  const answer = await api.get('/session');
  if (answer.ok) who.value = { state: 'signed_in', login: answer.value };
  return answer.ok;
}

export async function loadSession(): Promise<void> {
  setHooks({ csrfToken, signedOut, renewToken });
  const answer = await api.get('/session');
  if (answer.ok) {
    who.value = { state: 'signed_in', login: answer.value };
    await loadMe();
    return;
  }
  const { problem } = answer;
  if (problem.kind === 'offline' || problem.kind === 'stopped' || problem.kind === 'busy') {
    who.value = { state: 'unreachable', problem };
    return;
  }
  // No session is no obstacle where the server lets in without one.
  const person = await api.get('/me');
  if (person.ok) {
    me.value = person.value;
    who.value = { state: 'open' };
  } else {
    who.value = { state: 'signed_out', ended: false };
  }
}

export async function loadMe(): Promise<void> {
  const answer = await api.get('/me');
  if (answer.ok) me.value = answer.value;
}

// After anything that answers with a login: a login, an accepted invitation, a new password.
export async function enter(login: Login): Promise<void> {
  who.value = { state: 'signed_in', login };
  await loadMe();
}

export async function signIn(name: string, password: string): Promise<Answer<Login>> {
  const answer = await api.post('/login', { body: { name, password } });
  if (answer.ok) await enter(answer.value);
  return answer;
}

// A code of an admin's (`aozora admin password-link`) sets a password; then one is logged in with it.
export async function signInByCode(code: string, password: string): Promise<Answer<Login>> {
  const answer = await api.post('/password/reset', { body: { code, password } });
  return answer.ok ? signIn(answer.value.name, password) : answer;
}

export async function signOut(): Promise<Answer<null>> {
  const answer = await api.post('/logout');
  if (!answer.ok && answer.problem.kind !== 'signed_out') return answer;
  me.value = null;
  who.value = { state: 'signed_out', ended: false };
  return good(null);
}
