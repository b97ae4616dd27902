// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { me } from '../../session/session';
import { videoOf } from '../../testing';
import { addFolder, folders, moveTo, parseFolders, removeFolder, setFolders } from './folders';
import { type Filter, NO_FILTER, select } from './search';

const VIDEOS = [
  videoOf('d', { prompt: 'Une baleine bleue', created_at: 4, seconds: '10', size: '720x1280' }),
  videoOf('c', { prompt: 'a red boat at dusk', created_at: 3, status: 'failed' }),
  videoOf('b', { prompt: 'the boat, red', created_at: 2, aozora: { kind: 'remix' } }),
  videoOf('a', { prompt: 'Forêt verte', created_at: 1, status: 'queued' }),
];
const ids = (filter: Partial<Filter>, folder: ReadonlySet<string> | null = null) =>
  select(VIDEOS, { ...NO_FILTER, ...filter }, folder).map(({ id }) => id);

describe('select', () => {
  it('finds all words in any order, whatever the case and the accents', () => {
    expect(ids({ text: 'RED boat' })).toEqual(['c', 'b']);
    expect(ids({ text: 'foret' })).toEqual(['a']);
    expect(ids({ text: 'forêt' })).toEqual(['a']);
    expect(ids({ text: '  ' })).toEqual(['d', 'c', 'b', 'a']);
    expect(ids({ text: 'nothing' })).toEqual([]);
  });
  it('filters', () => {
    expect(ids({ state: 'ready' })).toEqual(['d', 'b']);
    expect(ids({ state: 'running' })).toEqual(['a']);
    expect(ids({ state: 'failed' })).toEqual(['c']);
    expect(ids({ kind: 'remix' })).toEqual(['b']);
    expect(ids({ shape: 'tall' })).toEqual(['d']);
    expect(ids({}, new Set(['a', 'b']))).toEqual(['b', 'a']);
  });
  it('orders', () => {
    expect(ids({ order: 'oldest' })).toEqual(['a', 'b', 'c', 'd']);
    expect(ids({ order: 'longest' })[0]).toBe('d');
  });
});

describe('folders', () => {
  beforeEach(() => setFolders([]));
  it('hold a clip once', () => {
    expect(addFolder(' Boats ')).toBe(true);
    expect(addFolder('Boats')).toBe(false);
    expect(addFolder(' ')).toBe(false);
    addFolder('Trains');
    moveTo('Boats', ['a', 'b']);
    moveTo('Trains', ['b']);
    expect(folders.value).toEqual([
      { name: 'Boats', ids: ['a'] },
      { name: 'Trains', ids: ['b'] },
    ]);
    moveTo(null, ['a']);
    removeFolder('Trains');
    expect(folders.value).toEqual([{ name: 'Boats', ids: [] }]);
  });
  it('are those of the person who is there', () => {
    addFolder('Boats');
    me.value = { id: 'person_2', object: 'person', name: 'Mika', role: 'artist', created_at: 0 };
    expect(folders.value).toEqual([]);
    me.value = null;
    expect(folders.value.length).toBe(1);
  });
  it('live with anything that the browser may have kept', () => {
    expect(parseFolders('x')).toEqual([]);
    expect(parseFolders([{ name: 1 }, { name: 'a', ids: ['x', 3] }])).toEqual([{ name: 'a', ids: ['x'] }]);
  });
});
