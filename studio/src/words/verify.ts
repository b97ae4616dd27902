// SPDX-License-Identifier: Apache-2.0
import { area } from '../lib/words';

export const verifyWords = area({
  en: {
    title: 'Did we make this?',
    lead: 'Give us a video or a picture, from anywhere. We look for our marks and read what it says about itself.',
    drop: 'Drop a video or a picture here',
    dropNow: 'Let go',
    or: 'or',
    pick: 'Choose a file',
    private: 'The file goes to this server alone, and is not kept.',
    looking: 'Looking at every picture…',
    lookingText: 'This takes a few seconds.',
    another: 'Look at another',
    tooLarge: 'This file is larger than the {n} MB that this server looks at.',
    file: 'File',
    fetching: 'Fetching the clip…',
  },
  fr: {
    title: 'Est-ce de chez nous ?',
    lead: 'Donnez-nous une vidéo ou une image, d’où qu’elle vienne. Nous cherchons nos marques et lisons ce qu’elle dit d’elle-même.',
    drop: 'Déposez une vidéo ou une image ici',
    dropNow: 'Lâchez',
    or: 'ou',
    pick: 'Choisir un fichier',
    private: 'Le fichier va à ce serveur seulement, et n’est pas conservé.',
    looking: 'Examen de chaque image…',
    lookingText: 'Cela prend quelques secondes.',
    another: 'En examiner un autre',
    tooLarge: 'Ce fichier dépasse les {n} Mo que ce serveur examine.',
    file: 'Fichier',
    fetching: 'Récupération du clip…',
  },
});
