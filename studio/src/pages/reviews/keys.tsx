// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from '../../ui/dialog';
import { reviewsWords as words } from '../../words/reviews';
import { type Command, commandOf } from './queue';

export function useKeys(commands: Record<Command, () => void>): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const command = commandOf(event, {
        isTyping: target?.closest('input, textarea, select, [role=menu]') != null,
        isControl: target?.closest('button, a, summary, video') != null,
        hasDialog: document.querySelector('dialog[open]') !== null,
      });
      if (command === null) return;
      event.preventDefault();
      latest.current[command]();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const keys: [string[], string][] = [
    [['J', '↓'], words('keyNext')],
    [['K', '↑'], words('keyPrevious')],
    [['A'], words('keyApprove')],
    [['R'], words('keyReturn')],
    [[words('space')], words('keyPlay')],
    [['?'], words('keyHelp')],
  ];
  return (
    <Dialog title={words('keys')} onClose={onClose}>
      <dl class="review-keys">
        {keys.map(([names, text]) => (
          <div key={text}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
