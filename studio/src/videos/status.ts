// SPDX-License-Identifier: Apache-2.0
// What a running video is doing, and for how long still.
import type { Video } from '../api/types';
import { videoWords as words } from '../words/videos';

// The server's estimate, which is as old as the last news of the video.
export function secondsLeftOf(video: Video, heardAt: number, now: number): number | null {
  const left = video.aozora?.seconds_left;
  if (left === null || left === undefined) return null;
  return Math.max(1, Math.round(left - (now - heardAt) / 1000));
}

export function statusText(video: Video): string {
  const extras = video.aozora;
  if (video.status === 'queued') {
    const place = extras?.queue_position ?? null;
    return place === null ? words('queued') : place === 1 ? words('next') : words('place', { n: place });
  }
  if (extras?.step != null && extras.steps != null) return words('step', { k: extras.step, n: extras.steps });
  switch (extras?.stage) {
    case 'text':
      return words('stageText');
    case 'denoise':
      return words('stageDenoise');
    case 'decode':
      return words('stageDecode');
    default:
      return words('working');
  }
}
