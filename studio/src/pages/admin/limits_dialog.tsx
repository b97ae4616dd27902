// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Person } from '../../api/types';
import { useAct } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { peopleWords as words } from '../../words/people';
import { shellWords } from '../../words/shell';
import { BOUNDS, type Field, FIELDS, formOf, grantsOf, isWrong } from './limits';

const LABELS = {
  seconds_per_day: 'limitSeconds',
  jobs_running_max: 'limitRunning',
  jobs_queued_max: 'limitQueued',
  priority: 'limitPriority',
} as const satisfies Record<Field, string>;

export function LimitsDialog({
  person,
  onClose,
  onDone,
}: {
  person: Person;
  onClose: () => void;
  onDone: () => void;
}) {
  const [form, setForm] = useState(formOf(person.grants));
  const { isBusy, problem, run } = useAct();
  const body = grantsOf(form);
  const save = async (event?: Event) => {
    event?.preventDefault();
    if (body === null) return;
    const path = { person_id: person.id };
    if ((await run(() => api.post('/admin/people/{person_id}/grants', { path, body }))) === null) return;
    toast(words('limitsSet'));
    onDone();
  };
  return (
    <Dialog
      title={`${person.name}: ${words('limits')}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={body === null} onClick={() => void save()}>
            {words('limitsSave')}
          </Button>
        </>
      }
    >
      <form class="stack" onSubmit={save}>
        <p class="quiet">{words('limitsText')}</p>
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={words(LABELS[field], BOUNDS[field])}
            type="number"
            min={BOUNDS[field].min}
            max={BOUNDS[field].max}
            value={form[field]}
            onValue={(value) => setForm({ ...form, [field]: value })}
            error={isWrong(field, form[field]) ? words('limitWrong', BOUNDS[field]) : null}
          />
        ))}
        {problem !== null && <ErrorView problem={problem} isSmall />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
