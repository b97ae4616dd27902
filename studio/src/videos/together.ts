// SPDX-License-Identifier: Apache-2.0
// Videos that were asked for in one request are variations of each other, now and after a reload.
import type { Video } from '../api/types';

// With the video itself, in the order in which they were made; alone it is none.
export function variationsOf(video: Video, videos: readonly Video[]): Video[] {
  const request = video.aozora?.request_id ?? null;
  if (request === null) return [];
  const together = videos.filter((one) => one.id === video.id || one.aozora?.request_id === request);
  if (together.length < 2) return [];
  // Those of one second have no order of their own: any that stays.
  return together.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
}
