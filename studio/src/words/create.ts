// SPDX-License-Identifier: Apache-2.0
import { area } from '../lib/words';

export const createWords = area({
  en: { title: 'What shall the sky show?' },
  fr: { title: 'Que montrera le ciel ?' },
});
