// SPDX-License-Identifier: Apache-2.0
// Prompts that work with the model, and a kind word on what it knows.
import { locale } from '../../lib/locale';
import { isCalm } from '../../lib/motion';
import { knownModel } from '../../models/known';
import { createWords as words } from '../../words/create';
import { draft, draftEngine, draftModel } from './draft';

function take(prompt: string): void {
  draft.prompt.value = prompt;
  draft.style.value = null;
  const box = document.querySelector<HTMLTextAreaElement>('.composer textarea');
  box?.focus();
  scrollTo({ top: 0, behavior: isCalm() ? 'auto' : 'smooth' });
}

export function Examples() {
  if (draftModel.value === null) return null;
  const known = knownModel(draftEngine.value);
  const language = locale.value;
  return (
    <section class="examples">
      <h2>{words('examples')}</h2>
      <ul>
        {known.examples.map((example) => (
          <li key={example.en}>
            <button type="button" onClick={() => take(example[language])}>
              {example[language]}
            </button>
          </li>
        ))}
      </ul>
      {known.about !== null && (
        <div class="knows">
          <p>{known.about[language]}</p>
          <details>
            <summary>{words('knows')}</summary>
            <dl>
              {known.groups.map(({ name, words: said }) => (
                <div key={name.en}>
                  <dt>{name[language]}</dt>
                  <dd>{said[language]}</dd>
                </div>
              ))}
            </dl>
          </details>
        </div>
      )}
    </section>
  );
}
