// SPDX-License-Identifier: Apache-2.0
// What is worth saying about a model to those who write for it: prompts that it does well and small
// sizes that are quick. Data, by the name of the engine; a model that is not here gets the general
// ones.
import type { Locale } from '../lib/locale';

type Both = Record<Locale, string>;

export interface KnownModel {
  // One sentence on what it can, and the words that it knows.
  about: Both | null;
  groups: readonly { name: Both; words: Both }[];
  examples: readonly Both[];
  quickSizes: readonly string[];
}

const MINI: KnownModel = {
  about: {
    en: 'The model that comes with the program is small and quick. It knows one little world very well: boats, birds, balloons and more, in fifteen places, at any hour and in any weather. Other things it cannot paint yet, and motion it follows only loosely.',
    fr: 'Le modèle livré avec le programme est petit et rapide. Il connaît très bien un petit monde : bateaux, oiseaux, ballons et d’autres, dans quinze lieux, à toute heure et par tous les temps. Le reste, il ne sait pas encore le peindre, et il ne suit les mouvements que de loin.',
  },
  groups: [
    {
      name: { en: 'Places', fr: 'Lieux' },
      words: {
        en: 'calm sea, stormy sea, beach, lake, hills, mountains, desert, city, forest, road, night sky, space, underwater, meadow, clouds',
        fr: 'mer calme, mer agitée, plage, lac, collines, montagnes, désert, ville, forêt, route, ciel étoilé, espace, sous l’eau, prairie, nuages',
      },
    },
    {
      name: { en: 'Subjects', fr: 'Sujets' },
      words: {
        en: 'sailboat, balloon, bird, whale, fish, car, train, rocket, kite, butterfly, lighthouse, windmill, paper plane, lantern, ball, cube, airplane, saucer, jellyfish, fireworks, tree, house, moon, sun, turtle, flower',
        fr: 'voilier, montgolfière, oiseau, baleine, poisson, voiture, train, fusée, cerf-volant, papillon, phare, moulin, avion en papier, lanterne, balle, cube, avion, soucoupe, méduse, feu d’artifice, arbre, maison, lune, soleil, tortue, fleur',
      },
    },
    {
      name: { en: 'Hours and weather', fr: 'Heures et temps' },
      words: {
        en: 'dawn, morning, noon, sunset, dusk, night; clear, cloudy, rain, snow, fog, aurora',
        fr: 'aube, matin, midi, coucher de soleil, crépuscule, nuit ; ciel clair, nuageux, pluie, neige, brouillard, aurore boréale',
      },
    },
    {
      name: { en: 'Colours', fr: 'Couleurs' },
      words: {
        en: 'red, orange, yellow, green, turquoise, blue, purple, pink, white, black, brown, gold',
        fr: 'rouge, orange, jaune, vert, turquoise, bleu, violet, rose, blanc, noir, marron, doré',
      },
    },
  ],
  examples: [
    {
      en: 'a red sailboat drifts across a calm sea at sunset',
      fr: 'un voilier rouge dérive sur une mer calme au coucher du soleil',
    },
    {
      en: 'three orange balloons rise over the hills in the morning',
      fr: 'trois montgolfières orange s’élèvent au-dessus des collines le matin',
    },
    { en: 'a blue whale underwater at noon', fr: 'une baleine bleue sous l’eau à midi' },
    {
      en: 'a white lighthouse above a stormy sea at dusk, in the rain',
      fr: 'un phare blanc au-dessus d’une mer agitée au crépuscule, sous la pluie',
    },
    {
      en: 'a gold lantern over a lake at night, under an aurora',
      fr: 'une lanterne dorée sur un lac la nuit, sous une aurore boréale',
    },
    { en: 'a green train crosses the desert at dawn', fr: 'un train vert traverse le désert à l’aube' },
    {
      en: 'two purple butterflies in a meadow in the morning',
      fr: 'deux papillons violets dans une prairie le matin',
    },
    {
      en: 'a pink rocket in space, the camera slowly zooms in',
      fr: 'une fusée rose dans l’espace, la caméra zoome lentement',
    },
  ],
  quickSizes: ['640x360', '360x640', '480x480'],
};

const GENERAL: KnownModel = {
  about: null,
  groups: [],
  examples: [
    {
      en: 'a red sailboat on a calm sea at sunset, slow aerial shot',
      fr: 'un voilier rouge sur une mer calme au coucher du soleil, lente vue aérienne',
    },
    {
      en: 'a lighthouse in a storm, waves break over the rocks',
      fr: 'un phare dans la tempête, les vagues se brisent sur les rochers',
    },
    {
      en: 'a fox walks through fresh snow in a birch forest, soft morning light',
      fr: 'un renard marche dans la neige fraîche d’une forêt de bouleaux, douce lumière du matin',
    },
    {
      en: 'steam rises from a cup of tea by a rainy window',
      fr: 'la vapeur monte d’une tasse de thé près d’une fenêtre sous la pluie',
    },
  ],
  quickSizes: [],
};

export function knownModel(engine: string | null): KnownModel {
  return engine === 'mini' ? MINI : GENERAL;
}
