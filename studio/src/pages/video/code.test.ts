// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { settingsOf, videoOf } from '../../testing';
import { curlFor, pythonFor, scriptFor, settingsJson, wishOf } from './code';
import { lineage } from './lineage';

const VIDEO = videoOf('video_1', {
  prompt: `it's "red"\n`,
  aozora: { seed: 7, settings: settingsOf({ steps: 4 }) },
});
const BASE = 'http://127.0.0.1:8080/v1';

describe('code', () => {
  it('quotes for a shell', () => {
    const text = curlFor(wishOf(VIDEO), BASE);
    expect(text).toContain(`curl ${BASE}/videos`);
    expect(text).toContain(`-d '{"prompt":"it'\\''s \\"red\\"\\n"`);
  });
  it('puts what the client does not know where it takes it', () => {
    expect(pythonFor(wishOf(VIDEO), BASE)).toContain('extra_body={"seed":7,"steps":4},');
    expect(scriptFor(wishOf(VIDEO), BASE)).toContain('  seed: 7,\n  steps: 4,\n');
  });
  it('has all settings as JSON', () => {
    expect(JSON.parse(settingsJson(VIDEO))).toMatchObject({
      prompt: VIDEO.prompt,
      model: 'mini',
      seed: 7,
      steps: 4,
      kind: 'create',
    });
  });
});

describe('lineage', () => {
  const [a, b, c, d] = [
    videoOf('a', { created_at: 1 }),
    videoOf('b', { created_at: 2, aozora: { source_video_id: 'a' } }),
    videoOf('c', { created_at: 3, remixed_from_video_id: 'a' }),
    videoOf('d', { created_at: 4, aozora: { source_video_id: 'b' } }),
  ] as const;
  const places = (video: typeof a, all: (typeof a)[]) =>
    lineage(video, all).nodes.map(({ video: { id }, column, row }) => `${id}${column}${row}`);
  it('shows the whole family from each of them', () => {
    const all = [d, c, b, a];
    for (const one of all) expect(places(one, all)).toEqual(['a00', 'b10', 'd20', 'c11']);
    expect(lineage(a, all)).toMatchObject({ columns: 3, rows: 2 });
    expect(lineage(a, all).edges.map(({ from, to }) => from.video.id + to.video.id)).toEqual([
      'ab',
      'bd',
      'ac',
    ]);
  });
  it('begins with the first that is known', () => {
    expect(places(d, [d, b])).toEqual(['b00', 'd10']);
  });
  it('ends where a circle would begin', () => {
    const x = videoOf('x', { aozora: { source_video_id: 'y' } }),
      y = videoOf('y', { aozora: { source_video_id: 'x' } });
    expect(lineage(x, [x, y]).nodes.length).toBe(2);
    expect(places(videoOf('z', { aozora: { source_video_id: 'z' } }), [])).toEqual(['z00']);
  });
});
