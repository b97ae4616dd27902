// SPDX-License-Identifier: Apache-2.0
// Short news at the foot of the page, perhaps with one thing to do about it.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { shellWords } from '../words/shell';
import { Button, IconButton } from './button';
import './toast.css';

interface Toast {
  id: number;
  text: string;
  look: 'plain' | 'bad';
  action: { label: string; run: () => void } | null;
  lastsMs: number;
}

const toasts = signal<readonly Toast[]>([]);
let nextId = 1;

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): () => void {
  const id = nextId++;
  toasts.value = [...toasts.value, { id, text, look: 'plain', action: null, lastsMs: 5000, ...options }];
  return () => dismiss(id);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

function One({ toast: one }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(one.id), one.lastsMs);
    return () => clearTimeout(timer);
  }, [one.id, one.lastsMs]);
  const { action } = one;
  return (
    <div class={`toast toast-${one.look}`}>
      <span>{one.text}</span>
      {action !== null && (
        <Button
          size="s"
          look="quiet"
          onClick={() => {
            action.run();
            dismiss(one.id);
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton size="s" icon="close" label={shellWords('close')} onClick={() => dismiss(one.id)} />
    </div>
  );
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((one) => (
        <One key={one.id} toast={one} />
      ))}
    </div>
  );
}
