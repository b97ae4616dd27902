// SPDX-License-Identifier: Apache-2.0
// A storyboard: cards in a row, each a prompt and a length. It is rendered as one clip: the first
// card is made, each further one extends what there is. Where it stands is kept in the browser, so
// that it goes on after a reload.
import { computed, signal } from '@preact/signals';
import { isObject } from '../../api/problem';
import { kept } from '../../lib/kept';
import { newKey } from '../../videos/actions';

export interface Card {
  id: string;
  prompt: string;
  seconds: number;
}

export interface Run {
  cards: readonly Card[];
  size: string;
  model: string | null;
  key: string; // so that the first card is never made twice
  videoIds: readonly string[]; // one for each card that was begun
  state: 'running' | 'done' | 'stuck';
  why: string | null; // what stopped it, as the server said it
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

export function parseRun(value: unknown): Run | null {
  if (!isObject(value) || !Array.isArray(value['videoIds']) || !Array.isArray(value['cards'])) return null;
  const { size, model, key, state, why } = value;
  if (typeof size !== 'string' || typeof key !== 'string') return null;
  if (state !== 'running' && state !== 'done' && state !== 'stuck') return null;
  return {
    cards: value['cards'].flatMap(parseCard),
    size,
    key,
    state,
    model: typeof model === 'string' ? model : null,
    videoIds: value['videoIds'].filter((id) => typeof id === 'string'),
    why: typeof why === 'string' ? why : null,
  };
}

export const cards = kept('board.cards', parseCards);
export const RUN = 'board.run';
export const run = kept(RUN, parseRun);
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

// Goes on where it stopped; a clip that failed is made anew.
export function goOn(now: Run, isLastGood: boolean): Run {
  const videoIds = isLastGood ? now.videoIds : now.videoIds.slice(0, -1);
  return { ...now, videoIds, state: 'running', why: null, key: videoIds.length === 0 ? newKey() : now.key };
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
