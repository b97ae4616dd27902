// SPDX-License-Identifier: Apache-2.0
// The server's figures over the last minutes, for as long as somebody looks at them.
import { useEffect, useState } from 'preact/hooks';
import { readMetrics } from '../../api/metrics';
import { type Metrics, parseMetrics, rateOf, sumOf } from './metrics';

export const EVERY_S = 3;
export const PLACES = 60;

export interface Point {
  jobs: number;
  requests: number;
  sent: number;
  streams: number;
}
export interface Watch {
  metrics: Metrics;
  points: readonly Point[];
}

interface Look {
  at: number;
  requests: number;
  sent: number;
}

// Null before the first look; 'none' where the address does not give them.
export function useWatch(): Watch | 'none' | null {
  const [watch, setWatch] = useState<Watch | 'none' | null>(null);
  useEffect(() => {
    let before: Look | null = null;
    let points: readonly Point[] = [];
    let isOver = false;
    const look = async () => {
      if (document.visibilityState !== 'visible' && before !== null) return;
      const text = await readMetrics();
      if (isOver) return;
      if (text === null) {
        if (before === null) setWatch('none');
        return;
      }
      const metrics = parseMetrics(text);
      const now = {
        at: Date.now(),
        requests: sumOf(metrics, 'aozora_http_requests_total'),
        sent: sumOf(metrics, 'aozora_http_sent_bytes_total'),
      };
      const seconds = before === null ? 0 : (now.at - before.at) / 1000;
      points = [
        ...points,
        {
          jobs: sumOf(metrics, 'aozora_jobs'),
          streams: sumOf(metrics, 'aozora_http_event_streams'),
          requests: rateOf(before?.requests ?? 0, now.requests, seconds),
          sent: rateOf(before?.sent ?? 0, now.sent, seconds),
        },
      ].slice(-PLACES);
      before = now;
      setWatch({ metrics, points });
    };
    void look();
    const timer = setInterval(() => void look(), EVERY_S * 1000);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, []);
  return watch;
}
