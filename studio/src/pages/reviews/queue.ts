// SPDX-License-Identifier: Apache-2.0
// Moving through the queue, and which key does what.
import type { Schemas } from '../../api/types';

export type Queued = Schemas['QueuedReview'];
export type Command = 'next' | 'previous' | 'approve' | 'return' | 'play' | 'help';

const KEYS: Record<string, Command> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  a: 'approve',
  r: 'return',
  ' ': 'play',
  '?': 'help',
};

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

// Null where the key is for something else: typing, a shortcut of the browser's, a control.
export function commandOf(
  press: Press,
  at: { isTyping: boolean; isControl: boolean; hasDialog: boolean },
): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || at.isTyping || at.hasDialog) return null;
  const command = KEYS[press.key] ?? null;
  return command === 'play' && at.isControl ? null : command;
}

export function moved(queue: readonly Queued[], at: string | null, by: 1 | -1): string | null {
  if (queue.length === 0) return null;
  const index = queue.findIndex(({ clip }) => clip.id === at);
  if (index < 0) return queue[0]?.clip.id ?? null;
  return queue[Math.min(Math.max(0, index + by), queue.length - 1)]?.clip.id ?? null;
}

// Where to go on once `done` has left the queue: the one that moved up into its place.
export function afterDecision(queue: readonly Queued[], done: string): string | null {
  const index = queue.findIndex(({ clip }) => clip.id === done);
  const rest = queue.filter(({ clip }) => clip.id !== done);
  return rest[Math.min(Math.max(0, index), rest.length - 1)]?.clip.id ?? null;
}
