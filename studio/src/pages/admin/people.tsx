// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Person, Schemas } from '../../api/types';
import { type Load, useAct, useLoad } from '../../lib/load';
import { formatDay, formatNumber } from '../../lib/words';
import { go } from '../../router/router';
import { me } from '../../session/session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Menu } from '../../ui/menu';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { partsWords } from '../../words/parts';
import { peopleWords as words } from '../../words/people';
import { AdminFrame } from './frame';
import { Invitations } from './invitations';
import { LimitsDialog } from './limits_dialog';
import { ChangeRole, GiveGrant, PasswordLink } from './people_dialogs';
import { usePeople } from './people_list';
import '../../ui/table.css';

const NO_LIMIT = 1_000_000;

function todayText(person: Person): string {
  const used = person.seconds_today ?? 0;
  const all = person.seconds_per_day;
  return all === undefined || all >= NO_LIMIT
    ? words('todayOpen', { used })
    : words('todayOf', { used, all });
}

type Open =
  | { what: 'role' | 'grant' | 'limits'; person: Person }
  | { what: 'link'; person: Person; link: Schemas['PasswordLink'] };

function Grants({ grants }: { grants: Load<Schemas['GrantList']> }) {
  const { isBusy, run } = useAct();
  const now = Date.now() / 1000;
  const list = (grants.value?.data ?? []).filter(
    ({ revoked_at, ends_at }) => revoked_at === null && ends_at > now,
  );
  const end = async (id: string) => {
    const done = await run(() => api.delete('/admin/grants/{grant_id}', { path: { grant_id: id } }), {
      toast: true,
    });
    if (done !== null) toast(words('grantEnded'));
    grants.reload();
  };
  return (
    <section class="stack-s">
      <h2>{words('grants')}</h2>
      {grants.value !== null && list.length === 0 && <p class="quiet">{words('grantsNone')}</p>}
      <ul class="stack-s">
        {list.map((grant) => (
          <li key={grant.id} class="row panel grant-row">
            <strong>{grant.person?.name ?? grant.person_id}</strong>
            <span class="grow small">
              {words('grantLine', { n: grant.seconds_per_day })},{' '}
              {words('grantUntil', { time: formatDay(grant.ends_at) })}
              {grant.note !== null && <span class="quiet"> · {grant.note}</span>}
            </span>
            <Button size="s" isBusy={isBusy} onClick={() => end(grant.id)}>
              {words('grantEnd')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function PeoplePage() {
  const people = usePeople();
  const grants = useLoad(() => api.get('/admin/grants'));
  const [open, setOpen] = useState<Open | null>(null);
  const { run } = useAct();
  const close = () => setOpen(null);
  const done = () => {
    close();
    people.load.reload();
    grants.reload();
  };
  const link = async (person: Person) => {
    const made = await run(
      () => api.post('/admin/people/{person_id}/password_link', { path: { person_id: person.id } }),
      { toast: true },
    );
    if (made !== null) setOpen({ what: 'link', person, link: made });
  };
  const { load } = people;
  return (
    <AdminFrame title={words('title')} lead={words('lead')}>
      {load.value === null &&
        (load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />)}
      {load.value !== null && (
        <div class="table-scroll people-table">
          <table class="table" aria-label={words('title')}>
            <thead>
              <tr>
                <th scope="col">{words('name')}</th>
                <th scope="col">{words('role')}</th>
                <th scope="col">{words('today')}</th>
                <th scope="col">{words('since')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {people.list.map((person) => (
                <tr key={person.id}>
                  <td>
                    <strong>{person.name}</strong>{' '}
                    {person.id === me.value?.id && <Badge>{words('you')}</Badge>}
                  </td>
                  <td>{partsWords(`role_${person.role}`)}</td>
                  <td class="numbers nowrap" title={formatNumber(person.seconds_today ?? 0)}>
                    {todayText(person)}
                  </td>
                  <td class="nowrap">{formatDay(person.created_at)}</td>
                  <td class="end">
                    <Menu
                      label={words('more', { name: person.name })}
                      size="s"
                      items={[
                        {
                          label: words('changeRole'),
                          icon: 'person',
                          run: () => setOpen({ what: 'role', person }),
                        },
                        {
                          label: words('grant'),
                          icon: 'plus',
                          run: () => setOpen({ what: 'grant', person }),
                        },
                        {
                          label: words('limits'),
                          icon: 'sliders',
                          run: () => setOpen({ what: 'limits', person }),
                        },
                        { label: words('passwordLink'), icon: 'undo', run: () => void link(person) },
                        {
                          label: words('stopPerson', { name: person.name }),
                          icon: 'pause',
                          isBad: true,
                          isApart: true,
                          run: () => go(`/admin/stops?scope=person&subject=${person.id}`),
                        },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Invitations />
      <Grants grants={grants} />
      {open?.what === 'role' && <ChangeRole person={open.person} onClose={close} onDone={done} />}
      {open?.what === 'grant' && <GiveGrant person={open.person} onClose={close} onDone={done} />}
      {open?.what === 'limits' && <LimitsDialog person={open.person} onClose={close} onDone={done} />}
      {open?.what === 'link' && <PasswordLink person={open.person} link={open.link} onClose={close} />}
    </AdminFrame>
  );
}
