// SPDX-License-Identifier: Apache-2.0
// What is done to one person.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Person, Role, Schemas } from '../../api/types';
import { useAct } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy_line';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Select, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { partsWords } from '../../words/parts';
import { peopleWords as words } from '../../words/people';
import { shellWords } from '../../words/shell';

const ROLES: readonly Role[] = ['artist', 'partner', 'red_team', 'reviewer', 'admin'];
const DAY_S = 86_400;

export function RoleSelect({ value, onValue }: { value: Role; onValue: (role: Role) => void }) {
  return (
    <Select
      label={words('role')}
      value={value}
      onValue={onValue}
      choices={ROLES.map((role) => ({ value: role, label: partsWords(`role_${role}`) }))}
    />
  );
}

interface Props {
  person: Person;
  onClose: () => void;
  onDone: () => void;
}

export function ChangeRole({ person, onClose, onDone }: Props) {
  const [role, setRole] = useState<Role>(person.role);
  const { isBusy, problem, run } = useAct();
  const save = async () => {
    if (
      (await run(() =>
        api.post('/admin/people/{person_id}/role', { path: { person_id: person.id }, body: { role } }),
      )) === null
    )
      return;
    toast(words('roleChanged'));
    onDone();
  };
  return (
    <Dialog
      title={`${person.name}: ${words('changeRole')}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={role === person.role} onClick={save}>
            {words('changeRole')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p class="quiet">{words('changeRoleText')}</p>
        <RoleSelect value={role} onValue={setRole} />
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}

export function GiveGrant({ person, onClose, onDone }: Props) {
  const [seconds, setSeconds] = useState('600');
  const [days, setDays] = useState('7');
  const [note, setNote] = useState('');
  const { isBusy, problem, run } = useAct();
  const isReady = Number(seconds) >= 1 && Number(days) >= 1;
  const give = async () => {
    const ends_at = Math.floor(Date.now() / 1000 + Number(days) * DAY_S);
    const body: Schemas['GrantRequest'] = {
      person_id: person.id,
      seconds_per_day: Number(seconds),
      ends_at,
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    };
    if ((await run(() => api.post('/admin/grants', { body }))) === null) return;
    toast(words('granted'));
    onDone();
  };
  return (
    <Dialog
      title={`${person.name}: ${words('grant')}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={!isReady} onClick={give}>
            {words('grant')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <TextField
          label={words('grantSeconds')}
          type="number"
          min={1}
          max={1000000}
          value={seconds}
          onValue={setSeconds}
        />
        <TextField
          label={words('grantDays')}
          type="number"
          min={1}
          max={3650}
          value={days}
          onValue={setDays}
        />
        <TextField label={words('grantNote')} value={note} onValue={setNote} maxLength={500} />
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}

// What is shown once: a link or a key.
export function Secret({
  title,
  text,
  label,
  secret,
  onClose,
}: {
  title: string;
  text: string;
  label: string;
  secret: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {words('done')}
        </Button>
      }
    >
      <div class="stack">
        <p>{text}</p>
        <CopyLine text={secret} label={label} />
      </div>
    </Dialog>
  );
}

export function PasswordLink({
  person,
  link,
  onClose,
}: {
  person: Person;
  link: Schemas['PasswordLink'];
  onClose: () => void;
}) {
  return (
    <Secret
      title={words('passwordLink')}
      label={words('passwordLink')}
      secret={`${location.origin}/signin#${link.code}`}
      onClose={onClose}
      text={words('passwordLinkText', { name: person.name, time: formatDay(link.expires_at) })}
    />
  );
}
