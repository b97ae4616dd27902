// SPDX-License-Identifier: Apache-2.0
// What is stopped, releasing it by two, and stopping more.
import { useEffect } from 'preact/hooks';
import { api } from '../../api/client';
import { useAct, useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { me } from '../../session/session';
import { loadNotice } from '../../shell/notice';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Icon } from '../../ui/icon';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { stopWords as words } from '../../words/stop';
import { AdminFrame } from './frame';
import { usePeople } from './people_list';
import { isLevel, needsTwo, releaseBodyOf, releaseOf, RUNNING, type Scope, type Stop } from './stop';
import { StopForm } from './stop_form';
import './stops.css';

const LOOK_EVERY_MS = 5000;

function titleOf(stop: Stop): string {
  if (isLevel(stop.subject)) return words(`subject_${stop.subject}`);
  return stop.subject_name ?? stop.subject;
}

function OneStop({ stop, onChange }: { stop: Stop; onChange: (stops: Stop[]) => void }) {
  const { isBusy, run } = useAct();
  const release = releaseOf(stop, me.value?.id ?? null);
  const running = RUNNING.find((one) => one === stop.running);
  const ask = async () => {
    const done = await run(() => api.post('/admin/stops', { body: releaseBodyOf(stop) }), { toast: true });
    if (done === null) return;
    const isThere = done.data.some(({ scope, subject }) => scope === stop.scope && subject === stop.subject);
    toast(words(isThere ? 'releaseWaits' : 'released'));
    onChange(done.data);
    void loadNotice();
  };
  return (
    <li class="stop-one">
      <span class="stop-mark">
        <Icon name="pause" size={24} />
      </span>
      <div class="stack-s grow">
        <div class="row">
          <strong class="stop-title">{titleOf(stop)}</strong>
          <Badge>{words(`scope_${stop.scope as Scope}`)}</Badge>
        </div>
        {stop.reason !== '' && <p>{stop.reason}</p>}
        <p class="small quiet">
          {words('since', { time: formatDay(stop.since), name: stop.set_by_name ?? stop.set_by })}
          {running !== undefined && ` · ${words(`running_${running}`)}`}
        </p>
        {stop.release_asked_by !== undefined ? (
          <p class="small stop-asked">
            {release === 'wait'
              ? words('releaseMine')
              : words('releaseAsked', { name: stop.release_asked_by_name ?? stop.release_asked_by })}
          </p>
        ) : (
          needsTwo(stop) && <p class="small quiet">{words('releaseTwo')}</p>
        )}
      </div>
      <Button
        look={release === 'agree' ? 'main' : 'plain'}
        isBusy={isBusy}
        reason={release === 'wait' ? words('releaseYours') : undefined}
        onClick={ask}
      >
        {words(release === 'agree' ? 'releaseAgree' : 'release')}
      </Button>
    </li>
  );
}

export default function StopsPage() {
  const stops = useLoad(() => api.get('/admin/stops'));
  const people = usePeople();
  const setStops = (data: Stop[]) => stops.set({ object: 'list', data });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') stops.reload();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const list = stops.value?.data ?? [];
  return (
    <AdminFrame title={words('title')} lead={words('lead')}>
      {stops.value === null &&
        (stops.problem === null ? <Waiting /> : <ErrorView problem={stops.problem} onRetry={stops.reload} />)}
      {stops.value !== null && (
        <section class="stack-s" aria-label={words('now')}>
          {list.length === 0 ? (
            <div class="calm">
              <Icon name="check" size={22} />
              <strong>{words('none')}</strong>
            </div>
          ) : (
            <h2>{words('now')}</h2>
          )}
          <ul class="stack">
            {list.map((stop) => (
              <OneStop key={`${stop.scope} ${stop.subject}`} stop={stop} onChange={setStops} />
            ))}
          </ul>
        </section>
      )}
      <StopForm people={people} onSet={setStops} />
    </AdminFrame>
  );
}
