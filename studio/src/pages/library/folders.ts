// SPDX-License-Identifier: Apache-2.0
// The person's folders, as the server keeps them.
import { signal } from '@preact/signals';
import { api } from '../../api/client';
import type { Folder } from '../../api/types';
import { type Answer, good } from '../../lib/result';
import { problemText } from '../../ui/error_view';
import { toast } from '../../ui/toast';

const PUT_MAX = 100; // videos in one request

export const folders = signal<readonly Folder[]>([]);

function told<T>(answer: Answer<T>): T | null {
  if (answer.ok) return answer.value;
  toast(problemText(answer.problem), { look: 'bad' });
  return null;
}

export async function loadFolders(): Promise<void> {
  const list = told(await api.get('/folders'));
  folders.value = list?.data ?? []; // never somebody else's from before
}

// The list with a folder as the server has it now; a clip is in one folder at most.
export function withFolder(list: readonly Folder[], changed: Folder): readonly Folder[] {
  const others = list
    .filter(({ id }) => id !== changed.id)
    .map((folder) => ({
      ...folder,
      video_ids: folder.video_ids.filter((id) => !changed.video_ids.includes(id)),
    }));
  return [...others, changed].sort((a, b) => a.name.localeCompare(b.name));
}

function keep(folder: Folder): Folder {
  folders.value = withFolder(folders.value, folder);
  return folder;
}

// A new folder or, with `before`, another name for it.
export async function nameFolder(name: string, before?: Folder): Promise<Answer<Folder>> {
  const body = { name };
  const answer = await (before === undefined
    ? api.post('/folders', { body })
    : api.post('/folders/{folder_id}', { path: { folder_id: before.id }, body }));
  return answer.ok ? good(keep(answer.value)) : answer;
}

export async function removeFolder(id: string): Promise<void> {
  if (told(await api.delete('/folders/{folder_id}', { path: { folder_id: id } })) === null) return;
  folders.value = folders.value.filter((folder) => folder.id !== id);
}

async function takeOut(video_id: string): Promise<void> {
  const holder = folders.value.find(({ video_ids }) => video_ids.includes(video_id));
  if (holder === undefined) return;
  const path = { folder_id: holder.id, video_id };
  const folder = told(await api.delete('/folders/{folder_id}/videos/{video_id}', { path }));
  if (folder !== null) keep(folder);
}

// Null takes them out of whichever folder they are in.
export async function moveTo(id: string | null, videoIds: readonly string[]): Promise<void> {
  if (id === null) {
    for (const videoId of videoIds) await takeOut(videoId);
    return;
  }
  for (let at = 0; at < videoIds.length; at += PUT_MAX) {
    const body = { video_ids: videoIds.slice(at, at + PUT_MAX) };
    const path = { folder_id: id };
    const folder = told(await api.post('/folders/{folder_id}/videos', { path, body }));
    if (folder === null) return;
    keep(folder);
  }
}
