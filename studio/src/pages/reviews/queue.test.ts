// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { afterDecision, commandOf, moved, type Queued } from './queue';

const queue = ['a', 'b', 'c'].map((id) => ({ id: `review_${id}`, clip: { id } }) as Queued);
const free = { isTyping: false, isControl: false, hasDialog: false };
const press = (key: string, change = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
});

describe('keys', () => {
  it.each([
    ['j', 'next'],
    ['k', 'previous'],
    ['a', 'approve'],
    ['r', 'return'],
    [' ', 'play'],
    ['?', 'help'],
  ] as const)('%s', (key, command) => expect(commandOf(press(key), free)).toBe(command));
  it('leave typing alone', () => expect(commandOf(press('a'), { ...free, isTyping: true })).toBeNull());
  it('leave the browser\u2019s shortcuts alone', () =>
    expect(commandOf(press('r', { ctrlKey: true }), free)).toBeNull());
  it('do nothing under a dialog', () =>
    expect(commandOf(press('a'), { ...free, hasDialog: true })).toBeNull());
  it('leave the space bar to buttons', () =>
    expect(commandOf(press(' '), { ...free, isControl: true })).toBeNull());
});

describe('moving', () => {
  it('goes on and back', () => {
    expect(moved(queue, 'a', 1)).toBe('b');
    expect(moved(queue, 'b', -1)).toBe('a');
  });
  it('stays at the ends', () => {
    expect(moved(queue, 'c', 1)).toBe('c');
    expect(moved(queue, 'a', -1)).toBe('a');
  });
  it('begins where the place is not known', () => expect(moved(queue, 'gone', 1)).toBe('a'));
  it('has nowhere to go in an empty queue', () => expect(moved([], null, 1)).toBeNull());
});

describe('after a decision', () => {
  it('shows the next', () => expect(afterDecision(queue, 'b')).toBe('c'));
  it('shows the one before the last', () => expect(afterDecision(queue, 'c')).toBe('b'));
  it('is done with the only one', () => expect(afterDecision(queue.slice(0, 1), 'a')).toBeNull());
});
