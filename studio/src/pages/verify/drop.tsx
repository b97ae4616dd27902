// SPDX-License-Identifier: Apache-2.0
// A file comes by being dropped anywhere on the page, pasted, or chosen.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { verifyWords as words } from '../../words/verify';

export function Drop({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    // Leaving one element for another inside of the page is no leaving.
    let depth = 0;
    const enter = (event: DragEvent) => {
      event.preventDefault();
      ++depth;
      setOver(true);
    };
    const leave = () => {
      if (--depth <= 0) {
        depth = 0;
        setOver(false);
      }
    };
    const over = (event: DragEvent) => event.preventDefault();
    const take = (files: FileList | undefined) => {
      const file = files?.[0];
      if (file !== undefined) latest.current(file);
      return file !== undefined;
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      take(event.dataTransfer?.files);
    };
    const paste = (event: ClipboardEvent) => {
      if (take(event.clipboardData?.files)) event.preventDefault();
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  return (
    <div class={isOver ? 'drop drop-over' : 'drop'}>
      <span class="drop-mark">
        <Icon name="shield" size={34} />
      </span>
      <strong>{words(isOver ? 'dropNow' : 'drop')}</strong>
      <span class="small quiet">{words('or')}</span>
      <Button look="main" icon="folder" onClick={() => input.current?.click()}>
        {words('pick')}
      </Button>
      <input
        ref={input}
        type="file"
        accept="video/*,image/*"
        hidden
        aria-label={words('file')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) onFile(file);
        }}
      />
      <p class="small quiet">{words('private')}</p>
    </div>
  );
}
