// SPDX-License-Identifier: Apache-2.0
// Short names for the contract's schemas.
import type { components } from './schema';

export type Schemas = components['schemas'];
export type CreateVideo = Schemas['CreateVideoRequest'];
export type Login = Schemas['Login'];
export type Folder = Schemas['Folder'];
export type Person = Schemas['Person'];
export type Model = Schemas['Model'];
export type Notice = Schemas['Notice'];
export type Role = Schemas['Role'];

export type Video = Schemas['Video'];
export type Extras = Schemas['VideoExtras'];
export type Settings = NonNullable<Extras['settings']>;
export type Estimate = Schemas['VideoEstimate'];

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
