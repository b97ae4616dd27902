// SPDX-License-Identifier: Apache-2.0
// The rules in force, and a place to try a sentence against them.
import { useState } from 'preact/hooks';
import { json } from '../../api/client';
import type { Role } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { Badge, type BadgeLook } from '../../ui/badge';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { TextArea } from '../../ui/field';
import { rulesWords as words } from '../../words/rules';
import { AdminFrame, NotThere } from './frame';
import { RoleSelect } from './people_dialogs';
import type { Policy, PolicyAction, PolicyDecision } from './types';

const LOOKS: Record<PolicyAction, BadgeLook> = { allow: 'good', review: 'warn', block: 'bad' };

function Decision({ decision }: { decision: PolicyDecision }) {
  const { hit } = decision;
  return (
    <div class="stack-s" role="status">
      <div class="row">
        <Badge look={LOOKS[decision.verdict]}>{words(`verdict_${decision.verdict}`)}</Badge>
      </div>
      {hit !== null && (
        <p>
          {words('tryHit', {
            text: hit.text,
            category: hit.category,
            severity: hit.severity ?? '–',
            rule: hit.rule,
          })}
        </p>
      )}
      {decision.action !== decision.verdict && <p class="small quiet">{words('tryDry')}</p>}
    </div>
  );
}

function Try() {
  const [text, setText] = useState('');
  const [role, setRole] = useState<Role>('artist');
  const [decision, setDecision] = useState<PolicyDecision | null>(null);
  const { isBusy, problem, run } = useAct();
  const check = async (event?: Event) => {
    event?.preventDefault();
    setDecision(
      await run(() => json<PolicyDecision>('post', '/admin/policy/check', { body: { text, role } })),
    );
  };
  return (
    <form class="panel stack" onSubmit={check}>
      <h2>{words('tryTitle')}</h2>
      <TextArea label={words('tryText')} value={text} onValue={setText} rows={2} required />
      <div class="admin-form">
        <RoleSelect value={role} onValue={setRole} />
        <Button look="main" type="submit" isBusy={isBusy} disabled={text.trim() === ''}>
          {words('try')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall />}
      {decision !== null && <Decision decision={decision} />}
    </form>
  );
}

export default function PolicyPage() {
  const load = useLoad(() => json<Policy>('get', '/admin/policy'));
  const policy = load.value;
  return (
    <AdminFrame title={words('policyTitle')} lead={words('policyLead')}>
      {policy === null ? (
        <NotThere problem={load.problem} onRetry={load.reload} />
      ) : (
        <>
          <div class="row">
            <Badge look={policy.dry_run ? 'warn' : 'good'}>
              {words(policy.dry_run ? 'policyDry' : 'policyLive')}
            </Badge>
            <span class="small quiet">{words('policyVersion', { version: policy.version })}</span>
          </div>
          {policy.error !== null && (
            <p class="calm calm-not">{words('policyError', { error: policy.error })}</p>
          )}
          <Try />
          <section class="stack-s">
            <h2>{words('policySource')}</h2>
            <pre class="source" tabIndex={0} role="region" aria-label={words('policySource')}>
              {policy.source}
            </pre>
          </section>
        </>
      )}
    </AdminFrame>
  );
}
