// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import type { Person, Schemas } from '../../api/types';
import { useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { ErrorView } from '../../ui/error_view';
import { Progress } from '../../ui/progress';
import { accountWords as words } from '../../words/account';

// What an installation without a limit of its own says.
const NO_LIMIT = 1_000_000;

function GrantLine({ grant, nowSeconds }: { grant: Schemas['Grant']; nowSeconds: number }) {
  const isOver = grant.revoked_at !== null || grant.ends_at <= nowSeconds;
  const when = isOver
    ? words('grantOver')
    : grant.starts_at > nowSeconds
      ? words('grantFrom', { time: formatDay(grant.starts_at) })
      : words('grantUntil', { time: formatDay(grant.ends_at) });
  return (
    <li class="account-line">
      <div class="stack-s grow">
        <strong>{words('grantLine', { n: grant.seconds_per_day })}</strong>
        {grant.note !== null && <span class="small quiet">{grant.note}</span>}
      </div>
      <span class="small quiet">{when}</span>
    </li>
  );
}

export function Quota({ person }: { person: Person }) {
  const grants = useLoad(() => api.get('/grants'));
  const all = person.seconds_per_day ?? NO_LIMIT;
  const used = person.seconds_today ?? 0;
  const left = Math.max(0, all - used);
  const nowSeconds = Date.now() / 1000;
  return (
    <section class="panel stack">
      <h2>{words('today')}</h2>
      {all >= NO_LIMIT ? (
        <p>{words('todayOpen')}</p>
      ) : (
        <>
          <p class="numbers">{words('todayLeft', { left, all })}</p>
          <Progress percent={all === 0 ? 0 : (left / all) * 100} label={words('todayLeft', { left, all })} />
          <p class="small quiet">{words('todayText')}</p>
        </>
      )}
      <h3>{words('grants')}</h3>
      {grants.problem !== null && <ErrorView problem={grants.problem} onRetry={grants.reload} isSmall />}
      {grants.value?.data.length === 0 && <p class="small quiet">{words('grantsNone')}</p>}
      <ul>
        {grants.value?.data.map((grant) => (
          <GrantLine key={grant.id} grant={grant} nowSeconds={nowSeconds} />
        ))}
      </ul>
    </section>
  );
}
