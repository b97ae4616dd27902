// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Folder } from '../../api/types';
import { videoOf } from '../../testing';
import { withFolder } from './folders';
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
  const folder = (name: string, ...video_ids: string[]): Folder => ({
    id: `folder_${name}`,
    object: 'folder',
    name,
    created_at: 1,
    video_ids,
  });
  const boats = folder('Boats', 'a', 'b'),
    trains = folder('Trains', 'c');

  it('take a clip out of the folder it was in', () => {
    expect(withFolder([boats, trains], folder('Trains', 'c', 'a'))).toEqual([
      folder('Boats', 'b'),
      folder('Trains', 'c', 'a'),
    ]);
  });
  it('stand by name, new and renamed ones too', () => {
    const names = (list: readonly Folder[]) => list.map(({ name }) => name);
    expect(names(withFolder([boats, trains], folder('Hills')))).toEqual(['Boats', 'Hills', 'Trains']);
    expect(names(withFolder([boats, trains], { ...boats, name: 'Yachts' }))).toEqual(['Trains', 'Yachts']);
  });
});
