// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { Clip } from '../../clips/state_badge';
import { useAct } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { Switch, TextField } from '../../ui/field';
import { clipsWords as words } from '../../words/clips';
import { shellWords } from '../../words/shell';

export function ShareDialog({
  clip,
  onDone,
  onClose,
}: {
  clip: Clip;
  onDone: (clip: Clip) => void;
  onClose: () => void;
}) {
  const [showsPrompt, setShowsPrompt] = useState(true);
  const [showsAuthor, setShowsAuthor] = useState(true);
  const [hasEmbargo, setHasEmbargo] = useState(false);
  const [until, setUntil] = useState('');
  const { isBusy, problem, run } = useAct();
  const untilSeconds = Math.floor(new Date(until).getTime() / 1000);
  const isReady = !hasEmbargo || Number.isFinite(untilSeconds);
  const share = async () => {
    const body: Schemas['ShareRequest'] = {
      shows_prompt: showsPrompt,
      shows_author: showsAuthor,
      ...(hasEmbargo ? { embargo_until: untilSeconds } : {}),
    };
    const shared = await run(() => api.post('/clips/{clip_id}/share', { path: { clip_id: clip.id }, body }));
    if (shared !== null) onDone(shared);
  };
  return (
    <Dialog
      title={words('shareTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{shellWords('cancel')}</Button>
          <Button look="main" icon="share" isBusy={isBusy} disabled={!isReady} onClick={share}>
            {words('shareNow')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p class="quiet">{words('shareText')}</p>
        <Switch label={words('showAuthor')} isOn={showsAuthor} onValue={setShowsAuthor} />
        <Switch label={words('showPrompt')} isOn={showsPrompt} onValue={setShowsPrompt} />
        <Switch label={words('embargo')} isOn={hasEmbargo} onValue={setHasEmbargo} />
        {hasEmbargo && (
          <TextField
            label={words('embargoUntil')}
            type="datetime-local"
            value={until}
            onValue={setUntil}
            required
          />
        )}
        {problem !== null && <ErrorView problem={problem} isSmall />}
      </div>
    </Dialog>
  );
}
