// SPDX-License-Identifier: Apache-2.0
// What admins do with others' clips: show them to all members, or have two people look.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Clip } from '../../clips/state_badge';
import { useAct, useLoad } from '../../lib/load';
import { Menu, type MenuItem } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { clipsWords as words } from '../../words/clips';
import { NoteDialog } from './note_dialog';

export function AdminMenu({ clip, onChange }: { clip: Clip; onChange: () => void }) {
  const [isFlagging, setFlagging] = useState(false);
  const screening = useLoad(() => api.get('/screening'), clip.id);
  const act = useAct();
  const isScreened = screening.value?.data.some(({ id }) => id === clip.id) ?? false;
  const screen = async () => {
    const done = await act.run(() => api.post('/admin/screening', { body: { clip_id: clip.id } }), {
      toast: true,
    });
    if (done !== null) toast(words('screenAdded'));
    screening.reload();
  };
  const unscreen = async () => {
    const done = await act.run(
      () => api.delete('/admin/screening/{clip_id}', { path: { clip_id: clip.id } }),
      { toast: true },
    );
    if (done !== null) toast(words('screenRemoved'));
    screening.reload();
  };
  const flag = async (reason: string) => {
    if (
      (await act.run(() => api.post('/admin/flags', { body: { video_id: clip.video_id, reason } }))) === null
    )
      return;
    setFlagging(false);
    toast(words('flagDone'));
    onChange();
  };
  const items: MenuItem[] = [];
  if (isScreened) items.push({ label: words('screenRemove'), icon: 'close', run: () => void unscreen() });
  else if (clip.state === 'approved' || clip.state === 'shared')
    items.push({ label: words('screenAdd'), icon: 'play', run: () => void screen() });
  if (!clip.flagged)
    items.push({ label: words('flag'), icon: 'alert', isBad: true, run: () => setFlagging(true) });
  if (items.length === 0) return null;
  return (
    <>
      <Menu label={words('more')} items={items} look="plain" />
      {isFlagging && (
        <NoteDialog
          title={words('flag')}
          text={words('flagText')}
          label={words('flagReason')}
          isRequired
          isBad
          action={words('flag')}
          act={act}
          onClose={() => setFlagging(false)}
          onDo={(reason) => void flag(reason)}
        />
      )}
    </>
  );
}
