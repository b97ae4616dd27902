// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Segments, TextArea, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { programmeWords as words } from '../../words/programme';
import { shellWords } from '../../words/shell';

type Severity = Schemas['Finding']['severity'];
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export function FileFinding({
  clipId,
  onClose,
  onFiled,
}: {
  clipId: string | null;
  onClose: () => void;
  onFiled: () => void;
}) {
  const [about, setAbout] = useState<'prompt' | 'clip'>(clipId === null ? 'prompt' : 'clip');
  const [clip, setClip] = useState(clipId ?? '');
  const [prompt, setPrompt] = useState('');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [severity, setSeverity] = useState<Severity>('medium');
  const { isBusy, problem, run } = useAct();
  const subject = about === 'clip' ? clip.trim() : prompt.trim();
  const isReady = subject !== '' && title.trim() !== '' && text.trim() !== '';
  const send = async (event?: Event) => {
    event?.preventDefault();
    if (!isReady) return;
    const body = {
      title: title.trim(),
      text: text.trim(),
      severity,
      ...(about === 'clip' ? { clip_id: subject } : { prompt: subject }),
    };
    if ((await run(() => api.post('/findings', { body }))) === null) return;
    toast(words('filed'));
    onFiled();
  };
  return (
    <Dialog
      title={words('fileFinding')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} disabled={!isReady} onClick={() => void send()}>
            {words('send')}
          </Button>
        </>
      }
    >
      <form class="stack" onSubmit={send}>
        <TextField
          label={words('findingTitle')}
          value={title}
          onValue={setTitle}
          maxLength={200}
          required
          autofocus
        />
        <Segments
          label={words('about')}
          value={about}
          onValue={setAbout}
          choices={[
            { value: 'prompt', label: words('aboutPrompt') },
            { value: 'clip', label: words('aboutClip') },
          ]}
        />
        {about === 'clip' ? (
          <TextField
            label={words('clipId')}
            hint={words('clipIdHint')}
            value={clip}
            onValue={setClip}
            required
            spellcheck={false}
          />
        ) : (
          <TextArea label={words('prompt')} value={prompt} onValue={setPrompt} required />
        )}
        <TextArea
          label={words('findingText')}
          value={text}
          onValue={setText}
          maxLength={16000}
          rows={5}
          required
        />
        <div class="stack-s">
          <span class="small quiet" aria-hidden="true">
            {words('severity')}
          </span>
          <Segments
            label={words('severity')}
            value={severity}
            onValue={setSeverity}
            choices={SEVERITIES.map((value) => ({ value, label: words(`severity_${value}`) }))}
          />
        </div>
        {problem !== null && <ErrorView problem={problem} isSmall />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
