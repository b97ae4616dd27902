// SPDX-License-Identifier: Apache-2.0
// Another clip like this one.
import { useId, useState } from 'preact/hooks';
import { formatNumber } from '../../lib/words';
import { Field } from '../../ui/field';
import { editVideo, remixVideo } from '../../videos/actions';
import { moreWords as words } from '../../words/more';
import { type FormProps, ToolForm } from './tool_form';
import { strengthWord } from './tools';

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
