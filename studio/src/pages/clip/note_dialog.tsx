// SPDX-License-Identifier: Apache-2.0
// Asks for a word, or only for a yes, before something is done.
import { useState } from 'preact/hooks';
import { type Act } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextArea } from '../../ui/field';
import { shellWords } from '../../words/shell';

interface Props {
  title: string;
  text?: string;
  // The label of the word that is asked for; without it, it is only a yes.
  label?: string;
  hint?: string;
  isRequired?: boolean;
  isBad?: boolean;
  action: string;
  act: Act;
  onDo: (note: string) => void;
  onClose: () => void;
}

export function NoteDialog({
  title,
  text,
  label,
  hint,
  isRequired = false,
  isBad = false,
  action,
  act,
  onDo,
  onClose,
}: Props) {
  const [note, setNote] = useState('');
  const isReady = !isRequired || note.trim() !== '';
  const told = hint === undefined ? {} : { hint };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button
            look={isBad ? 'danger' : 'main'}
            isBusy={act.isBusy}
            disabled={!isReady}
            onClick={() => onDo(note.trim())}
          >
            {action}
          </Button>
        </>
      }
    >
      <div class="stack">
        {text !== undefined && <p>{text}</p>}
        {label !== undefined && (
          <TextArea
            label={label}
            {...told}
            value={note}
            onValue={setNote}
            maxLength={2000}
            required={isRequired}
            autofocus
          />
        )}
        {act.problem !== null && <ErrorView problem={act.problem} isSmall />}
      </div>
    </Dialog>
  );
}
