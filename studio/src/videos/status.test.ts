// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { videoOf } from '../testing';
import { cellAt, fileName, previewUrl, shapeOf } from './media';
import { secondsLeftOf, statusText } from './status';

describe('secondsLeftOf', () => {
  const video = videoOf('a', { aozora: { seconds_left: 30 } });
  it('counts down from when it was heard, and never to nothing', () => {
    expect(secondsLeftOf(video, 1000, 1000)).toBe(30);
    expect(secondsLeftOf(video, 1000, 11_000)).toBe(20);
    expect(secondsLeftOf(video, 1000, 90_000)).toBe(1);
  });
  it('says nothing without an estimate', () => {
    expect(secondsLeftOf(videoOf('a'), 0, 0)).toBeNull();
  });
});

describe('statusText', () => {
  const running = (aozora: object) => statusText(videoOf('a', { status: 'in_progress', aozora }));
  it('has the place in the queue', () => {
    const queued = (queue_position: number | null) =>
      statusText(videoOf('a', { status: 'queued', aozora: { queue_position } }));
    expect(queued(3)).toBe('Place 3 in the queue');
    expect(queued(1)).toBe('Next in the queue');
    expect(queued(null)).toBe('Waiting');
  });
  it('has the step where the server tells it, else the stage', () => {
    expect(running({ step: 3, steps: 8, stage: 'denoise' })).toBe('Step 3 of 8');
    expect(running({ stage: 'decode' })).toBe('Painting the pictures');
    expect(running({ stage: 'something new' })).toBe('At work');
  });
});

describe('files', () => {
  it('are named by what they show', () => {
    expect(fileName(videoOf('video_abcdef123456', { prompt: 'Une forêt, l’été !' }), 'mp4')).toBe(
      'une-foret-l-ete-123456.mp4',
    );
    expect(fileName(videoOf('video_abcdef123456', { prompt: null }), 'json')).toBe('aozora-123456.json');
    expect(
      fileName(videoOf('video_abcdef123456', { prompt: 'word '.repeat(100) }), 'mp4').length,
    ).toBeLessThan(60);
  });
  it('have a preview only where there is one', () => {
    expect(previewUrl(videoOf('a'))).toBeNull();
    expect(previewUrl(videoOf('a', { aozora: { preview: 4 } }))).toBe('/v1/videos/a/preview?revision=4');
  });
  it('have a shape', () => {
    expect([shapeOf('1280x720'), shapeOf('720x1280'), shapeOf('480x480')]).toEqual([
      'wide',
      'tall',
      'square',
    ]);
  });
});

describe('cellAt', () => {
  it('goes through the sheet row by row', () => {
    expect(cellAt(0)).toEqual({ x: 0, y: 0 });
    expect(cellAt(0.26)).toEqual({ x: 0, y: (1 / 3) * 100 });
    expect(cellAt(0.999)).toEqual({ x: 100, y: 100 });
    expect(cellAt(-1)).toEqual(cellAt(0));
    expect(cellAt(2)).toEqual(cellAt(1));
  });
});
