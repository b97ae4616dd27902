// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import type { Model, Video } from '../../api/types';
import type { Answer } from '../../lib/result';
import { formatDuration } from '../../lib/time';
import { formatNumber } from '../../lib/words';
import { go } from '../../router/router';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Field, Segments, TextArea } from '../../ui/field';
import { editVideo, extendVideo, remixVideo } from '../../videos/actions';
import { moreWords as words } from '../../words/more';
import { addable, cutsOf, strengthWord, usualOf } from './tools';

interface FormProps {
  video: Video;
  model: Model | null;
}

// A prompt, whatever else the tool has, and a way to send it; the new clip is shown when it is taken.
function ToolForm({
  lead,
  prompt,
  onPrompt,
  send,
  label,
  children,
}: {
  lead: string;
  prompt: string;
  onPrompt: (value: string) => void;
  label: string;
  send: () => Promise<Answer<Video>>;
  children?: ComponentChildren;
}) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async () => {
    if (isBusy || prompt.trim() === '') return;
    setBusy(true);
    const answer = await send();
    setBusy(false);
    if (answer.ok) go(`/video/${answer.value.id}`);
    else setProblem(answer.problem);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
      }}
    >
      <p class="quiet">{lead}</p>
      <TextArea
        label={words('prompt')}
        value={prompt}
        rows={3}
        maxLength={32000}
        required
        autofocus
        onValue={onPrompt}
      />
      {children}
      {problem !== null && <ErrorView problem={problem} isSmall onRetry={() => void submit()} />}
      <Button look="main" size="l" type="submit" isBusy={isBusy} disabled={prompt.trim() === ''}>
        {label}
      </Button>
    </form>
  );
}

export function RemixForm({ video }: FormProps) {
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  const [strength, setStrength] = useState(0.8);
  const id = useId();
  return (
    <ToolForm
      lead={words('remixLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doRemix')}
      send={() => remixVideo(video.id, { prompt: prompt.trim(), strength })}
    >
      <Field label={words('strength', { value: formatNumber(strength, { style: 'percent' }) })}>
        {(ids) => (
          <>
            <input
              {...ids}
              class="more-range"
              type="range"
              min={0.05}
              max={1}
              step={0.05}
              value={strength}
              list={id}
              aria-valuetext={words(strengthWord(strength))}
              onInput={(event) => setStrength(Number(event.currentTarget.value))}
            />
            <p class="small">{words(strengthWord(strength))}</p>
          </>
        )}
      </Field>
    </ToolForm>
  );
}

export function EditForm({ video }: FormProps) {
  const [prompt, setPrompt] = useState(video.prompt ?? '');
  return (
    <ToolForm
      lead={words('editLead')}
      prompt={prompt}
      onPrompt={setPrompt}
      label={words('doEdit')}
      send={() => editVideo({ prompt: prompt.trim(), video: { id: video.id } })}
    />
  );
}

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
