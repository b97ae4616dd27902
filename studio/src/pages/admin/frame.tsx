// SPDX-License-Identifier: Apache-2.0
// What all admin pages stand in: their list at the side, and who may see them.
import type { ComponentChildren } from 'preact';
import type { Problem } from '../../api/problem';
import { place } from '../../router/router';
import { may } from '../../session/session';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Waiting } from '../../ui/progress';
import { adminWords as words } from '../../words/admin';
import { shellWords } from '../../words/shell';
import { useTitle } from '../../lib/title';
import './admin.css';

const SECTIONS = [
  'overview',
  'stops',
  'people',
  'keys',
  'models',
  'reviews',
  'findings',
  'credits',
  'policy',
  'terms',
  'audit',
] as const;
type Section = (typeof SECTIONS)[number];

function hrefOf(section: Section): string {
  if (section === 'overview') return '/admin';
  return section === 'findings' ? '/findings' : `/admin/${section}`;
}

export function AdminFrame({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  useTitle(title);
  if (!may('admin'))
    return <Empty icon="shield" title={shellWords('forbiddenTitle')} text={shellWords('forbiddenText')} />;
  return (
    <div class="admin">
      <nav class="admin-nav" aria-label={words('sections')}>
        <ul>
          {SECTIONS.map((section) => (
            <li key={section}>
              <a
                class={section === 'stops' ? 'admin-stop' : ''}
                href={hrefOf(section)}
                aria-current={place.value.path === hrefOf(section) ? 'page' : undefined}
              >
                {words(section)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="stack admin-page">
        <header class="admin-head">
          <div class="stack-s grow">
            <h1>{title}</h1>
            {lead !== undefined && <p class="quiet">{lead}</p>}
          </div>
          {actions !== undefined && <div class="row">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

// For a part whose route the server may not have yet.
export function NotThere({ problem, onRetry }: { problem: Problem | null; onRetry: () => void }) {
  if (problem === null) return <Waiting />;
  if (problem.kind === 'missing') return <Empty title={words('notYet')} text={words('notYetText')} />;
  return <ErrorView problem={problem} onRetry={onRetry} />;
}
