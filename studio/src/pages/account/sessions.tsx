// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { good } from '../../lib/result';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { toast } from '../../ui/toast';
import { accountWords as words } from '../../words/account';
import { agentOf } from './agent';

type Session = Schemas['Session'];

function placeName(session: Session): string {
  const { browser, system } = agentOf(session.user_agent);
  if (browser !== null && system !== null) return words('sessionOn', { browser, system });
  return browser ?? system ?? words('sessionUnknown');
}

export function Sessions() {
  const now = useClock();
  const sessions = useLoad(() => api.get('/sessions'));
  const { isBusy, run } = useAct();
  const list = sessions.value?.data ?? [];
  const others = list.filter((session) => !session.current);
  const end = async (which: readonly Session[]) => {
    const done = await run(
      async () => {
        for (const { id } of which) {
          const answer = await api.delete('/sessions/{session_id}', { path: { session_id: id } });
          // Ended by itself meanwhile: as good.
          if (!answer.ok && answer.problem.kind !== 'missing') return answer;
        }
        return good(true);
      },
      { toast: true },
    );
    if (done !== null) toast(words('sessionEnded'));
    sessions.reload();
  };
  return (
    <section class="panel stack">
      <h2>{words('sessions')}</h2>
      {sessions.problem !== null && (
        <ErrorView problem={sessions.problem} onRetry={sessions.reload} isSmall />
      )}
      <ul>
        {list.map((session) => (
          <li key={session.id} class="account-line">
            <div class="grow">
              <strong>{placeName(session)}</strong>
              <p class="small quiet">
                {words('sessionFrom', { address: session.address })} ·{' '}
                {words('sessionSeen', { time: formatAgo(session.last_used_at, now) })}
              </p>
            </div>
            {session.current ? (
              <Badge look="good">{words('sessionHere')}</Badge>
            ) : (
              <Button size="s" isBusy={isBusy} onClick={() => end([session])}>
                {words('sessionEnd')}
                <span class="visually-hidden">: {placeName(session)}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <div class="row">
          <Button size="s" look="danger" isBusy={isBusy} onClick={() => end(others)}>
            {words('sessionEndAll')}
          </Button>
        </div>
      )}
    </section>
  );
}
