// SPDX-License-Identifier: Apache-2.0
import { api } from '../../api/client';
import type { Model } from '../../api/types';
import { useLoad } from '../../lib/load';
import { Badge } from '../../ui/badge';
import { LinkButton } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Waiting } from '../../ui/progress';
import { rulesWords as words } from '../../words/rules';
import { AdminFrame } from './frame';

const KNOWN = ['text', 'image', 'remix', 'extension', 'loop', 'blend', 'edit', 'characters'] as const;

function One({ model }: { model: Model }) {
  const { engine, sizes, seconds_max, can } = model.aozora ?? {};
  return (
    <li class="panel stack-s">
      <div class="admin-head">
        <div class="row grow">
          <h2>{model.id}</h2>
          {engine !== undefined && engine !== model.id && (
            <span class="small quiet">{words('modelIs', { engine })}</span>
          )}
        </div>
        <LinkButton
          size="s"
          look="danger"
          icon="pause"
          href={`/admin/stops?scope=model&subject=${encodeURIComponent(model.id)}`}
        >
          {words('modelStop')}
        </LinkButton>
      </div>
      <div class="row">
        {seconds_max !== undefined && (
          <Badge look="accent">{words('modelSeconds', { n: seconds_max })}</Badge>
        )}
        {KNOWN.filter((one) => can?.includes(one)).map((one) => (
          <Badge key={one}>{words(`can_${one}`)}</Badge>
        ))}
      </div>
      {sizes !== undefined && sizes.length > 0 && (
        <p class="small quiet numbers">
          {words('modelSizes')}: {sizes.join(', ')}
        </p>
      )}
    </li>
  );
}

export default function ModelsPage() {
  const load = useLoad(() => api.get('/models'));
  return (
    <AdminFrame title={words('modelsTitle')} lead={words('modelsLead')}>
      {load.value === null &&
        (load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />)}
      <ul class="stack">
        {load.value?.data.map((model) => (
          <One key={model.id} model={model} />
        ))}
      </ul>
    </AdminFrame>
  );
}
