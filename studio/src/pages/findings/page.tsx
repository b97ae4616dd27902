// SPDX-License-Identifier: Apache-2.0
// What testers found: one's own; for admins all, to be judged.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { go, place } from '../../router/router';
import { may } from '../../session/session';
import { Badge, type BadgeLook } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { programmeWords as words } from '../../words/programme';
import { FileFinding } from './file';
import { Judge } from './judge';
import './findings.css';

type Finding = Schemas['Finding'];
const SEVERITY: Record<Finding['severity'], BadgeLook> = {
  low: 'plain',
  medium: 'warn',
  high: 'bad',
  critical: 'bad',
};
const STATE: Record<Finding['state'], BadgeLook> = {
  open: 'accent',
  confirmed: 'warn',
  fixed: 'good',
  rejected: 'plain',
};

function Row({ finding, onJudge }: { finding: Finding; onJudge: (() => void) | null }) {
  const now = useClock();
  return (
    <li class="panel finding">
      <div class="row">
        <Badge look={STATE[finding.state]}>{words(`finding_${finding.state}`)}</Badge>
        <Badge look={SEVERITY[finding.severity]}>{words(`severity_${finding.severity}`)}</Badge>
        <span class="small quiet">
          {onJudge !== null && finding.person !== null && `${finding.person.name} · `}
          {formatAgo(finding.created_at, now)}
        </span>
      </div>
      <h2>{finding.title}</h2>
      <p class="finding-text">{finding.text}</p>
      {finding.prompt !== null && <p class="finding-prompt small">{finding.prompt}</p>}
      {finding.note !== null && <p class="small quiet">{words('answer', { text: finding.note })}</p>}
      <div class="row">
        {finding.clip_id !== null && (
          <a class="small" href={`/clips/${finding.clip_id}`}>
            {words('openClip')}
          </a>
        )}
        {onJudge !== null && (
          <Button size="s" onClick={onJudge}>
            {words('judge')}
          </Button>
        )}
      </div>
    </li>
  );
}

export default function FindingsPage() {
  const load = useLoad(() => api.get('/findings'));
  const clipId = place.value.query.get('clip');
  const [isFiling, setFiling] = useState(clipId !== null);
  const [judged, setJudged] = useState<Finding | null>(null);
  if (load.value === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  const findings = load.value.data;
  const file = may('find') ? (
    <Button look="main" icon="plus" onClick={() => setFiling(true)}>
      {words('fileFinding')}
    </Button>
  ) : null;
  const close = () => {
    setFiling(false);
    go('/findings', { replace: true });
  };
  return (
    <div class="stack findings">
      {findings.length === 0 ? (
        <Empty icon="search" title={words('findingsEmpty')} text={words('findingsEmptyText')}>
          {file}
        </Empty>
      ) : (
        <>
          <PageHead title={words('findingsTitle')} lead={words('findingsLead')}>
            {file}
          </PageHead>
          <ul class="stack">
            {findings.map((finding) => (
              <Row
                key={finding.id}
                finding={finding}
                onJudge={may('admin') ? () => setJudged(finding) : null}
              />
            ))}
          </ul>
        </>
      )}
      {isFiling && (
        <FileFinding
          clipId={clipId}
          onClose={close}
          onFiled={() => {
            close();
            load.reload();
          }}
        />
      )}
      {judged !== null && (
        <Judge
          finding={judged}
          onClose={() => setJudged(null)}
          onDone={() => {
            setJudged(null);
            load.reload();
          }}
        />
      )}
    </div>
  );
}
