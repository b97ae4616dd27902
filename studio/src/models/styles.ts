// SPDX-License-Identifier: Apache-2.0
// Style presets: words that are put behind a prompt. Data; `for` says which engine knows the words,
// and presets without it are for models that know words at large.
import type { Locale } from '../lib/locale';

export interface Style {
  id: string;
  for?: string;
  label: Record<Locale, string>;
  words: Record<Locale, string>;
}

export const STYLES: readonly Style[] = [
  {
    id: 'golden',
    for: 'mini',
    label: { en: 'Golden hour', fr: 'Heure dorée' },
    words: { en: 'at sunset', fr: 'au coucher du soleil' },
  },
  {
    id: 'first-light',
    for: 'mini',
    label: { en: 'First light', fr: 'Premières lueurs' },
    words: { en: 'at dawn', fr: 'à l’aube' },
  },
  {
    id: 'mist',
    for: 'mini',
    label: { en: 'Mist', fr: 'Brume' },
    words: { en: 'in the fog', fr: 'dans le brouillard' },
  },
  {
    id: 'rain',
    for: 'mini',
    label: { en: 'Rain', fr: 'Pluie' },
    words: { en: 'in the rain', fr: 'sous la pluie' },
  },
  {
    id: 'snow',
    for: 'mini',
    label: { en: 'Snow', fr: 'Neige' },
    words: { en: 'in the snow', fr: 'sous la neige' },
  },
  { id: 'night', for: 'mini', label: { en: 'Night', fr: 'Nuit' }, words: { en: 'at night', fr: 'la nuit' } },
  {
    id: 'aurora',
    for: 'mini',
    label: { en: 'Aurora', fr: 'Aurore' },
    words: { en: 'at night, under an aurora', fr: 'la nuit, sous une aurore boréale' },
  },
  {
    id: 'cinematic',
    label: { en: 'Cinematic', fr: 'Cinéma' },
    words: {
      en: 'cinematic, shallow depth of field, film grain',
      fr: 'cinématographique, faible profondeur de champ, grain argentique',
    },
  },
  {
    id: 'documentary',
    label: { en: 'Documentary', fr: 'Documentaire' },
    words: {
      en: 'documentary, handheld camera, natural light',
      fr: 'documentaire, caméra à l’épaule, lumière naturelle',
    },
  },
  {
    id: 'watercolour',
    label: { en: 'Watercolour', fr: 'Aquarelle' },
    words: {
      en: 'watercolour painting, soft edges, paper texture',
      fr: 'aquarelle, contours doux, texture du papier',
    },
  },
  {
    id: 'clay',
    label: { en: 'Clay', fr: 'Pâte à modeler' },
    words: {
      en: 'stop-motion clay animation, miniature set',
      fr: 'animation en pâte à modeler, décor miniature',
    },
  },
  {
    id: 'anime',
    label: { en: 'Anime', fr: 'Anime' },
    words: { en: 'hand-drawn anime, painted background', fr: 'anime dessiné à la main, décor peint' },
  },
  {
    id: 'mono',
    label: { en: 'Black and white', fr: 'Noir et blanc' },
    words: { en: 'black and white film, high contrast', fr: 'film noir et blanc, fort contraste' },
  },
];

export function stylesFor(engine: string | null): readonly Style[] {
  const own = STYLES.filter((style) => style.for === engine);
  return own.length > 0 ? own : STYLES.filter((style) => style.for === undefined);
}

// The prompt as it is sent.
export function withStyle(prompt: string, id: string | null, language: Locale): string {
  const style = STYLES.find((one) => one.id === id);
  const text = prompt.trim();
  if (style === undefined || text === '') return text;
  return `${text.replace(/[\s,.;]+$/, '')}, ${style.words[language]}`;
}
