// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Select, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { adminWords } from '../../words/admin';
import { rulesWords as words } from '../../words/rules';
import { AdminFrame } from './frame';
import { usePeople } from './people_list';

const KINDS = ['feedback', 'finding', 'review', 'experiment'] as const;
type Kind = (typeof KINDS)[number];

function Amounts() {
  const load = useLoad(() => api.get('/admin/credit_amounts'));
  const [values, setValues] = useState<Record<Kind, string>>({
    feedback: '',
    finding: '',
    review: '',
    experiment: '',
  });
  const { isBusy, problem, run } = useAct();
  useEffect(() => {
    const now = load.value;
    if (now === null) return;
    setValues({
      feedback: String(now.feedback),
      finding: String(now.finding),
      review: String(now.review),
      experiment: String(now.experiment),
    });
  }, [load.value]);
  const save = async (event: Event) => {
    event.preventDefault();
    const body = {
      feedback: Number(values.feedback),
      finding: Number(values.finding),
      review: Number(values.review),
      experiment: Number(values.experiment),
    };
    const saved = await run(() => api.post('/admin/credit_amounts', { body }));
    if (saved === null) return;
    load.set(saved);
    toast(adminWords('saved'));
  };
  return (
    <form class="panel stack" onSubmit={save}>
      <h2>{words('amounts')}</h2>
      <div class="admin-form">
        {KINDS.map((kind) => (
          <TextField
            key={kind}
            label={words(`credit_${kind}`)}
            type="number"
            min={0}
            value={values[kind]}
            required
            onValue={(value) => setValues({ ...values, [kind]: value })}
          />
        ))}
        <Button type="submit" isBusy={isBusy}>
          {adminWords('save')}
        </Button>
      </div>
      {load.problem !== null && <ErrorView problem={load.problem} onRetry={load.reload} isSmall />}
      {problem !== null && <ErrorView problem={problem} isSmall />}
    </form>
  );
}

function AddRow() {
  const people = usePeople();
  const [chosen, setChosen] = useState('');
  const [kind, setKind] = useState<Kind>('experiment');
  const [amount, setAmount] = useState('5');
  const [note, setNote] = useState('');
  const { isBusy, problem, run } = useAct();
  const person = chosen === '' ? (people.list[0]?.id ?? '') : chosen;
  const add = async (event: Event) => {
    event.preventDefault();
    const body: Schemas['CreditRequest'] = {
      person_id: person,
      kind,
      amount: Number(amount),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    };
    const added = await run(() => api.post('/admin/credits', { body }));
    if (added === null) return;
    setNote('');
    toast(words('creditAdded', { name: added.person?.name ?? added.person_id }));
  };
  return (
    <form class="panel stack" onSubmit={add}>
      <h2>{words('creditAdd')}</h2>
      <div class="admin-form">
        <Select
          label={adminWords('person')}
          value={person}
          onValue={setChosen}
          choices={people.list.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Select
          label={words('creditKind')}
          value={kind}
          onValue={setKind}
          choices={KINDS.map((value) => ({ value, label: words(`credit_${value}`) }))}
        />
        <TextField label={words('creditAmount')} type="number" value={amount} onValue={setAmount} required />
        <TextField label={words('creditNote')} value={note} onValue={setNote} maxLength={500} />
        <Button type="submit" isBusy={isBusy} disabled={person === ''}>
          {adminWords('add')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall />}
    </form>
  );
}

export default function AdminCreditsPage() {
  return (
    <AdminFrame title={words('creditsTitle')} lead={words('creditsLead')}>
      <Amounts />
      <AddRow />
    </AdminFrame>
  );
}
