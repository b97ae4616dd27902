// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { formatDay } from '../../lib/words';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Select, Switch, TextField } from '../../ui/field';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { adminWords } from '../../words/admin';
import { peopleWords as words } from '../../words/people';
import { shellWords } from '../../words/shell';
import { AdminFrame } from './frame';
import { Secret } from './people_dialogs';
import { type People, usePeople } from './people_list';
import '../../ui/table.css';

type Key = Schemas['Key'];
type Scope = Schemas['Scope'];
const SCOPES: readonly [Scope, 'scope_read' | 'scope_write' | 'scope_review' | 'scope_admin'][] = [
  ['videos:read', 'scope_read'],
  ['videos:write', 'scope_write'],
  ['review', 'scope_review'],
  ['admin', 'scope_admin'],
];

function NewKey({
  people,
  onClose,
  onMade,
}: {
  people: People;
  onClose: () => void;
  onMade: (key: Key) => void;
}) {
  const [person, setPerson] = useState(people.list[0]?.id ?? '');
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<readonly Scope[]>(['videos:read', 'videos:write']);
  const { isBusy, problem, run } = useAct();
  const make = async (event?: Event) => {
    event?.preventDefault();
    const body: Schemas['CreateKeyRequest'] = {
      person_id: person,
      name: name.trim(),
      scopes: [...scopes],
      ...(days === '' ? {} : { expires_in_days: Number(days) }),
    };
    const made = await run(() => api.post('/admin/keys', { body }));
    if (made !== null) onMade(made);
  };
  return (
    <Dialog
      title={words('keyNew')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button
            look="main"
            isBusy={isBusy}
            disabled={name.trim() === '' || scopes.length === 0}
            onClick={() => void make()}
          >
            {words('keyMake')}
          </Button>
        </>
      }
    >
      <form class="stack" onSubmit={make}>
        <Select
          label={adminWords('person')}
          value={person}
          onValue={setPerson}
          choices={people.list.map(({ id, name: label }) => ({ value: id, label }))}
        />
        <TextField label={words('keyName')} value={name} onValue={setName} maxLength={80} required />
        <TextField label={words('keyDays')} type="number" min={1} max={3650} value={days} onValue={setDays} />
        <fieldset class="stack-s">
          <legend class="small quiet">{words('keyScopes')}</legend>
          {SCOPES.map(([scope, word]) => (
            <Switch
              key={scope}
              label={words(word)}
              isOn={scopes.includes(scope)}
              onValue={(isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
            />
          ))}
        </fieldset>
        {problem !== null && <ErrorView problem={problem} isSmall />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function Row({ item, onRevoke }: { item: Key; onRevoke: () => void }) {
  const now = useClock();
  const isOver = item.revoked_at !== null;
  return (
    <tr>
      <td>
        <strong>{item.name}</strong>
      </td>
      <td>{item.person?.name ?? item.person_id}</td>
      <td>
        <span class="row">
          {SCOPES.filter(([scope]) => item.scopes.includes(scope)).map(([scope, word]) => (
            <Badge key={scope}>{words(word)}</Badge>
          ))}
        </span>
      </td>
      <td class="nowrap">
        {item.last_used_at === null ? adminWords('never') : formatAgo(item.last_used_at, now)}
      </td>
      <td class="nowrap">{item.expires_at === null ? '–' : formatDay(item.expires_at)}</td>
      <td class="end">
        {isOver ? (
          <Badge>{words('keyRevoked')}</Badge>
        ) : (
          <Button size="s" onClick={onRevoke}>
            {words('keyRevoke')}
          </Button>
        )}
      </td>
    </tr>
  );
}

export default function KeysPage() {
  const people = usePeople();
  const keys = useLoad(() => api.get('/admin/keys'));
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<Key | null>(null);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const { isBusy, run } = useAct();
  const revoke = async (id: string) => {
    const done = await run(() => api.delete('/admin/keys/{key_id}', { path: { key_id: id } }), {
      toast: true,
    });
    if (done !== null) toast(words('keyDone'));
    setRevoking(null);
    keys.reload();
  };
  const list = keys.value?.data ?? [];
  const add = (
    <Button look="main" icon="plus" disabled={people.list.length === 0} onClick={() => setNew(true)}>
      {words('keyNew')}
    </Button>
  );
  return (
    <AdminFrame title={words('keysTitle')} lead={words('keysLead')} actions={add}>
      {keys.value === null &&
        (keys.problem === null ? <Waiting /> : <ErrorView problem={keys.problem} onRetry={keys.reload} />)}
      {keys.value !== null && list.length === 0 && <Empty title={words('keysNone')} />}
      {list.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={words('keysTitle')}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{words('keyName')}</th>
                <th scope="col">{adminWords('person')}</th>
                <th scope="col">{words('keyScopes')}</th>
                <th scope="col">{words('keyUsed')}</th>
                <th scope="col">{words('keyExpires')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.map((item) => (
                <Row key={item.id} item={item} onRevoke={() => setRevoking(item)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isNew && (
        <NewKey
          people={people}
          onClose={() => setNew(false)}
          onMade={(key) => {
            setNew(false);
            setMade(key);
            keys.reload();
          }}
        />
      )}
      {made?.key !== undefined && (
        <Secret
          title={made.name}
          text={words('keyReady')}
          label={words('keysTitle')}
          secret={made.key}
          onClose={() => setMade(null)}
        />
      )}
      {revoking !== null && (
        <Dialog
          title={`${words('keyRevoke')}: ${revoking.name}`}
          onClose={() => setRevoking(null)}
          actions={
            <>
              <Button onClick={() => setRevoking(null)}>{shellWords('cancel')}</Button>
              <Button look="danger" isBusy={isBusy} onClick={() => revoke(revoking.id)}>
                {words('keyRevoke')}
              </Button>
            </>
          }
        >
          <p>{words('keyRevokeText')}</p>
        </Dialog>
      )}
    </AdminFrame>
  );
}
