// SPDX-License-Identifier: Apache-2.0
// Short names for the contract's schemas, and the shapes that the contract does not have yet: a
// server without them answers 404 or leaves the fields out, and the pages live with that.
import type { components } from './schema';

export type Schemas = components['schemas'];
export type CreateVideo = Schemas['CreateVideoRequest'];
export type Login = Schemas['Login'];
export type Person = Schemas['Person'];
export type Model = Schemas['Model'];
export type Notice = Schemas['Notice'];
export type Role = Schemas['Role'];

export interface Settings {
  steps?: number | null;
  guidance?: number | null;
  negative_prompt?: string | null;
  fps?: number | null;
  strength?: number | null;
}

export type Extras = Schemas['VideoExtras'] & {
  step?: number | null; // of `steps`, while denoising
  steps?: number | null;
  preview?: number | null; // changes with each new preview picture
  settings?: Settings;
};

export type Video = Omit<Schemas['Video'], 'aozora'> & { aozora?: Extras };

export interface Estimate {
  object: 'video.estimate';
  model: string;
  size: string;
  seconds: string | number;
  n: number;
  quota_seconds: number;
  quota_seconds_left: number | null;
  render_seconds: number;
  wait_seconds: number;
  queue_position: number;
}

export interface VideoEvent {
  type: string;
  video_id: string;
  created_at: number;
  video: Video | null; // null: deleted meanwhile
}

export const isRunning = (video: Video): boolean =>
  video.status === 'queued' || video.status === 'in_progress';
export const isCancelled = (video: Video): boolean =>
  video.status === 'failed' && video.error?.code === 'cancelled';
