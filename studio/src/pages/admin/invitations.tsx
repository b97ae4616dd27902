// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Role, Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { Badge, type BadgeLook } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { adminWords } from '../../words/admin';
import { partsWords } from '../../words/parts';
import { peopleWords as words } from '../../words/people';
import { shellWords } from '../../words/shell';
import { RoleSelect, Secret } from './people_dialogs';
import '../../ui/table.css';

type Invitation = Schemas['Invitation'];
const LOOKS: Record<Invitation['state'], BadgeLook> = {
  open: 'accent',
  accepted: 'good',
  revoked: 'plain',
  expired: 'plain',
};

function Invite({ onClose, onMade }: { onClose: () => void; onMade: (invitation: Invitation) => void }) {
  const [role, setRole] = useState<Role>('artist');
  const [note, setNote] = useState('');
  const [days, setDays] = useState('14');
  const { isBusy, problem, run } = useAct();
  const make = async (event?: Event) => {
    event?.preventDefault();
    const body = {
      role,
      expires_in_days: Number(days),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    };
    const made = await run(() => api.post('/admin/invitations', { body }));
    if (made !== null) onMade(made);
  };
  return (
    <Dialog
      title={words('invite')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={!(Number(days) >= 1)} onClick={() => void make()}>
            {words('inviteMake')}
          </Button>
        </>
      }
    >
      <form class="stack" onSubmit={make}>
        <RoleSelect value={role} onValue={setRole} />
        <TextField
          label={words('inviteNote')}
          hint={words('inviteNoteHint')}
          value={note}
          onValue={setNote}
          maxLength={500}
        />
        <TextField
          label={words('inviteDays')}
          type="number"
          min={1}
          max={90}
          value={days}
          onValue={setDays}
        />
        {problem !== null && <ErrorView problem={problem} isSmall />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

export function Invitations() {
  const load = useLoad(() => api.get('/admin/invitations'));
  const [isInviting, setInviting] = useState(false);
  const [made, setMade] = useState<Invitation | null>(null);
  const { isBusy, run } = useAct();
  const list = load.value?.data ?? [];
  const revoke = async (id: string) => {
    const done = await run(
      () => api.delete('/admin/invitations/{invitation_id}', { path: { invitation_id: id } }),
      { toast: true },
    );
    if (done !== null) toast(words('inviteRevoked'));
    load.reload();
  };
  return (
    <section class="stack-s">
      <div class="admin-head">
        <h2>{words('invitations')}</h2>
        <Button look="main" icon="plus" onClick={() => setInviting(true)}>
          {words('invite')}
        </Button>
      </div>
      {load.problem !== null && <ErrorView problem={load.problem} onRetry={load.reload} isSmall />}
      {load.value !== null && list.length === 0 && <p class="quiet">{words('invitationsNone')}</p>}
      {list.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={words('invitations')}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{words('inviteNote')}</th>
                <th scope="col">{words('role')}</th>
                <th scope="col">{adminWords('state')}</th>
                <th scope="col">{adminWords('until')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <tr key={one.id}>
                  <td>
                    {one.note ?? '–'}
                    {one.person !== null && (
                      <span class="quiet"> · {words('invitedBy', { name: one.person.name })}</span>
                    )}
                  </td>
                  <td>{partsWords(`role_${one.role}`)}</td>
                  <td>
                    <Badge look={LOOKS[one.state]}>{words(`invitation_${one.state}`)}</Badge>
                  </td>
                  <td class="nowrap">{formatDay(one.expires_at)}</td>
                  <td class="end">
                    {one.state === 'open' && (
                      <Button size="s" isBusy={isBusy} onClick={() => revoke(one.id)}>
                        {words('inviteRevoke')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isInviting && (
        <Invite
          onClose={() => setInviting(false)}
          onMade={(invitation) => {
            setInviting(false);
            setMade(invitation);
            load.reload();
          }}
        />
      )}
      {made?.code !== undefined && (
        <Secret
          title={words('invitations')}
          text={words('inviteReady')}
          label={words('inviteLink')}
          secret={`${location.origin}/invite#${made.code}`}
          onClose={() => setMade(null)}
        />
      )}
    </section>
  );
}
