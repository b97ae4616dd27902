// SPDX-License-Identifier: Apache-2.0
// A text that is there to be passed on: a link, a code, a key.
import { useRef, useState } from 'preact/hooks';
import { copyText } from '../lib/copy';
import { partsWords as words } from '../words/parts';
import { Button } from './button';
import './copy_line.css';

export function CopyLine({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    const isDone = await copyText(text);
    if (!isDone) input.current?.select();
    setCopied(isDone);
  };
  return (
    <div class="copy-line">
      <input
        ref={input}
        class="input"
        value={text}
        readOnly
        aria-label={label}
        spellcheck={false}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button icon={isCopied ? 'check' : 'copy'} onClick={copy}>
        {words(isCopied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}
