// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import { can } from '../../models/models';
import { Button, IconButton } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { toast } from '../../ui/toast';
import { makeVideo, newKey } from '../../videos/actions';
import { videos } from '../../videos/store';
import { notice } from '../../shell/notice';
import { createWords as words } from '../../words/create';
import { Advanced } from './advanced';
import { bodyOfDraft, draft, draftModel, isRight, LIMITS } from './draft';
import { EstimateLine } from './estimate_line';
import { imageIn, readImage } from './image';
import { Options } from './options';
import { Styles } from './styles';
import '../../ui/chip.css';
import './composer.css';

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

function isReady(): boolean {
  const numbers = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
  return draft.prompt.value.trim() !== '' && numbers.every((name) => isRight(name, draft[name].value));
}

async function takeImage(data: DataTransfer | null): Promise<boolean> {
  const file = imageIn(data);
  if (file === null) return false;
  if (!can(draftModel.value, 'image')) {
    toast(words('imageCannot'));
    return true;
  }
  const image = await readImage(file);
  if (image === null) toast(words('imageTooLarge'), { look: 'bad' });
  else draft.image.value = image;
  return true;
}

function Picture() {
  const image = draft.image.value;
  if (image === null) return null;
  return (
    <div class="composer-picture">
      <img src={image.url} alt={words('image', { name: image.name })} />
      <IconButton
        size="s"
        look="plain"
        icon="close"
        label={words('imageRemove')}
        onClick={() => {
          draft.image.value = null;
        }}
      />
    </div>
  );
}

export function Composer() {
  const box = useRef<HTMLTextAreaElement>(null);
  const key = useRef(newKey());
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isDropping, setDropping] = useState(false);
  const prompt = draft.prompt.value;

  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.setSelectionRange(prompt.length, prompt.length);
  }, []);
  // As high as its text.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 320)}px`;
  }, [prompt]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, [contenteditable]') !== null;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);

  const make = async () => {
    if (isBusy || !isReady()) {
      box.current?.focus();
      return;
    }
    setBusy(true);
    const answer = await makeVideo(bodyOfDraft(), key.current);
    setBusy(false);
    // Another body needs another key; without an answer it stays, so that nothing is made twice.
    if (answer.ok || answer.problem.kind !== 'offline') key.current = newKey();
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) box.current?.select();
  };
  const reason = notice.value === null ? undefined : words('stopped');
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || reason !== undefined) return;
    event.preventDefault();
    void make();
  };

  return (
    <form
      class={isDropping ? 'composer composer-drop' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        void takeImage(event.dataTransfer);
      }}
    >
      <div class="composer-box">
        <Picture />
        <textarea
          ref={box}
          rows={2}
          value={prompt}
          aria-label={words('prompt')}
          placeholder={words('placeholder')}
          maxLength={32000}
          enterkeyhint="send"
          onInput={(event) => {
            draft.prompt.value = event.currentTarget.value;
            if (problem !== null && problem.kind !== 'offline') setProblem(null);
          }}
          onPaste={(event) => {
            if (imageIn(event.clipboardData) === null) return;
            event.preventDefault();
            void takeImage(event.clipboardData);
          }}
        />
      </div>
      <Styles />
      <div class="composer-foot">
        <Options onImage={(file) => void takeImage(file)} />
        <div class="composer-send">
          <kbd aria-hidden="true">{IS_MAC ? '⌘' : words('control')} ↵</kbd>
          <Button
            look="main"
            size="l"
            type="submit"
            icon="arrow"
            isBusy={isBusy}
            disabled={prompt.trim() === ''}
            reason={reason}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            {words('make')}
          </Button>
        </div>
      </div>
      <Advanced />
      {problem !== null && (
        <ErrorView
          problem={problem}
          isSmall
          onRetry={problem.kind === 'invalid' || problem.kind === 'policy' ? undefined : () => void make()}
        />
      )}
      <EstimateLine fresh={videos.value.length} />
    </form>
  );
}
