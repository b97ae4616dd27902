// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { formatDay } from '../../lib/words';
import { loadMe, me, who } from '../../session/session';
import { Empty } from '../../ui/empty';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { accountWords as words } from '../../words/account';
import { partsWords } from '../../words/parts';
import { OwnData } from './own_data';
import { Password } from './password';
import { Quota } from './quota';
import { Sessions } from './sessions';
import './account.css';

export default function AccountPage() {
  const [changes, setChanges] = useState(0);
  useEffect(() => void loadMe(), []);
  const person = me.value;
  if (person === null) return <Waiting />;
  if (who.value.state === 'open') {
    return (
      <div class="account">
        <Empty icon="sun" title={words('localTitle')} text={words('localText')} />
        <Quota person={person} />
      </div>
    );
  }
  return (
    <div class="account stack">
      <PageHead
        title={person.name}
        lead={words('accountLead', {
          role: partsWords(`role_${person.role}`),
          time: formatDay(person.created_at),
        })}
      />
      <Quota person={person} />
      <Sessions key={changes} />
      <Password onChanged={() => setChanges(changes + 1)} />
      <OwnData person={person} />
    </div>
  );
}
