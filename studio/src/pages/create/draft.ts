// SPDX-License-Identifier: Apache-2.0
// What is being written, kept in the browser: a reload loses no word.
import { computed, signal } from '@preact/signals';
import type { CreateVideo, Model, Video } from '../../api/types';
import { kept, oneOf } from '../../lib/kept';
import { locale } from '../../lib/locale';
import { engineOf, findModel } from '../../models/models';
import { knownModel } from '../../models/known';
import { stylesFor, withStyle } from '../../models/styles';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const LENGTHS = [2, 4, 6, 8, 10, 15, 20] as const;
const SECONDS = 4;
export type Count = '1' | '2' | '4';

export const draft = {
  prompt: kept('draft.prompt', text),
  model: kept('draft.model', textOrNull),
  size: kept('draft.size', textOrNull),
  seconds: kept('draft.seconds', (value) => (typeof value === 'number' ? value : SECONDS)),
  count: kept<Count>('draft.count', oneOf<Count>('1', '2', '4')),
  style: kept('draft.style', textOrNull),
  seed: kept('draft.seed', text),
  steps: kept('draft.steps', text),
  guidance: kept('draft.guidance', text),
  negative: kept('draft.negative', text),
  // A picture is too large to be kept.
  image: signal<{ name: string; url: string } | null>(null),
};

export const draftModel = computed<Model | null>(() => findModel(draft.model.value));
export const draftEngine = computed(() => engineOf(draftModel.value));

// All sizes that are offered: the quick ones first, then those that the model is best at.
export const sizes = computed<readonly string[]>(() => {
  const best = draftModel.value?.aozora?.sizes ?? ['1280x720', '720x1280'];
  return [...knownModel(draftEngine.value).quickSizes, ...best];
});
export const draftSize = computed(() => {
  const known = sizes.value;
  const asked = draft.size.value;
  return asked !== null && known.includes(asked)
    ? asked
    : known.includes('1280x720')
      ? '1280x720'
      : (known[0] ?? '1280x720');
});
export const secondsMax = computed(() => draftModel.value?.aozora?.seconds_max ?? 20);
export const draftSeconds = computed(() => Math.min(draft.seconds.value, secondsMax.value));
export const draftStyle = computed(
  () => stylesFor(draftEngine.value).find(({ id }) => id === draft.style.value) ?? null,
);

// Numbers as people write them; null where nothing usable is written.
export function numberIn(written: string, min: number, max: number, isWhole = true): number | null {
  const value = Number(written.trim().replace(',', '.'));
  if (written.trim() === '' || !Number.isFinite(value) || value < min || value > max) return null;
  return isWhole && !Number.isInteger(value) ? null : value;
}

export const LIMITS = {
  seed: { min: 0, max: 4294967295, isWhole: true },
  steps: { min: 1, max: 200, isWhole: true },
  guidance: { min: 1, max: 100, isWhole: false },
} as const;

export function isRight(name: keyof typeof LIMITS, written: string): boolean {
  const { min, max, isWhole } = LIMITS[name];
  return written.trim() === '' || numberIn(written, min, max, isWhole) !== null;
}

export function bodyOfDraft(): CreateVideo {
  const body: CreateVideo = {
    prompt: withStyle(draft.prompt.value, draftStyle.value?.id ?? null, locale.value),
    seconds: draftSeconds.value,
    size: draftSize.value,
  };
  if (draftModel.value !== null) body.model = draftModel.value.id;
  const n = Number(draft.count.value);
  if (n > 1) body.n = n;
  for (const name of ['seed', 'steps', 'guidance'] as const) {
    const { min, max, isWhole } = LIMITS[name];
    const value = numberIn(draft[name].value, min, max, isWhole);
    if (value !== null) body[name] = value;
  }
  if (draft.negative.value.trim() !== '') body.negative_prompt = draft.negative.value.trim();
  if (draft.image.value !== null) body.input_reference = { image_url: draft.image.value.url };
  return body;
}

// Writes down what a video was made of, to make it again or another like it.
export function takeFrom(video: Video): void {
  draft.prompt.value = video.prompt ?? '';
  draft.model.value = video.model;
  draft.size.value = video.size;
  draft.seconds.value = Math.min(Number(video.seconds), secondsMax.value);
  draft.style.value = null;
  const seed = video.aozora?.seed;
  draft.seed.value = seed === null || seed === undefined ? '' : String(seed);
  const settings = video.aozora?.settings;
  draft.steps.value = settings?.steps == null ? '' : String(settings.steps);
  draft.guidance.value = settings?.guidance == null ? '' : String(settings.guidance);
  draft.negative.value = settings?.negative_prompt ?? '';
}
