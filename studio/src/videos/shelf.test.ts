// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { videoOf } from '../testing';
import { Shelf } from './shelf';

let shelf: Shelf;
const ids = () => shelf.list.value.map(({ id }) => id);
beforeEach(() => {
  shelf = new Shelf();
});

describe('Shelf', () => {
  it('has the newest first', () => {
    shelf.put(
      videoOf('a', { created_at: 1 }),
      videoOf('c', { created_at: 3 }),
      videoOf('b', { created_at: 2 }),
    );
    expect(ids()).toEqual(['c', 'b', 'a']);
  });

  it('lets no old answer undo what was heard since', () => {
    const asked = shelf.now();
    shelf.put(videoOf('a', { status: 'completed' }));
    shelf.take([videoOf('a', { status: 'in_progress' })], asked);
    expect(shelf.get('a')?.status).toBe('completed');
    shelf.take([videoOf('a', { status: 'failed' })], shelf.now());
    expect(shelf.get('a')?.status).toBe('failed');
  });

  it('does not bring back what was deleted while a list was on its way', () => {
    shelf.put(videoOf('a'));
    const asked = shelf.now();
    shelf.remove('a');
    shelf.take([videoOf('a')], asked);
    expect(ids()).toEqual([]);
  });

  it('drops what a whole list has no longer, but not what is newer than the list', () => {
    shelf.put(videoOf('gone'), videoOf('there'));
    const asked = shelf.now();
    shelf.put(videoOf('new'));
    shelf.keepOnly(new Set(['there']), asked);
    expect(ids().sort()).toEqual(['new', 'there']);
  });

  it('forgets all of a person who leaves', () => {
    shelf.put(videoOf('a'));
    shelf.clear();
    expect(ids()).toEqual([]);
  });
});
