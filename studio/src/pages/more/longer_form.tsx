// SPDX-License-Identifier: Apache-2.0
// A clip that goes on: from its end or from a cut, by itself, back to its beginning or into another one.
import { useEffect, useState } from 'preact/hooks';
import type { Schemas, Video } from '../../api/types';
import { formatDuration } from '../../lib/time';
import { Field, Segments } from '../../ui/field';
import { extendVideo } from '../../videos/actions';
import { contentUrl } from '../../videos/media';
import { videos } from '../../videos/store';
import { titleOf } from '../../videos/ui/tile';
import { moreWords as words } from '../../words/more';
import { type FormProps, ToolForm } from './tool_form';
import { addable, bridgeable, cutsOf, partnersOf, usualOf, wholeCuts } from './tools';

// How much is added, and how long the clip is then.
function Added({
  lengths,
  seconds,
  before,
  onSeconds,
}: {
  lengths: number[];
  seconds: string;
  before: number;
  onSeconds: (value: string) => void;
}) {
  return (
    <div class="stack-s">
      <p class="small quiet">{words('add')}</p>
      <Segments
        label={words('add')}
        value={seconds}
        onValue={onSeconds}
        choices={lengths.map((one) => ({ value: String(one), label: formatDuration(one) }))}
      />
      <p class="small quiet">{words('total', { time: formatDuration(before + Number(seconds)) })}</p>
    </div>
  );
}

export function ExtendForm({ video, model }: FormProps) {
  const lengths = addable(Number(video.seconds), model);
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  const [seconds, setSeconds] = useState(usualOf(lengths));
  return (
    <ToolForm
      lead={words('extendLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doExtend')}
      send={() => extendVideo({ prompt: prompt.trim(), seconds: Number(seconds), video: { id: video.id } })}
    >
      <Added lengths={lengths} seconds={seconds} before={Number(video.seconds)} onSeconds={setSeconds} />
    </ToolForm>
  );
}

export function RecutForm({ video, model, film }: FormProps & { film: () => HTMLVideoElement | null }) {
  const cuts = cutsOf(video, model);
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  const [at, setAt] = useState(cuts[Math.floor((cuts.length - 1) / 2)] ?? 0);
  const lengths = addable(at, model);
  const [seconds, setSeconds] = useState(usualOf(lengths));
  const show = (to: number) => {
    const element = film();
    if (element === null) return;
    element.pause();
    element.currentTime = to;
  };
  useEffect(() => show(at), []);
  return (
    <ToolForm
      lead={words('recutLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doRecut')}
      send={() =>
        extendVideo({
          prompt: prompt.trim(),
          seconds: Number(seconds),
          video: { id: video.id },
          keep_seconds: at,
        })
      }
    >
      <Field label={words('cutAt', { time: formatDuration(at) })}>
        {(ids) => (
          <input
            {...ids}
            class="more-range"
            type="range"
            min={cuts[0]}
            max={cuts[cuts.length - 1]}
            step={cuts[0]}
            value={at}
            aria-valuetext={formatDuration(at)}
            onInput={(event) => {
              setAt(Number(event.currentTarget.value));
              show(Number(event.currentTarget.value));
            }}
          />
        )}
      </Field>
      <Added lengths={lengths} seconds={seconds} before={at} onSeconds={setSeconds} />
    </ToolForm>
  );
}

export function LoopForm({ video, model }: FormProps) {
  const before = wholeCuts(video, model);
  const lengths = bridgeable(before, model);
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  const [seconds, setSeconds] = useState(usualOf(lengths));
  return (
    <ToolForm
      lead={words('loopLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doLoop')}
      send={() =>
        extendVideo({
          prompt: prompt.trim(),
          seconds: Number(seconds),
          video: { id: video.id },
          loop: true,
        })
      }
    >
      <Added lengths={lengths} seconds={seconds} before={before} onSeconds={setSeconds} />
    </ToolForm>
  );
}

function Partners({
  choices,
  chosen,
  onChoose,
}: {
  choices: readonly Video[];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  return (
    <fieldset class="more-partners">
      <legend class="small quiet">{words('blendInto')}</legend>
      <div>
        {choices.map((one) => (
          <label key={one.id} title={titleOf(one)}>
            <input
              type="radio"
              class="visually-hidden"
              name="into"
              value={one.id}
              checked={one.id === chosen}
              onChange={() => onChoose(one.id)}
            />
            <img src={contentUrl(one.id, 'thumbnail')} alt={titleOf(one)} loading="lazy" />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function BlendForm({ video, model }: FormProps) {
  const partners = partnersOf(video, videos.value);
  const [into, setInto] = useState(partners[0]?.id ?? '');
  const target = partners.find(({ id }) => id === into);
  const before = wholeCuts(video, model) + Number(target?.seconds ?? 0);
  const lengths = bridgeable(before, model);
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  const [seconds, setSeconds] = useState('');
  // What was chosen may be too long beside another clip.
  const length = lengths.includes(Number(seconds)) ? seconds : usualOf(lengths);
  if (target === undefined) return <p class="quiet">{words('blendNobody', { size: video.size })}</p>;
  const body: Schemas['ExtendVideoRequest'] = {
    prompt: prompt.trim(),
    seconds: Number(length),
    video: { id: video.id },
    into: { id: target.id },
  };
  return (
    <ToolForm
      lead={words('blendLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doBlend')}
      send={() => extendVideo(body)}
    >
      <Partners choices={partners} chosen={into} onChoose={setInto} />
      <Added lengths={lengths} seconds={length} before={before} onSeconds={setSeconds} />
    </ToolForm>
  );
}
