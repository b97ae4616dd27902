// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Person } from '../../api/types';
import { saveText } from '../../lib/copy';
import { useAct } from '../../lib/load';
import { go } from '../../router/router';
import { me, who } from '../../session/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { accountWords as words } from '../../words/account';
import { shellWords } from '../../words/shell';

function Delete({ person, onClose }: { person: Person; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const { isBusy, problem, run } = useAct();
  const remove = async () => {
    const gone = await run(() => api.post('/me/delete', { body: { name: typed } }));
    if (gone === null) return;
    me.value = null;
    who.value = { state: 'signed_out', ended: false };
    go('/signin');
    toast(words('deleted'));
  };
  return (
    <Dialog
      title={words('delete')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="danger" isBusy={isBusy} disabled={typed !== person.name} onClick={remove}>
            {words('deleteNow')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>{words('deleteText')}</p>
        <TextField
          label={words('deleteTyped', { name: person.name })}
          value={typed}
          onValue={setTyped}
          autocomplete="off"
          spellcheck={false}
        />
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}

export function OwnData({ person }: { person: Person }) {
  const [isDeleting, setDeleting] = useState(false);
  const { isBusy, run } = useAct();
  const take = async () => {
    const all = await run(() => api.get('/me/export'), { toast: true });
    if (all !== null) saveText(JSON.stringify(all, null, 2), `aozora-${person.name}.json`);
  };
  return (
    <section class="panel stack">
      <h2>{words('data')}</h2>
      <p class="quiet">{words('dataText')}</p>
      <div class="row">
        <Button icon="download" isBusy={isBusy} onClick={take}>
          {words('dataTake')}
        </Button>
        <Button look="danger" icon="trash" onClick={() => setDeleting(true)}>
          {words('delete')}
        </Button>
      </div>
      {isDeleting && <Delete person={person} onClose={() => setDeleting(false)} />}
    </section>
  );
}
