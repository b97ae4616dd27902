// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Select, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { adminWords } from '../../words/admin';
import { partsWords } from '../../words/parts';
import { rulesWords as words } from '../../words/rules';
import { shellWords } from '../../words/shell';
import { AdminFrame } from './frame';
import { usePeople } from './people_list';

type Queued = Schemas['QueuedReview'];

function Ask({ queued, onClose, onDone }: { queued: Queued; onClose: () => void; onDone: () => void }) {
  const people = usePeople();
  const able = people.list.filter(
    ({ id, role }) => (role === 'reviewer' || role === 'admin') && id !== queued.clip.author?.id,
  );
  const [chosen, setChosen] = useState('');
  const { isBusy, problem, run } = useAct();
  const who = chosen === '' ? (able[0]?.id ?? '') : chosen;
  const ask = async () => {
    const path = { review_id: queued.id };
    if (
      (await run(() =>
        api.post('/admin/reviews/{review_id}/reviewer', { path, body: { reviewer_id: who } }),
      )) === null
    )
      return;
    toast(words('lateAsked'));
    onDone();
  };
  return (
    <Dialog
      title={words('lateAsk')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={who === ''} onClick={ask}>
            {words('lateAsk')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Select
          label={words('lateWho')}
          value={who}
          onValue={setChosen}
          choices={able.map(({ id, name }) => ({ value: id, label: name }))}
        />
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}

function Late() {
  const now = useClock();
  const load = useLoad(() => api.get('/admin/reviews/overdue'));
  const [asking, setAsking] = useState<Queued | null>(null);
  const list = load.value?.data ?? [];
  return (
    <section class="stack-s">
      <h2>{words('late')}</h2>
      {load.problem !== null && <ErrorView problem={load.problem} onRetry={load.reload} isSmall />}
      {load.value !== null && list.length === 0 && <p class="quiet">{words('lateNone')}</p>}
      <ul class="stack-s">
        {list.map((queued) => (
          <li key={queued.id} class="row panel grant-row">
            <a href={`/clips/${queued.clip.id}`}>
              <strong>{queued.clip.title}</strong>
            </a>
            <span class="grow small quiet">
              {queued.clip.author?.name ?? partsWords('unknownPerson')} ·{' '}
              {words('due', { time: formatAgo(queued.due_at, now) })}
            </span>
            <Button size="s" onClick={() => setAsking(queued)}>
              {words('lateAsk')}
            </Button>
          </li>
        ))}
      </ul>
      {asking !== null && (
        <Ask
          queued={asking}
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsking(null);
            load.reload();
          }}
        />
      )}
    </section>
  );
}

function Hours() {
  const load = useLoad(() => api.get('/admin/review_settings'));
  const [hours, setHours] = useState('');
  const { isBusy, problem, run } = useAct();
  useEffect(() => {
    if (load.value !== null) setHours(String(load.value.due_hours));
  }, [load.value]);
  const save = async (event: Event) => {
    event.preventDefault();
    const saved = await run(() => api.post('/admin/review_settings', { body: { due_hours: Number(hours) } }));
    if (saved === null) return;
    load.set(saved);
    toast(adminWords('saved'));
  };
  return (
    <form class="panel stack" onSubmit={save}>
      <div class="admin-form">
        <TextField
          label={words('dueHours')}
          hint={words('dueHoursHint')}
          type="number"
          min={1}
          max={1440}
          value={hours}
          onValue={setHours}
          required
        />
        <Button type="submit" isBusy={isBusy}>
          {adminWords('save')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall />}
    </form>
  );
}

function FlagVideo() {
  const [id, setId] = useState('');
  const [reason, setReason] = useState('');
  const { isBusy, problem, run } = useAct();
  const flag = async (event: Event) => {
    event.preventDefault();
    const body = { video_id: id.trim(), reason: reason.trim() };
    if ((await run(() => api.post('/admin/flags', { body }))) === null) return;
    setId('');
    setReason('');
    toast(words('flagged'));
  };
  return (
    <form class="panel stack" onSubmit={flag}>
      <h2>{words('flagTitle')}</h2>
      <p class="small quiet">{words('flagText')}</p>
      <div class="admin-form">
        <TextField label={words('flagVideo')} value={id} onValue={setId} required spellcheck={false} />
        <TextField label={words('flagReason')} value={reason} onValue={setReason} required maxLength={2000} />
        <Button look="danger" type="submit" isBusy={isBusy}>
          {words('flag')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall />}
    </form>
  );
}

export default function AdminReviewsPage() {
  return (
    <AdminFrame title={words('reviewsTitle')} lead={words('reviewsLead')}>
      <Late />
      <Hours />
      <FlagVideo />
      <p class="small">
        <a href="/screening">{words('toScreening')}</a>
      </p>
    </AdminFrame>
  );
}
