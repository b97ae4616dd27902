// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { barsOf, parseMetrics, pointsOf, rateOf, sizeText, sumOf } from './metrics';

const text = `# HELP aozora_jobs Jobs that wait or run now
# TYPE aozora_jobs gauge
aozora_jobs{state="in_progress"} 1
aozora_jobs{state="queued"} 3
aozora_disk_free_bytes 73146265600
odd{path="a\\"b\\\\c",x="1"} 2.5
render_bucket{le="1"} 0
render_bucket{le="5"} 4
render_bucket{le="10"} 6
render_bucket{le="60"} 6
render_bucket{le="+Inf"} 6
nonsense line here
broken NaN
`;
const metrics = parseMetrics(text);

describe('parseMetrics', () => {
  it('reads values with and without labels', () => {
    expect(sumOf(metrics, 'aozora_jobs')).toBe(4);
    expect(sumOf(metrics, 'aozora_jobs', ({ state }) => state === 'queued')).toBe(3);
    expect(sumOf(metrics, 'aozora_disk_free_bytes')).toBe(73146265600);
  });
  it('reads labels with quotes in them', () =>
    expect(metrics.get('odd')?.[0]?.labels).toEqual({ path: 'a"b\\c', x: '1' }));
  it('skips what it does not know', () =>
    expect([metrics.has('nonsense'), metrics.has('broken')]).toEqual([false, false]));
});

describe('barsOf', () => {
  it('gives each bucket its own', () =>
    expect(barsOf(metrics, 'render')).toEqual([
      { upTo: 5, count: 4 },
      { upTo: 10, count: 2 },
    ]));
  it('has none for an empty histogram', () =>
    expect(barsOf(parseMetrics('render_bucket{le="1"} 0'), 'render')).toEqual([]));
});

describe('rateOf', () => {
  it('is what came, a second', () => expect(rateOf(100, 150, 5)).toBe(10));
  it('survives a restart of the server', () => expect(rateOf(1000, 20, 5)).toBe(4));
  it('is nothing in no time', () => expect(rateOf(1, 2, 0)).toBe(0));
});

describe('pointsOf', () => {
  it('ends at the right, and fills the height', () =>
    expect(pointsOf([0, 2], 100, 10, 3)).toEqual([
      [50, 10],
      [100, 0],
    ]));
  it('lies flat where nothing happens', () =>
    expect(pointsOf([0, 0], 100, 10, 2)).toEqual([
      [0, 10],
      [100, 10],
    ]));
});

it.each([
  [999, '999\u202fB'],
  [1234, '1.2\u202fkB'],
  [73146265600, '73\u202fGB'],
])('%s bytes', (bytes, shown) => {
  expect(sizeText(bytes, (value, options) => new Intl.NumberFormat('en', options).format(value))).toBe(shown);
});
