// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import { saveText } from '../../lib/copy';
import { useAct, useLoad } from '../../lib/load';
import { formatDay, formatNumber } from '../../lib/words';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { programmeWords as words } from '../../words/programme';
import '../../ui/table.css';
import './credits.css';

const KINDS = ['feedback', 'finding', 'review', 'experiment'] as const;

export default function CreditsPage() {
  const load = useLoad(() => api.get('/credits'));
  const { isBusy, run } = useAct();
  if (load.value === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  const { data, totals, total } = load.value;
  if (data.length === 0)
    return <Empty icon="sun" title={words('creditsEmpty')} text={words('creditsEmptyText')} />;
  const take = async () => {
    const signed = await run(() => api.get('/credits/export'), { toast: true });
    if (signed !== null) saveText(JSON.stringify(signed, null, 2), 'aozora-credits.json');
  };
  return (
    <div class="stack credits">
      <PageHead title={words('creditsTitle')} lead={words('creditsLead')}>
        <Button icon="download" isBusy={isBusy} title={words('creditsTakeText')} onClick={take}>
          {words('creditsTake')}
        </Button>
      </PageHead>
      <dl class="credit-totals">
        <div class="credit-total">
          <dt>{words('creditsTotal')}</dt>
          <dd class="numbers">{formatNumber(total)}</dd>
        </div>
        {KINDS.map((kind) => (
          <div key={kind}>
            <dt>{words(`credit_${kind}`)}</dt>
            <dd class="numbers">{formatNumber(totals[kind])}</dd>
          </div>
        ))}
      </dl>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={words('creditsTitle')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words('when')}</th>
              <th scope="col">{words('what')}</th>
              <th scope="col" class="end">
                {words('counts')}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...data].reverse().map((credit) => (
              <tr key={credit.id}>
                <td class="nowrap">{formatDay(credit.created_at)}</td>
                <td>
                  {words(`credit_${credit.kind}`)}
                  {credit.note !== null && <span class="quiet"> · {credit.note}</span>}
                </td>
                <td class="end numbers">{formatNumber(credit.amount, { signDisplay: 'exceptZero' })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
