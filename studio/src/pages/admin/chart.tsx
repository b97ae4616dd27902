// SPDX-License-Identifier: Apache-2.0
// Small charts: the shape of it at a glance, the figure in words beside it.
import { formatDuration } from '../../lib/time';
import { formatNumber } from '../../lib/words';
import { adminWords as words } from '../../words/admin';
import { type Bar, pointsOf } from './metrics';
import './chart.css';

const WIDTH = 240,
  HEIGHT = 56,
  BAR_MAX = 18;

export function LineChart({
  title,
  values,
  places,
  shown,
}: {
  title: string;
  values: readonly number[];
  places: number;
  shown: string;
}) {
  const points = pointsOf(values, WIDTH, HEIGHT - 4, places).map(
    ([x, y]) => `${x.toFixed(1)},${(y + 2).toFixed(1)}`,
  );
  const firstX = points[0]?.split(',')[0] ?? String(WIDTH);
  return (
    <figure class="chart">
      <figcaption>
        <span class="small quiet">{title}</span>
        <strong class="numbers">{shown}</strong>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {points.length > 1 && (
          <polygon class="chart-area" points={`${firstX},${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
        )}
        {points.length > 1 && <polyline class="chart-line" points={points.join(' ')} />}
      </svg>
    </figure>
  );
}

export function BarChart({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const top = Math.max(1, ...bars.map(({ count }) => count));
  const width = Math.min(BAR_MAX, WIDTH / Math.max(1, bars.length));
  const nameOf = ({ upTo, count }: Bar) =>
    Number.isFinite(upTo)
      ? words('histogramBar', { time: formatDuration(upTo), n: formatNumber(count) })
      : words('histogramMore', { n: formatNumber(count) });
  return (
    <figure class="chart chart-wide">
      <figcaption>
        <span class="small quiet">{title}</span>
      </figcaption>
      {bars.length === 0 ? (
        <p class="small quiet">{words('histogramNone')}</p>
      ) : (
        <>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            {bars.map((bar, i) => {
              const height = Math.max(bar.count > 0 ? 2 : 0, (bar.count / top) * HEIGHT);
              return (
                <rect
                  key={bar.upTo}
                  class="chart-bar"
                  x={i * width + 1}
                  y={HEIGHT - height}
                  width={Math.max(1, width - 2)}
                  height={height}
                />
              );
            })}
          </svg>
          <ul class="chart-names small quiet numbers">
            {bars.map((bar) => (
              <li key={bar.upTo}>{nameOf(bar)}</li>
            ))}
          </ul>
        </>
      )}
    </figure>
  );
}
