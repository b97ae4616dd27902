// SPDX-License-Identifier: Apache-2.0
import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { locale } from './locale';

// "8 s", "2 min 5 s", "1 h 3 min": the two largest units.
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const space = '\u202f';
  if (h > 0) return min > 0 ? `${h}${space}h ${min}${space}min` : `${h}${space}h`;
  if (min > 0) return s > 0 && min < 10 ? `${min}${space}min ${s}${space}s` : `${min}${space}min`;
  return `${s}${space}s`;
}

const AGO: [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [30 * 86_400, 86_400, 'day'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Infinity, 365 * 86_400, 'year'],
];

export function formatAgo(thenSeconds: number, nowMs: number): string {
  const ago = nowMs / 1000 - thenSeconds;
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto', style: 'long' });
  if (Math.abs(ago) < 60) return format.format(0, 'second');
  const [, size, unit] = AGO.find(([limit]) => Math.abs(ago) < limit) ?? AGO[0]!;
  return format.format(-Math.round(ago / size), unit);
}

// Whole seconds from `now` to `until`; 0 once it is over.
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

export const clock: Signal<number> = signal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

// The time, each second, for as long as a component is there that wants it.
export function useClock(isWanted = true): number {
  useEffect(() => {
    if (!isWanted) return;
    clock.value = Date.now();
    if (++watchers === 1)
      timer = setInterval(() => {
        clock.value = Date.now();
      }, 1000);
    return () => {
      if (--watchers === 0) clearInterval(timer);
    };
  }, [isWanted]);
  return isWanted ? clock.value : clock.peek();
}
