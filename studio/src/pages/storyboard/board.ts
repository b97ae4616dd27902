// SPDX-License-Identifier: Apache-2.0
// A storyboard: cards in a row, each a prompt and a length. It is rendered as one clip, each scene
// going on where the one before ended.
import { computed, signal } from '@preact/signals';
import { isObject } from '../../api/problem';
import type { Schemas } from '../../api/types';
import { kept } from '../../lib/kept';
import { newKey } from '../../videos/actions';

export interface Card {
  id: string;
  prompt: string;
  seconds: number;
}

export const CARDS_MAX = 12;
export const TOTAL_MAX = 120;
const SECONDS = 4;

export const newCard = (prompt = ''): Card => ({ id: newKey(), prompt, seconds: SECONDS });

function parseCard(value: unknown): Card[] {
  if (!isObject(value)) return [];
  const { id, prompt, seconds } = value;
  return typeof id === 'string' && typeof prompt === 'string' && typeof seconds === 'number'
    ? [{ id, prompt, seconds }]
    : [];
}

function parseCards(value: unknown): readonly Card[] {
  const found = Array.isArray(value) ? value.flatMap(parseCard) : [];
  return found.length > 0 ? found : [newCard(), newCard()];
}

export const cards = kept('board.cards', parseCards);
// The film that was made last.
export const made = kept('board.made', (value) => (typeof value === 'string' ? value : null));
// The picture that the first card begins with, where the model can.
export const firstPicture = signal<{ name: string; url: string } | null>(null);

export const written = computed(() => cards.value.filter(({ prompt }) => prompt.trim() !== ''));
export const total = computed(() => written.value.reduce((sum, { seconds }) => sum + seconds, 0));

export function change(id: string, part: Partial<Omit<Card, 'id'>>): void {
  cards.value = cards.value.map((card) => (card.id === id ? { ...card, ...part } : card));
}

export function remove(id: string): void {
  cards.value = cards.value.filter((card) => card.id !== id);
}

// Scenes but the last end where the model can go on.
export const isUneven = (list: readonly Card[], step: number): boolean =>
  list.slice(0, -1).some(({ seconds }) => seconds % step !== 0);

export function bodyOf(
  list: readonly Card[],
  size: string,
  model: string | null,
  picture: string | null,
): Schemas['CreateVideoRequest'] {
  const [first, ...others] = list.map(({ prompt, seconds }) => ({ prompt: prompt.trim(), seconds }));
  return {
    ...first!,
    size,
    ...(others.length === 0 ? {} : { scenes: others }),
    ...(model === null ? {} : { model }),
    ...(picture === null ? {} : { input_reference: { image_url: picture } }),
  };
}

// A card moved by so many places; it stays within the row.
export function moved(list: readonly Card[], id: string, by: number): readonly Card[] {
  const from = list.findIndex((card) => card.id === id);
  const card = list[from];
  if (card === undefined) return list;
  const others = list.filter((one) => one.id !== id);
  const to = Math.min(Math.max(0, from + by), others.length);
  return [...others.slice(0, to), card, ...others.slice(to)];
}
