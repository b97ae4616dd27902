// SPDX-License-Identifier: Apache-2.0
// How the server is: what is stopped, what runs, and how it went.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { api, json } from '../../api/client';
import { useLoad } from '../../lib/load';
import { formatDuration } from '../../lib/time';
import { formatNumber } from '../../lib/words';
import { LinkButton } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { adminWords as words } from '../../words/admin';
import { BarChart, LineChart } from './chart';
import { AdminFrame } from './frame';
import { barsOf, sizeText, sumOf } from './metrics';
import type { Status } from './types';
import { EVERY_S, PLACES, useWatch, type Watch } from './watch';

const STATUS_EVERY_MS = 5000;
const size = (bytes: number) => sizeText(bytes, formatNumber);

function Stopped() {
  const stops = useLoad(() => api.get('/admin/stops'));
  if (stops.value === null)
    return stops.problem === null ? null : (
      <ErrorView problem={stops.problem} onRetry={stops.reload} isSmall />
    );
  const n = stops.value.data.length;
  return (
    <div class={n === 0 ? 'calm' : 'calm calm-not'}>
      <Icon name={n === 0 ? 'check' : 'pause'} size={22} />
      <div class="grow">
        <strong>{n === 0 ? words('running') : words('stopped', { n })}</strong>
        {n === 0 && <p class="small quiet">{words('runningText')}</p>}
      </div>
      <LinkButton size="s" href="/admin/stops">
        {n === 0 ? words('stops') : words('seeStops')}
      </LinkButton>
    </div>
  );
}

const Tile = ({ name, value, children }: { name: string; value: string; children?: ComponentChildren }) => (
  <div class="number-tile">
    <dt>{name}</dt>
    <dd class="numbers">{value}</dd>
    {children !== undefined && <dd class="small">{children}</dd>}
  </div>
);

function Tiles({ status, watch }: { status: Status | null; watch: Watch | null }) {
  const jobs = (state: string) =>
    watch === null ? null : sumOf(watch.metrics, 'aozora_jobs', (labels) => labels['state'] === state);
  const queued = status?.queue.queued ?? jobs('queued');
  const rendered = status?.queue.in_progress ?? jobs('in_progress');
  const free =
    status?.disk.free_bytes ?? (watch === null ? null : sumOf(watch.metrics, 'aozora_disk_free_bytes'));
  const all = status?.disk.total_bytes;
  return (
    <dl class="tiles-numbers">
      {queued !== null && <Tile name={words('queue')} value={formatNumber(queued)} />}
      {rendered !== null && <Tile name={words('rendered')} value={formatNumber(rendered)} />}
      {free !== null && (
        <Tile name={words('disk')} value={size(free)}>
          {all !== undefined && words('diskAll', { size: size(all) })}
        </Tile>
      )}
      {status !== null && (
        <>
          <Tile name={words('lastDay')} value={formatNumber(status.finished_last_day.completed)}>
            {status.finished_last_day.failed > 0 &&
              words('lastDayFailed', { n: status.finished_last_day.failed })}
          </Tile>
          <Tile name={words('renderTime')} value={formatDuration(status.render_seconds_last_day)} />
        </>
      )}
    </dl>
  );
}

function Workers({ status }: { status: Status }) {
  return (
    <section class="panel stack">
      <h2>{words('workers')}</h2>
      {status.workers.length === 0 && <p class="quiet small">{words('workersNone')}</p>}
      <ul class="stack">
        {status.workers.map((worker) => (
          <li key={worker.id} class="stack-s">
            <div class="row">
              <strong>{words('worker', { id: worker.id })}</strong>
              <span class="quiet small">
                {worker.video_id === null
                  ? words('workerIdle')
                  : words('workerBusy', { video: worker.video_id })}{' '}
                · {words('workerSeen', { time: formatDuration(worker.seen_seconds_ago) })}
              </span>
            </div>
            {worker.progress !== undefined && (
              <Progress percent={worker.progress} label={words('worker', { id: worker.id })} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Charts({ watch }: { watch: Watch }) {
  const last = watch.points[watch.points.length - 1];
  // The first look has nothing to compare with.
  const rates = watch.points.slice(1);
  return (
    <section class="stack-s">
      <h2>{words('charts')}</h2>
      <p class="small quiet">{words('chartsText', { n: EVERY_S })}</p>
      <div class="charts">
        <LineChart
          title={words('chartJobs')}
          values={watch.points.map(({ jobs }) => jobs)}
          places={PLACES}
          shown={formatNumber(last?.jobs ?? 0)}
        />
        <LineChart
          title={words('chartRequests')}
          values={rates.map(({ requests }) => requests)}
          places={PLACES}
          shown={formatNumber(last?.requests ?? 0, { maximumFractionDigits: 1 })}
        />
        <LineChart
          title={words('chartSent')}
          values={rates.map(({ sent }) => sent)}
          places={PLACES}
          shown={size(last?.sent ?? 0)}
        />
        <LineChart
          title={words('chartStreams')}
          values={watch.points.map(({ streams }) => streams)}
          places={PLACES}
          shown={formatNumber(last?.streams ?? 0)}
        />
        <BarChart title={words('histogram')} bars={barsOf(watch.metrics, 'aozora_job_render_seconds')} />
      </div>
    </section>
  );
}

export default function OverviewPage() {
  const status = useLoad(() => json<Status>('get', '/admin/status'));
  const watch = useWatch();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') status.reload();
    }, STATUS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const seen = watch === 'none' ? null : watch;
  const now = status.value;
  const lead =
    now === null
      ? {}
      : { lead: words('version', { version: now.version, time: formatDuration(now.uptime_seconds) }) };
  return (
    <AdminFrame title={words('overview')} {...lead}>
      <Stopped />
      {status.problem !== null && status.problem.kind !== 'missing' && (
        <ErrorView problem={status.problem} onRetry={status.reload} isSmall />
      )}
      <Tiles status={now} watch={seen} />
      {now !== null && <Workers status={now} />}
      {seen !== null && <Charts watch={seen} />}
      {watch === 'none' && <p class="quiet">{words('noMetrics')}</p>}
    </AdminFrame>
  );
}
