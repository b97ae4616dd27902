// SPDX-License-Identifier: Apache-2.0
// What a person does to videos. Whatever is answered with a video is in the store at once.
import { api, json, request } from '../api/client';
import type { CreateVideo, Schemas, Video } from '../api/types';
import type { Answer } from '../lib/result';
import { loadMe } from '../session/session';
import { refreshOne, shelf } from './store';

// randomUUID exists on https and on one's own machine alone.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function begun(answer: Answer<Video>): Promise<Answer<Video>> {
  if (!answer.ok) return answer;
  shelf.put(answer.value);
  void loadMe();
  const together = answer.value.aozora?.variations ?? [];
  await Promise.all(together.filter((id) => id !== answer.value.id).map(refreshOne));
  return answer;
}

// The same key with the same body never makes a second video: a retry after a lost answer is safe.
export async function makeVideo(body: CreateVideo, key: string): Promise<Answer<Video>> {
  return begun(await json<Video>('post', '/videos', { body, headers: { 'idempotency-key': key } }));
}

export async function remixVideo(id: string, body: Schemas['RemixVideoRequest']): Promise<Answer<Video>> {
  return begun(await api.post('/videos/{video_id}/remix', { path: { video_id: id }, body }));
}

export async function editVideo(body: Schemas['EditVideoRequest']): Promise<Answer<Video>> {
  return begun(await api.post('/videos/edits', { body }));
}

export async function extendVideo(body: Schemas['ExtendVideoRequest']): Promise<Answer<Video>> {
  return begun(await api.post('/videos/extensions', { body }));
}

export async function cancelVideo(id: string): Promise<Answer<Video>> {
  const answer = await api.post('/videos/{video_id}/cancel', { path: { video_id: id } });
  if (answer.ok) shelf.put(answer.value);
  void loadMe();
  return answer;
}

export async function deleteVideo(id: string, isLeaving = false): Promise<Answer<Response>> {
  const answer = await request('delete', '/videos/{video_id}', {
    path: { video_id: id },
    keepalive: isLeaving,
  });
  if (answer.ok || answer.problem.kind === 'missing') shelf.remove(id);
  return answer;
}
