// SPDX-License-Identifier: Apache-2.0
// What tests share; no page imports it.
import type { Extras, Settings, Video } from './api/types';

export const settingsOf = (part: Partial<Settings> = {}): Settings => ({
  steps: null,
  guidance: null,
  negative_prompt: null,
  fps: null,
  strength: null,
  creator: null,
  scenes: null,
  ...part,
});

export function videoOf(
  id: string,
  part: Partial<Omit<Video, 'aozora'>> & { aozora?: Partial<Extras> } = {},
): Video {
  const { aozora, ...rest } = part;
  return {
    id,
    object: 'video',
    model: 'mini',
    status: 'completed',
    progress: 100,
    created_at: 1000,
    completed_at: 1010,
    expires_at: null,
    prompt: 'a red boat',
    size: '1280x720',
    seconds: '4',
    remixed_from_video_id: null,
    error: null,
    ...rest,
    aozora: {
      kind: 'create',
      seed: 7,
      queue_position: null,
      seconds_left: null,
      stage: null,
      step: null,
      steps: null,
      preview: null,
      frames: null,
      fps: null,
      settings: settingsOf(),
      request_id: null,
      source_video_id: null,
      target_video_id: null,
      variations: [],
      ...aozora,
    },
  };
}

export function answerOf(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export const errorOf = (
  status: number,
  code: string,
  message = 'why',
  headers: Record<string, string> = {},
): Response => answerOf({ error: { message, type: 'x', param: null, code } }, status, headers);
