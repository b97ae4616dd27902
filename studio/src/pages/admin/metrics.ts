// SPDX-License-Identifier: Apache-2.0
// The server's figures as Prometheus reads them, and what changed from one look to the next.

export interface Sample {
  labels: Record<string, string>;
  value: number;
}
export type Metrics = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const found = line.startsWith('#') ? null : LINE.exec(line);
    if (found === null) continue;
    const [, name = '', inside = '', number = ''] = found;
    const value = number === '+Inf' ? Infinity : Number(number);
    if (Number.isNaN(value)) continue;
    const labels: Record<string, string> = {};
    for (const [, key = '', text = ''] of inside.matchAll(LABEL)) {
      labels[key] = text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    }
    const samples = metrics.get(name);
    if (samples === undefined) metrics.set(name, [{ labels, value }]);
    else samples.push({ labels, value });
  }
  return metrics;
}

// Over all labels, or over those that `fits` lets through.
export function sumOf(
  metrics: Metrics,
  name: string,
  fits: (labels: Sample['labels']) => boolean = () => true,
): number {
  return (metrics.get(name) ?? []).reduce((sum, { labels, value }) => (fits(labels) ? sum + value : sum), 0);
}

// A second, between two looks. A counter that fell began anew with the server: all of it is new.
export function rateOf(before: number, after: number, seconds: number): number {
  if (seconds <= 0) return 0;
  return (after >= before ? after - before : after) / seconds;
}

export interface Bar {
  upTo: number;
  count: number;
}

// The counts of a histogram for each bucket by itself; empty ends are left out.
export function barsOf(metrics: Metrics, name: string): Bar[] {
  const totals = new Map<number, number>();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    const text = labels['le'] ?? '';
    const upTo = text === '+Inf' ? Infinity : Number(text);
    totals.set(upTo, (totals.get(upTo) ?? 0) + value);
  }
  let before = 0;
  const bars = [...totals]
    .sort(([a], [b]) => a - b)
    .map(([upTo, total]) => {
      const count = total - before;
      before = total;
      return { upTo, count };
    });
  const first = bars.findIndex(({ count }) => count > 0);
  const last = bars.findLastIndex(({ count }) => count > 0);
  return first < 0 ? [] : bars.slice(first, last + 1);
}

// As points of a line in a box, the newest at the right edge.
export function pointsOf(
  values: readonly number[],
  width: number,
  height: number,
  places: number,
): [number, number][] {
  const top = Math.max(1e-9, ...values);
  const step = width / Math.max(1, places - 1);
  return values.map((value, i) => [width - (values.length - 1 - i) * step, height - (value / top) * height]);
}

// Short: 1.2 MB, 950 kB.
export function sizeText(
  bytes: number,
  format: (value: number, options: Intl.NumberFormatOptions) => string,
): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    ++unit;
  }
  return `${format(value, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })}\u202f${units[unit]}`;
}
