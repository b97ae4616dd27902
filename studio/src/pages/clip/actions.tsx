// SPDX-License-Identifier: Apache-2.0
// What can be done with a clip here and now.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { shareLink } from '../../clips/media';
import type { Action } from '../../clips/steps';
import type { Clip } from '../../clips/state_badge';
import { useAct } from '../../lib/load';
import type { Answer } from '../../lib/result';
import { formatDay } from '../../lib/words';
import { go } from '../../router/router';
import { Button, LinkButton } from '../../ui/button';
import { CopyLine } from '../../ui/copy_line';
import { toast } from '../../ui/toast';
import { clipsWords as words } from '../../words/clips';
import { NoteDialog } from './note_dialog';
import { ShareDialog } from './share_dialog';

type Open = 'submit' | 'appeal' | 'remove' | 'revoke' | 'share';

function ShareBox({ clip, onRevoke }: { clip: Clip; onRevoke: (() => void) | null }) {
  if (clip.share === null) return null;
  const { id, embargo_until } = clip.share;
  const isWaiting = embargo_until !== null && embargo_until * 1000 > Date.now();
  return (
    <div class="share-box">
      <strong>
        {isWaiting ? words('stepFrom', { time: formatDay(embargo_until) }) : words('stepShared')}
      </strong>
      <CopyLine text={shareLink(id)} label={words('link')} />
      <div class="row">
        {!isWaiting && (
          <LinkButton size="s" href={`/s/${id}`} icon="right">
            {words('openShared')}
          </LinkButton>
        )}
        {onRevoke !== null && (
          <Button size="s" look="danger" onClick={onRevoke}>
            {words('revoke')}
          </Button>
        )}
      </div>
    </div>
  );
}

interface Props {
  clip: Clip;
  actions: ReadonlySet<Action>;
  onChange: (clip: Clip) => void;
}

export function ClipActions({ clip, actions, onChange }: Props) {
  const [open, setOpen] = useState<Open | null>(null);
  const act = useAct();
  const close = () => {
    act.clear();
    setOpen(null);
  };
  const path = { clip_id: clip.id };
  const change = async (send: () => Promise<Answer<Clip>>, said: string, isToast = false) => {
    const changed = await act.run(send, { toast: isToast });
    if (changed === null) return;
    setOpen(null);
    onChange(changed);
    toast(said);
  };
  const remove = async () => {
    if ((await act.run(() => api.delete('/clips/{clip_id}', { path }))) === null) return;
    toast(words('removed'));
    go('/clips');
  };
  const withdraw = () =>
    change(() => api.post('/clips/{clip_id}/withdraw', { path }), words('withdrawn'), true);
  return (
    <div class="stack-s">
      <ShareBox clip={clip} onRevoke={actions.has('revoke') ? () => setOpen('revoke') : null} />
      <div class="row">
        {actions.has('submit') && (
          <Button look="main" icon="arrow" onClick={() => setOpen('submit')}>
            {words('submit')}
          </Button>
        )}
        {actions.has('share') && (
          <Button look="main" icon="share" onClick={() => setOpen('share')}>
            {words('share')}
          </Button>
        )}
        {actions.has('appeal') && (
          <Button look="main" onClick={() => setOpen('appeal')}>
            {words('appeal')}
          </Button>
        )}
        {actions.has('review') && (
          <LinkButton look="main" icon="check" href={`/reviews?clip=${clip.id}`}>
            {words('decide')}
          </LinkButton>
        )}
        {actions.has('withdraw') && (
          <Button icon="undo" isBusy={act.isBusy} onClick={withdraw}>
            {words('withdraw')}
          </Button>
        )}
        {actions.has('remove') && (
          <Button look="danger" icon="trash" onClick={() => setOpen('remove')}>
            {words('remove')}
          </Button>
        )}
      </div>
      {clip.state === 'returned' && clip.appealed && <p class="small quiet">{words('appealOver')}</p>}
      {open === 'submit' && (
        <NoteDialog
          title={words('submit')}
          label={words('note')}
          hint={words('noteHint')}
          action={words('submit')}
          act={act}
          onClose={close}
          onDo={(note) =>
            change(
              () => api.post('/clips/{clip_id}/submit', { path, body: note === '' ? {} : { note } }),
              words('submitted'),
            )
          }
        />
      )}
      {open === 'appeal' && (
        <NoteDialog
          title={words('appealTitle')}
          text={words('appealText')}
          label={words('appealNote')}
          isRequired
          action={words('appeal')}
          act={act}
          onClose={close}
          onDo={(note) =>
            change(() => api.post('/clips/{clip_id}/appeal', { path, body: { note } }), words('appealed'))
          }
        />
      )}
      {open === 'remove' && (
        <NoteDialog
          title={words('remove')}
          text={words('removeText')}
          isBad
          action={words('remove')}
          act={act}
          onClose={close}
          onDo={() => void remove()}
        />
      )}
      {open === 'revoke' && (
        <NoteDialog
          title={words('revoke')}
          text={words('revokeText')}
          isBad
          action={words('revoke')}
          act={act}
          onClose={close}
          onDo={() => change(() => api.delete('/clips/{clip_id}/share', { path }), words('revoked'))}
        />
      )}
      {open === 'share' && (
        <ShareDialog
          clip={clip}
          onClose={close}
          onDone={(shared) => {
            setOpen(null);
            onChange(shared);
            toast(words('shared'));
          }}
        />
      )}
    </div>
  );
}
