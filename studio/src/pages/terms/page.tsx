// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import { useAct, useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { go } from '../../router/router';
import { isIn, loadSession, needsTerms } from '../../session/session';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Icon } from '../../ui/icon';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { Prose } from '../../ui/prose';
import { toast } from '../../ui/toast';
import { accountWords as words } from '../../words/account';
import './terms.css';

export default function TermsPage() {
  const terms = useLoad(() => api.get('/terms'));
  const { isBusy, problem, run } = useAct();
  if (terms.value === null)
    return terms.problem === null ? (
      <Waiting />
    ) : (
      <ErrorView problem={terms.problem} onRetry={terms.reload} />
    );
  const { version, text, created_at } = terms.value;
  if (version === 0) return <Empty icon="check" title={words('termsNone')} text={words('termsNoneText')} />;
  const accept = async () => {
    if ((await run(() => api.post('/terms/accept', { body: { version } }))) === null) {
      terms.reload();
      return;
    }
    await loadSession();
    toast(words('termsThanks'));
    go('/');
  };
  return (
    <div class="terms stack">
      <PageHead
        title={words('termsTitle')}
        lead={words('termsVersion', { n: version, time: formatDay(created_at ?? 0) })}
      />
      <div class="panel">
        <Prose text={text} />
      </div>
      {needsTerms.value && (
        <div class="terms-foot">
          {problem !== null && <ErrorView problem={problem} isSmall />}
          <Button look="main" size="l" isBusy={isBusy} onClick={accept}>
            {words('termsAccept')}
          </Button>
          <p class="small quiet">{words('termsLater')}</p>
        </div>
      )}
      {isIn.value && !needsTerms.value && (
        <p class="row quiet small">
          <Icon name="check" size={18} />
          {words('termsAccepted')}
        </p>
      )}
    </div>
  );
}
