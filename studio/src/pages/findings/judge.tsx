// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Segments, TextArea } from '../../ui/field';
import { toast } from '../../ui/toast';
import { programmeWords as words } from '../../words/programme';
import { shellWords } from '../../words/shell';

const STATES = ['open', 'confirmed', 'fixed', 'rejected'] as const;

export function Judge({
  finding,
  onClose,
  onDone,
}: {
  finding: Schemas['Finding'];
  onClose: () => void;
  onDone: () => void;
}) {
  const [state, setState] = useState(finding.state);
  const [note, setNote] = useState(finding.note ?? '');
  const { isBusy, problem, run } = useAct();
  const save = async () => {
    const body = { state, ...(note.trim() === '' ? {} : { note: note.trim() }) };
    if (
      (await run(() =>
        api.post('/admin/findings/{finding_id}/state', { path: { finding_id: finding.id }, body }),
      )) === null
    )
      return;
    toast(words('judged'));
    onDone();
  };
  return (
    <Dialog
      title={finding.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" isBusy={isBusy} onClick={save}>
            {words('save')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Segments
          label={words('judgeState')}
          value={state}
          onValue={setState}
          choices={STATES.map((value) => ({ value, label: words(`finding_${value}`) }))}
        />
        <TextArea label={words('judgeNote')} value={note} onValue={setNote} maxLength={2000} />
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}
