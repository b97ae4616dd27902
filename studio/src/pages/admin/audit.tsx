// SPDX-License-Identifier: Apache-2.0
// The log, the newest first, and whether it holds.
import { useState } from 'preact/hooks';
import { json } from '../../api/client';
import { useAct } from '../../lib/load';
import { type Page, usePages } from '../../lib/pages';
import { formatDay } from '../../lib/words';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Icon } from '../../ui/icon';
import { rulesWords as words } from '../../words/rules';
import { AdminFrame, NotThere } from './frame';
import { type People, usePeople } from './people_list';
import type { AuditEntry, AuditVerification } from './types';
import '../../ui/table.css';

const PAGE = 50;
const read = (after?: string) =>
  json<Page<AuditEntry>>('get', '/admin/audit', { query: { limit: PAGE, after } });

function Verified({ found }: { found: AuditVerification }) {
  return (
    <div class={found.ok ? 'calm' : 'calm calm-not'} role="status">
      <Icon name={found.ok ? 'check' : 'alert'} size={22} />
      <div class="grow">
        <strong>{found.ok ? words('auditGood', { n: found.entries ?? 0 }) : words('auditBad')}</strong>
        {found.ok && (
          <p class="small quiet">
            {words('auditCopies', { n: found.checkpoints ?? 0, copied: found.copied ?? 0 })}
          </p>
        )}
        {found.problem !== null && <p>{found.problem}</p>}
      </div>
    </div>
  );
}

// The log holds ids alone, so that it can stay when a person goes.
function Table({ entries, people }: { entries: readonly AuditEntry[]; people: People }) {
  const nameOf = (id: string) => people.list.find((person) => person.id === id)?.name ?? id;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={words('auditTitle')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words('auditWhen')}</th>
            <th scope="col">{words('auditWho')}</th>
            <th scope="col">{words('auditWhat')}</th>
            <th scope="col">{words('auditSubject')}</th>
            <th scope="col">{words('auditDetail')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td class="nowrap">{formatDay(entry.at)}</td>
              <td>{nameOf(entry.who)}</td>
              <td class="mono">{entry.what}</td>
              <td class="audit-text">{nameOf(entry.subject)}</td>
              <td class="audit-text quiet">{entry.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export default function AuditPage() {
  const people = usePeople();
  const { first, items, isBusy, more } = usePages(read);
  const [found, setFound] = useState<AuditVerification | null>(null);
  const verify = useAct();
  const onVerify = async () =>
    setFound(await verify.run(() => json<AuditVerification>('post', '/admin/audit/verify'), { toast: true }));
  const button =
    first.value === null
      ? {}
      : {
          actions: (
            <Button icon="shield" isBusy={verify.isBusy} onClick={onVerify}>
              {words('auditVerify')}
            </Button>
          ),
        };
  return (
    <AdminFrame title={words('auditTitle')} lead={words('auditLead')} {...button}>
      {found !== null && <Verified found={found} />}
      {first.value === null ? (
        <NotThere problem={first.problem} onRetry={first.reload} />
      ) : items.length === 0 ? (
        <Empty title={words('auditEmpty')} />
      ) : (
        <Table entries={items} people={people} />
      )}
      {more !== null && (
        <div class="row">
          <Button isBusy={isBusy} onClick={more}>
            {words('auditMore')}
          </Button>
        </div>
      )}
    </AdminFrame>
  );
}
