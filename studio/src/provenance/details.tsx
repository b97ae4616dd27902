// SPDX-License-Identifier: Apache-2.0
import { Facts } from '../ui/facts';
import { provenanceWords as words } from '../words/provenance';
import { settingsOf, type Verification } from './verdict';

export function Details({ found, facts }: { found: Verification; facts: readonly [string, string][] }) {
  const settings = settingsOf(found);
  const { failures } = found.manifest;
  return (
    <details class="found-details">
      <summary>{words('details')}</summary>
      <div class="stack">
        <Facts facts={facts} />
        {settings.length > 0 && (
          <div class="stack-s">
            <h3>{words('model')}</h3>
            <Facts facts={settings} />
          </div>
        )}
        {failures.length > 0 && (
          <div class="stack-s">
            <h3>{words('checks')}</h3>
            <ul class="small">
              {failures.map((check, i) => (
                <li key={i}>
                  <code>{check.code}</code> {check.explanation}
                </li>
              ))}
            </ul>
          </div>
        )}
        <details>
          <summary class="small">{words('raw')}</summary>
          <pre class="found-raw" tabIndex={0} aria-label={words('raw')}>
            {JSON.stringify(found, null, 2)}
          </pre>
        </details>
      </div>
    </details>
  );
}
