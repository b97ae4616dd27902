// SPDX-License-Identifier: Apache-2.0
// Where a public clip comes from: what the server found in the stored file, for everybody. Where it
// could not look, the panel says what is done to every file.
import { useEffect } from 'preact/hooks';
import { json } from '../../api/client';
import { type Load, useLoad } from '../../lib/load';
import { Details } from '../../provenance/details';
import { factsOf, Means, Says, Signs, VerdictHead } from '../../provenance/found';
import type { Verification } from '../../provenance/verdict';
import { isIn } from '../../session/session';
import { LinkButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { shareWords as words } from '../../words/share';

function Every({ id }: { id: string }) {
  return (
    <>
      <section class="stack-s">
        <h3>{words('every')}</h3>
        <ul class="says">
          <li>{words('everyVisible')}</li>
          <li>{words('everyInvisible')}</li>
          <li>{words('everyManifest')}</li>
        </ul>
      </section>
      <p class="small quiet">
        {words('checkedNot')} {!isIn.value && words('checkSignIn')}
      </p>
      {isIn.value && (
        <div class="row">
          <LinkButton size="s" icon="shield" href={`/verify?share=${encodeURIComponent(id)}`}>
            {words('check')}
          </LinkButton>
        </div>
      )}
    </>
  );
}

// The server looks at one file at a time, and says when to ask again.
function useWhenBusy<T>(load: Load<T>): boolean {
  const { problem } = load;
  const isBusy = problem?.kind === 'busy';
  useEffect(() => {
    if (problem?.kind !== 'busy') return;
    const timer = setTimeout(load.reload, Math.max(1000, (problem.retryAt ?? 0) - Date.now()));
    return () => clearTimeout(timer);
  }, [problem]);
  return isBusy;
}

export function OriginPanel({ id }: { id: string }) {
  const load = useLoad(
    () => json<Verification>('get', '/shared/{share_id}/provenance', { path: { share_id: id } }),
    id,
  );
  const isBusy = useWhenBusy(load);
  const found = load.value;
  const isLooking = found === null && (load.problem === null || isBusy);
  return (
    <aside class="panel stack origin" aria-label={words('origin')}>
      <h2>{words('origin')}</h2>
      <div class="origin-model">
        <Icon name="sun" size={26} />
        <div>
          <strong>{words('madeByModel')}</strong>
          <p class="small quiet">{words('madeByModelText')}</p>
        </div>
      </div>
      {isLooking && (
        <div class="stack-s" role="status">
          <p class="small quiet">{words('looking')}</p>
          <Progress percent={null} label={words('looking')} />
        </div>
      )}
      {found === null && !isLooking && <Every id={id} />}
      {found !== null && (
        <>
          <VerdictHead found={found} />
          <Signs found={found} />
          <Says found={found} />
          <Means found={found} />
          <p class="small quiet">{words('checked')}</p>
          <Details found={found} facts={factsOf(found)} />
        </>
      )}
    </aside>
  );
}
