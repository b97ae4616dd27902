// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useAct, useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { loadSession } from '../../session/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextArea } from '../../ui/field';
import { Prose } from '../../ui/prose';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { rulesWords as words } from '../../words/rules';
import { shellWords } from '../../words/shell';
import { AdminFrame } from './frame';

export default function AdminTermsPage() {
  const terms = useLoad(() => api.get('/terms'));
  const [text, setText] = useState('');
  const [isSure, setSure] = useState(false);
  const { isBusy, problem, run } = useAct();
  useEffect(() => {
    if (terms.value !== null) setText(terms.value.text);
  }, [terms.value]);
  if (terms.value === null) {
    return (
      <AdminFrame title={words('termsTitle')}>
        {terms.problem === null ? <Waiting /> : <ErrorView problem={terms.problem} onRetry={terms.reload} />}
      </AdminFrame>
    );
  }
  const { version, created_at } = terms.value;
  const next = version + 1;
  const isNew = text.trim() !== '' && text !== terms.value.text;
  const publish = async () => {
    const published = await run(() => api.post('/admin/terms', { body: { text } }));
    if (published === null) return;
    setSure(false);
    terms.set(published);
    toast(words('termsPublished'));
    void loadSession();
  };
  const lead =
    version === 0 ? words('termsNone') : words('termsNow', { n: version, time: formatDay(created_at ?? 0) });
  return (
    <AdminFrame title={words('termsTitle')} lead={`${lead} ${words('termsLead')}`}>
      <div class="terms-edit">
        <TextArea
          label={words('termsText')}
          hint={words('termsHint')}
          value={text}
          onValue={setText}
          rows={22}
          maxLength={200000}
        />
        <section class="stack-s">
          <h2 class="small quiet">{words('termsPreview')}</h2>
          <div class="panel">
            <Prose text={text} />
          </div>
        </section>
      </div>
      <div class="row">
        <Button look="main" disabled={!isNew} onClick={() => setSure(true)}>
          {words('termsPublish', { n: next })}
        </Button>
      </div>
      {isSure && (
        <Dialog
          title={words('termsPublish', { n: next })}
          onClose={() => setSure(false)}
          actions={
            <>
              <Button onClick={() => setSure(false)}>{shellWords('cancel')}</Button>
              <Button look="main" isBusy={isBusy} onClick={publish}>
                {words('termsPublish', { n: next })}
              </Button>
            </>
          }
        >
          <div class="stack">
            <p>{words('termsPublishText')}</p>
            {problem !== null && <ErrorView problem={problem} isSmall />}
          </div>
        </Dialog>
      )}
    </AdminFrame>
  );
}
