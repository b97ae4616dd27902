// SPDX-License-Identifier: Apache-2.0
import { locale } from '../../lib/locale';
import { stylesFor } from '../../models/styles';
import { createWords as words } from '../../words/create';
import { draft, draftEngine } from './draft';

export function Styles() {
  return (
    <div class="composer-styles" role="group" aria-label={words('styles')}>
      {stylesFor(draftEngine.value).map(({ id, label, words: said }) => {
        const isOn = draft.style.value === id;
        return (
          <button
            key={id}
            type="button"
            class="chip"
            aria-pressed={isOn}
            title={said[locale.value]}
            onClick={() => {
              draft.style.value = isOn ? null : id;
            }}
          >
            {label[locale.value]}
          </button>
        );
      })}
    </div>
  );
}
