// SPDX-License-Identifier: Apache-2.0
// A way in: the code, what it is good for, the terms, a name and a password.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { go, place } from '../../router/router';
import { NewPassword } from '../../session/new_password';
import { enter, who } from '../../session/session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { Waiting } from '../../ui/progress';
import { Prose } from '../../ui/prose';
import { accountWords as words } from '../../words/account';
import { partsWords } from '../../words/parts';
import './invite.css';

type Invitation = Schemas['InvitationCheck'];

function AskCode({
  given,
  onGood,
}: {
  given: string;
  onGood: (code: string, invitation: Invitation) => void;
}) {
  const [code, setCode] = useState(given);
  const { isBusy, problem, run } = useAct();
  const check = async (event?: Event) => {
    event?.preventDefault();
    const found = await run(() => api.post('/invitations/check', { body: { code: code.trim() } }));
    if (found !== null) onGood(code.trim(), found);
  };
  // A link brought the code: there is nothing to ask.
  useEffect(() => {
    if (given !== '') void check();
  }, []);
  const isBad = problem?.kind === 'missing' || problem?.kind === 'invalid' || problem?.kind === 'forbidden';
  return (
    <form class="panel stack" onSubmit={check}>
      <TextField
        label={words('inviteCode')}
        hint={words('inviteCodeHint')}
        value={code}
        onValue={setCode}
        required
        autofocus
        autocomplete="one-time-code"
        spellcheck={false}
        error={isBad ? words('inviteBad') : null}
      />
      {problem !== null && !isBad && <ErrorView problem={problem} isSmall />}
      <Button look="main" size="l" type="submit" isBusy={isBusy}>
        {words('inviteCheck')}
      </Button>
    </form>
  );
}

function Join({ code, invitation, onOther }: { code: string; invitation: Invitation; onOther: () => void }) {
  const terms = useLoad(() => api.get('/terms'));
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isAgreed, setAgreed] = useState(false);
  const [isPressed, setPressed] = useState(false);
  const { isBusy, problem, run } = useAct();
  if (terms.value === null)
    return terms.problem === null ? (
      <Waiting />
    ) : (
      <ErrorView problem={terms.problem} onRetry={terms.reload} />
    );
  const { version, text } = terms.value;
  const join = async (event: Event) => {
    event.preventDefault();
    setPressed(true);
    if (version > 0 && !isAgreed) return;
    const login = await run(() =>
      api.post('/invitations/accept', {
        body: { code, name: name.trim(), password, ...(version > 0 ? { terms_version: version } : {}) },
      }),
    );
    if (login === null) {
      terms.reload(); // they may have changed meanwhile
      return;
    }
    await enter(login);
    go('/', { replace: true });
  };
  return (
    <form class="panel stack" onSubmit={join}>
      <div class="row">
        <Badge look="accent" icon="person">
          {words('inviteAs', { role: partsWords(`role_${invitation.role}`) })}
        </Badge>
        <span class="small quiet">{words('inviteUntil', { time: formatDay(invitation.expires_at) })}</span>
      </div>
      <TextField
        label={words('name')}
        hint={words('nameHint')}
        value={name}
        onValue={setName}
        autocomplete="username"
        required
        maxLength={80}
        autofocus
      />
      <NewPassword label={words('password')} value={password} onValue={setPassword} />
      {version > 0 && (
        <div class="stack-s">
          <div class="invite-terms" tabIndex={0} role="region" aria-label={words('termsTitle')}>
            <Prose text={text} />
          </div>
          <label class="invite-agree">
            <input
              type="checkbox"
              checked={isAgreed}
              onChange={(event) => setAgreed(event.currentTarget.checked)}
              aria-describedby={isPressed && !isAgreed ? 'agree-first' : undefined}
            />
            <span>{words('agree')}</span>
          </label>
          {isPressed && !isAgreed && (
            <p id="agree-first" class="field-error" role="alert">
              {words('agreeFirst')}
            </p>
          )}
        </div>
      )}
      {problem !== null && <ErrorView problem={problem} isSmall />}
      <Button look="main" size="l" type="submit" isBusy={isBusy}>
        {words('join')}
      </Button>
      <Button look="quiet" size="s" onClick={onOther}>
        {words('otherCode')}
      </Button>
    </form>
  );
}

export default function InvitePage() {
  // Fragments stay in the browser's history: the code is taken over and wiped from the address.
  const [given, setGiven] = useState(place.value.hash);
  const [found, setFound] = useState<{ code: string; invitation: Invitation } | null>(null);
  useEffect(() => {
    if (place.value.hash !== '') go(place.value.path, { replace: true });
  }, []);
  const now = who.value;
  return (
    <div class="invite">
      <div class="invite-head">
        <h1>{words('inviteTitle')}</h1>
        <p class="quiet">{words('inviteLead')}</p>
        {now.state === 'signed_in' && (
          <p class="small">{words('inviteIn', { name: now.login.person.name })}</p>
        )}
      </div>
      {found === null ? (
        <AskCode given={given} onGood={(code, invitation) => setFound({ code, invitation })} />
      ) : (
        <Join
          code={found.code}
          invitation={found.invitation}
          onOther={() => {
            setGiven('');
            setFound(null);
          }}
        />
      )}
    </div>
  );
}
