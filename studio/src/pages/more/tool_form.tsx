// SPDX-License-Identifier: Apache-2.0
// What the forms of all tools have in common.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import type { Model, Video } from '../../api/types';
import type { Answer } from '../../lib/result';
import { go } from '../../router/router';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { TextArea } from '../../ui/field';
import { moreWords as words } from '../../words/more';

export interface FormProps {
  video: Video;
  model: Model | null;
}

// A prompt, whatever else the tool has, and a way to send it; the new clip is shown when it is taken.
export function ToolForm({
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
