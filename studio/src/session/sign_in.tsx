// SPDX-License-Identifier: Apache-2.0
// Name and password, or a code that sets the password first. A code in the fragment of the address
// (/signin#azp_...) is taken over and wiped from it: fragments stay in the browser's history.
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem';
import { go, place } from '../router/router';
import { Button } from '../ui/button';
import { ErrorView } from '../ui/error_view';
import { TextField } from '../ui/field';
import { sessionWords as words } from '../words/session';
import { NewPassword } from './new_password';
import { signIn, signInByCode } from './session';
import './sign_in.css';

const COMMAND = 'aozora admin password-link admin';

function useForm(send: () => Promise<{ ok: true } | { ok: false; problem: Problem }>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event?: Event) => {
    event?.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await send();
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  };
  return { problem, isBusy, submit };
}

function ByPassword() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { problem, isBusy, submit } = useForm(() => signIn(name.trim(), password));
  const isWrong = problem?.kind === 'signed_out' || problem?.kind === 'forbidden';
  return (
    <form class="stack" onSubmit={submit}>
      <TextField
        label={words('name')}
        value={name}
        onValue={setName}
        name="username"
        autocomplete="username"
        required
        autofocus
      />
      <TextField
        label={words('password')}
        value={password}
        onValue={setPassword}
        type="password"
        name="password"
        autocomplete="current-password"
        required
        error={isWrong ? words('wrong') : null}
      />
      {problem !== null && !isWrong && <ErrorView problem={problem} isSmall />}
      <Button look="main" size="l" type="submit" isBusy={isBusy}>
        {words('submit')}
      </Button>
    </form>
  );
}

function ByCode({ given }: { given: string }) {
  const [code, setCode] = useState(given);
  const [password, setPassword] = useState('');
  const { problem, isBusy, submit } = useForm(() => signInByCode(code.trim(), password));
  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{words('codeLead')}</p>
      {given === '' && (
        <div class="sign-in-own small">
          <strong>{words('codeOwnTitle')}</strong>
          <p>{words('codeOwnText')}</p>
          <code>{COMMAND}</code>
        </div>
      )}
      <TextField
        label={words('code')}
        hint={words('codeHint')}
        value={code}
        onValue={setCode}
        autocomplete="one-time-code"
        spellcheck={false}
        required
        autofocus={given === ''}
      />
      <NewPassword value={password} onValue={setPassword} autofocus={given !== ''} />
      {problem !== null && <ErrorView problem={problem} isSmall />}
      <Button look="main" size="l" type="submit" isBusy={isBusy}>
        {words('codeSubmit')}
      </Button>
    </form>
  );
}

export function SignIn({ lead, isInside = false }: { lead?: string; isInside?: boolean }) {
  const { hash, path } = place.value;
  const [given] = useState(hash.startsWith('azp_') ? hash : '');
  const [byCode, setByCode] = useState(given !== '');
  useEffect(() => {
    if (given !== '') go(path, { replace: true });
  }, []);
  return (
    <div class={isInside ? 'sign-in' : 'sign-in sign-in-page'}>
      {!isInside && <h1>{words('title')}</h1>}
      <p class="quiet">{lead ?? words(byCode ? 'codeTitle' : 'lead')}</p>
      <div class={isInside ? '' : 'panel'}>{byCode ? <ByCode given={given} /> : <ByPassword />}</div>
      <div class="row">
        <Button look="quiet" size="s" onClick={() => setByCode(!byCode)}>
          {byCode ? words('havePassword') : words('haveCode')}
        </Button>
        {!isInside && (
          <a class="small" href="/invite">
            {words('invited')}
          </a>
        )}
      </div>
    </div>
  );
}
