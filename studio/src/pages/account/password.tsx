// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useAct } from '../../lib/load';
import { NewPassword } from '../../session/new_password';
import { enter, me } from '../../session/session';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { accountWords as words } from '../../words/account';

export function Password({ onChanged }: { onChanged: () => void }) {
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const { isBusy, problem, run } = useAct();
  const isWrong = problem?.kind === 'forbidden' || problem?.kind === 'signed_out';
  const change = async (event: Event) => {
    event.preventDefault();
    const login = await run(() => api.post('/password', { body: { old_password: old, password } }));
    if (login === null) return;
    await enter(login);
    setOld('');
    setPassword('');
    toast(words('passwordChanged'));
    onChanged();
  };
  return (
    <form class="panel stack" onSubmit={change}>
      <h2>{words('passwordTitle')}</h2>
      <p class="quiet small">{words('passwordText')}</p>
      {/* For password managers, which want to know whose it is. */}
      <input
        class="visually-hidden"
        type="text"
        autocomplete="username"
        value={me.value?.name ?? ''}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <TextField
        label={words('oldPassword')}
        type="password"
        autocomplete="current-password"
        value={old}
        onValue={setOld}
        required
        error={isWrong ? words('passwordWrong') : null}
      />
      <NewPassword value={password} onValue={setPassword} />
      {problem !== null && !isWrong && <ErrorView problem={problem} isSmall />}
      <div class="row">
        <Button type="submit" isBusy={isBusy}>
          {words('changePassword')}
        </Button>
      </div>
    </form>
  );
}
