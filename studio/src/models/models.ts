// SPDX-License-Identifier: Apache-2.0
// The models that the server has, and what each can.
import { computed, effect, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Problem } from '../api/problem';
import type { Model, Video } from '../api/types';
import { isIn } from '../session/session';

export type Ability = 'text' | 'image' | 'remix' | 'extension' | 'loop' | 'blend' | 'edit' | 'characters';

const all = signal<readonly Model[] | null>(null);
export const modelsProblem = signal<Problem | null>(null);

// An installed model is listed under its own name and under those that apps say; people see it once.
export const models = computed(() => {
  if (all.value === null) return null;
  const own = all.value.filter(({ id, aozora }) => aozora?.engine === undefined || aozora.engine === id);
  return own.length > 0 ? own : all.value;
});

export async function loadModels(): Promise<void> {
  const answer = await api.get('/models');
  modelsProblem.value = answer.ok ? null : answer.problem;
  if (answer.ok) all.value = answer.value.data;
}

export function startModels(): void {
  effect(() => {
    if (isIn.value) void loadModels();
    else all.value = null;
  });
}

export function findModel(name: string | null): Model | null {
  const known = all.value ?? [];
  return known.find(({ id }) => id === name) ?? models.value?.[0] ?? null;
}

export function can(model: Model | null, ability: Ability): boolean {
  return model?.aozora?.can?.includes(ability) ?? false;
}

// The model that made a video, by the name that was asked for.
export const modelOf = (video: Video): Model | null =>
  all.value?.find(({ id }) => id === video.model) ?? null;

export const engineOf = (model: Model | null): string | null => model?.aozora?.engine ?? model?.id ?? null;
