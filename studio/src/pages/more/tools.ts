// SPDX-License-Identifier: Apache-2.0
// The ways to make more of a clip, and why one of them cannot be had now.
import type { Model, Video } from '../../api/types';
import { can } from '../../models/models';
import type { IconName } from '../../ui/icon';

export const TOOLS = ['remix', 'edit', 'extend', 'recut', 'loop', 'blend'] as const;
export type Tool = (typeof TOOLS)[number];

export const ICONS: Record<Tool, IconName> = {
  remix: 'remix',
  edit: 'sliders',
  extend: 'extend',
  recut: 'scissors',
  loop: 'loop',
  blend: 'blend',
};

export const isTool = (name: string): name is Tool => TOOLS.some((tool) => tool === name);

// Of all extensions of one clip together, as the server has it.
export const EXTENDED_SECONDS_MAX = 120;

export type Reason = 'modelGone' | 'noRemix' | 'noExtension' | 'noLoop' | 'noBlend' | 'tooLong' | 'tooShort';

export function reasonAgainst(tool: Tool, video: Video, model: Model | null): Reason | null {
  if (model === null) return 'modelGone';
  switch (tool) {
    case 'remix':
      return can(model, 'remix') ? null : 'noRemix';
    case 'edit':
      return can(model, 'edit') ? null : 'noRemix';
    case 'extend':
      if (!can(model, 'extension')) return 'noExtension';
      return Number(video.seconds) < EXTENDED_SECONDS_MAX ? null : 'tooLong';
    case 'recut':
      if (!can(model, 'extension')) return 'noExtension';
      return cutsOf(video, model).length > 0 ? null : 'tooShort';
    case 'loop':
    case 'blend':
      if (!can(model, tool)) return tool === 'loop' ? 'noLoop' : 'noBlend';
      if (wholeCuts(video, model) === 0) return 'tooShort';
      return bridgeable(wholeCuts(video, model), model).length > 0 ? null : 'tooLong';
  }
}

// Lengths that an extension may add to what is `before` it.
export function addable(before: number, model: Model | null): number[] {
  const most = Math.min(model?.aozora?.seconds_max ?? 20, EXTENDED_SECONDS_MAX - before);
  return [1, 2, 4, 6, 8, 10, 15, 20].filter((seconds) => seconds <= most);
}

// Which of them is chosen where nobody did.
export const usualOf = (lengths: number[]): string =>
  String(lengths.find((one) => one >= 4) ?? lengths[lengths.length - 1] ?? 1);

// As much of a clip as can be gone on from.
export function wholeCuts(video: Video, model: Model | null): number {
  const step = model?.aozora?.cut_seconds ?? 1;
  return Math.floor(Number(video.seconds) / step) * step;
}

// Lengths of a way to where a clip begins, with so much else.
export function bridgeable(others: number, model: Model | null): number[] {
  const step = model?.aozora?.cut_seconds ?? 1;
  const most = model?.aozora?.bridge_seconds_max ?? 0;
  return addable(others, model).filter((seconds) => seconds % step === 0 && seconds <= most);
}

// Clips that this one can lead into.
export const partnersOf = (video: Video, all: readonly Video[]): Video[] =>
  all.filter(
    ({ id, status, model, size, seconds }) =>
      id !== video.id &&
      status === 'completed' &&
      model === video.model &&
      size === video.size &&
      Number(video.seconds) + Number(seconds) < EXTENDED_SECONDS_MAX,
  );

// The seconds after which a clip can be cut.
export function cutsOf(video: Video, model: Model | null): number[] {
  const step = model?.aozora?.cut_seconds ?? 1;
  const count = Math.ceil(Number(video.seconds) / step) - 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (index + 1) * step);
}

// How a strength feels, in five words.
export function strengthWord(
  strength: number,
): 'strength1' | 'strength2' | 'strength3' | 'strength4' | 'strength5' {
  if (strength <= 0.25) return 'strength1';
  if (strength <= 0.5) return 'strength2';
  if (strength <= 0.7) return 'strength3';
  return strength <= 0.9 ? 'strength4' : 'strength5';
}
