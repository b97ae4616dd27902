// SPDX-License-Identifier: Apache-2.0
// Small words that several pages share.
import { area } from '../lib/words';

export const partsWords = area({
  en: {
    copy: 'Copy',
    copied: 'Copied',
    unknownPerson: 'Somebody',
    state_draft: 'Draft',
    state_submitted: 'In review',
    state_approved: 'Approved',
    state_returned: 'Returned',
    state_shared: 'Public',
    flagged: 'Flagged',
    role_artist: 'Artist',
    role_partner: 'Partner',
    role_red_team: 'Red team',
    role_reviewer: 'Reviewer',
    role_admin: 'Admin',
    filmOf: 'Clip “{title}”',
    filmGone: 'The files of this clip are not there any more.',
  },
  fr: {
    copy: 'Copier',
    copied: 'Copié',
    unknownPerson: 'Quelqu’un',
    state_draft: 'Brouillon',
    state_submitted: 'En relecture',
    state_approved: 'Approuvé',
    state_returned: 'Renvoyé',
    state_shared: 'Public',
    flagged: 'Signalé',
    role_artist: 'Artiste',
    role_partner: 'Partenaire',
    role_red_team: 'Équipe rouge',
    role_reviewer: 'Relecteur',
    role_admin: 'Administrateur',
    filmOf: 'Clip « {title} »',
    filmGone: 'Les fichiers de ce clip ne sont plus là.',
  },
});
