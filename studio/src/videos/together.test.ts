// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { videoOf } from '../testing';
import { variationsOf } from './together';

const of = (id: string, request_id: string | null, created_at = 1000) =>
  videoOf(id, { created_at, aozora: { request_id } });
const ids = (id: string, all: ReturnType<typeof of>[]) =>
  variationsOf(all.find((one) => one.id === id)!, all).map((one) => one.id);

describe('variationsOf', () => {
  it('finds those of the same request, always in the same order', () => {
    const all = [of('c', 'req_1'), of('x', 'req_2'), of('a', 'req_1'), of('b', 'req_1', 999)];
    expect(ids('a', all)).toEqual(['b', 'a', 'c']);
    expect(ids('c', all)).toEqual(['b', 'a', 'c']);
  });
  it('is nothing for one that was made alone', () => {
    expect(ids('x', [of('a', 'req_1'), of('x', 'req_2')])).toEqual([]);
  });
  it('takes those without a request for nobody’s variations', () => {
    expect(ids('a', [of('a', null), of('b', null)])).toEqual([]);
  });
});
