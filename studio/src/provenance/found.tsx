// SPDX-License-Identifier: Apache-2.0
// The answer to "did we make this?": first in a sentence, then what it rests on, then everything.
import type { ComponentChildren } from 'preact';
import { formatDay, formatNumber } from '../lib/words';
import { Icon, type IconName } from '../ui/icon';
import { provenanceWords as words } from '../words/provenance';
import { Details } from './details';
import {
  deedsOf,
  ingredientsOf,
  signerOf,
  strengthOf,
  type Verdict,
  type Verification,
  verdictOf,
} from './verdict';
import './found.css';

const LOOKS: Record<Verdict, { look: string; icon: IconName }> = {
  ours: { look: 'good', icon: 'shield' },
  signed: { look: 'good', icon: 'shield' },
  marked: { look: 'good', icon: 'shield' },
  mixed: { look: 'warn', icon: 'alert' },
  elsewhere: { look: 'plain', icon: 'info' },
  broken: { look: 'warn', icon: 'alert' },
  nothing: { look: 'plain', icon: 'info' },
};

const MEANS = {
  ours: 'mean_ours',
  signed: 'mean_ours',
  marked: 'mean_marked',
  mixed: 'mean_marked',
  elsewhere: 'mean_elsewhere',
  broken: 'mean_elsewhere',
  nothing: 'mean_nothing',
} as const;

export function VerdictHead({ found }: { found: Verification }) {
  const verdict = verdictOf(found);
  const { look, icon } = LOOKS[verdict];
  return (
    <div class={`verdict verdict-${look}`} role="status">
      <span class="verdict-mark">
        <Icon name={icon} size={30} />
      </span>
      <div class="stack-s">
        <h2>{words(`title_${verdict}`)}</h2>
        <p>{words(`text_${verdict}`)}</p>
      </div>
    </div>
  );
}

function Sign({
  isThere,
  title,
  children,
}: {
  isThere: boolean | null;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <li class={isThere === true ? 'sign sign-there' : 'sign'}>
      <Icon name={isThere === null ? 'info' : isThere ? 'check' : 'close'} size={18} />
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </li>
  );
}

export function Signs({ found }: { found: Verification }) {
  const { mark, manifest, origin = null } = found;
  const signer = signerOf(found);
  const isUnseen = mark.error !== undefined && mark.error !== '';
  const holds = manifest.state === 'valid' || manifest.state === 'trusted';
  return (
    <section class="stack-s">
      <h3>{words('marks')}</h3>
      <ul class="signs">
        <Sign isThere={isUnseen ? null : mark.found} title={words('mark')}>
          <p class="small quiet">
            {isUnseen
              ? words('markUnseen')
              : mark.found
                ? words(`mark_${strengthOf(mark.z)}`)
                : words('markNone')}
          </p>
          {mark.found && <p class="small quiet">{words('markSays')}</p>}
          {origin !== null && (
            <p class="small quiet">{words('markMade', { time: formatDay(origin.made_at) })}</p>
          )}
        </Sign>
        <Sign isThere={manifest.state === 'none' ? false : holds ? true : null} title={words('manifest')}>
          <p class="small quiet">{words(`manifest_${manifest.state}`)}</p>
          {signer !== null && (
            <p class="small quiet">{words('signedBy', { name: signer.organization || signer.name })}</p>
          )}
        </Sign>
        <Sign isThere={null} title={words('visible')}>
          <p class="small quiet">{words('visibleText')}</p>
        </Sign>
      </ul>
    </section>
  );
}

export function Says({ found }: { found: Verification }) {
  const { manifest } = found;
  const deeds = deedsOf(found);
  const ingredients = ingredientsOf(found);
  if (deeds.length === 0 && ingredients.length === 0) return null;
  return (
    <section class="stack-s">
      <h3>{words('says')}</h3>
      <ul class="says">
        {deeds.map((deed) => (
          <li key={deed}>{words(`deed_${deed}`)}</li>
        ))}
        {ingredients.map((title) => (
          <li key={title}>{words('ingredient', { title })}</li>
        ))}
        {manifest.prompt !== undefined && <li>{words('promptIs', { text: manifest.prompt })}</li>}
      </ul>
    </section>
  );
}

export function Means({ found }: { found: Verification }) {
  return (
    <section class="stack-s means">
      <h3>{words('mean')}</h3>
      <p class="small">{words(MEANS[verdictOf(found)])}</p>
    </section>
  );
}

export function factsOf(found: Verification): [string, string][] {
  const { mark, manifest } = found;
  const facts: [string, string][] = [];
  const { generator } = manifest;
  if (generator?.name !== undefined)
    facts.push([words('generator'), `${generator.name} ${generator.version ?? ''}`.trim()]);
  if (mark.id !== undefined) facts.push([words('number'), mark.id]);
  if (mark.z !== undefined)
    facts.push([
      words('deviations'),
      words('deviationsValue', { n: formatNumber(mark.z, { maximumFractionDigits: 1 }) }),
    ]);
  if (mark.frames !== undefined) facts.push([words('frames'), formatNumber(mark.frames)]);
  if (mark.scale !== undefined && Math.abs(mark.scale - 1) > 0.02)
    facts.push([words('scale'), `${formatNumber(mark.scale * 100, { maximumFractionDigits: 0 })} %`]);
  if (mark.rotation_degrees !== undefined && Math.abs(mark.rotation_degrees) > 0.2)
    facts.push([words('rotation'), `${formatNumber(mark.rotation_degrees, { maximumFractionDigits: 1 })}°`]);
  if (mark.flipped === true) facts.push([words('flipped'), words('yes')]);
  return facts;
}

export function Found({ found }: { found: Verification }) {
  const video = found.origin?.video_id ?? null;
  return (
    <div class="stack">
      <VerdictHead found={found} />
      {video !== null && (
        <p>
          <a href={`/video/${video}`}>{words('thisVideo')}</a>
        </p>
      )}
      <div class="found-parts">
        <Signs found={found} />
        <div class="stack">
          <Says found={found} />
          <Means found={found} />
        </div>
      </div>
      <Details found={found} facts={factsOf(found)} />
    </div>
  );
}
