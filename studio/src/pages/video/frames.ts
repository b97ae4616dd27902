// SPDX-License-Identifier: Apache-2.0
// How long one picture of a film is shown. The API does not say it: it is learned from the pictures
// that were shown while it played, until then taken for a 24th of a second.
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Video } from '../../api/types';

const USUAL = 1 / 24;
const RATES = [8, 10, 12, 15, 16, 20, 24, 25, 30, 48, 50, 60];

// The rate that a distance between two pictures belongs to.
export function nearestLength(distance: number): number | null {
  const rate = RATES.find((one) => Math.abs(distance * one - 1) < 0.03);
  return rate === undefined ? null : 1 / rate;
}

export function useFrameLength(
  film: RefObject<HTMLVideoElement>,
  video: Video,
): RefObject<number> & { current: number } {
  const length = useRef(1 / (video.aozora?.settings?.fps ?? 24) || USUAL);
  useEffect(() => {
    const element = film.current;
    if (element === null || !('requestVideoFrameCallback' in element)) return;
    let before: number | null = null;
    let shortest = Infinity;
    let handle = element.requestVideoFrameCallback(function seen(_now, { mediaTime }) {
      const distance = before === null ? 0 : mediaTime - before;
      // Pictures that were skipped make it longer, never shorter.
      if (distance > 0.01 && distance < shortest) {
        shortest = distance;
        length.current = nearestLength(distance) ?? length.current;
      }
      before = mediaTime;
      handle = element.requestVideoFrameCallback(seen);
    });
    return () => element.cancelVideoFrameCallback(handle);
  }, [video.id]);
  return length as RefObject<number> & { current: number };
}
