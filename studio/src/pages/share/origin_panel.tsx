// SPDX-License-Identifier: Apache-2.0
// Where a public clip comes from. A server that looks at the stored file for everybody says what it
// found; otherwise the panel says what is done to every file, and that it did not look.
import { json } from '../../api/client';
import { useLoad } from '../../lib/load';
import { factsOf, Means, Says, Signs } from '../../provenance/found';
import { Details } from '../../provenance/details';
import type { Verification } from '../../provenance/verdict';
import { isIn } from '../../session/session';
import { LinkButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { shareWords as words } from '../../words/share';
import '../../provenance/found.css';

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

export function OriginPanel({ id }: { id: string }) {
  const load = useLoad(
    () => json<Verification>('get', '/shared/{share_id}/provenance', { path: { share_id: id } }),
    id,
  );
  const found = load.value;
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
      {found === null && load.problem !== null && <Every id={id} />}
      {found !== null && (
        <>
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
