// SPDX-License-Identifier: Apache-2.0
// A few choices that need a sentence each.
import { useId } from 'preact/hooks';
import './cards.css';

export interface CardChoice<T extends string> {
  value: T;
  title: string;
  text: string;
}

export function Cards<T extends string>({
  label,
  value,
  choices,
  onValue,
}: {
  label: string;
  value: T;
  choices: readonly CardChoice<T>[];
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="cards">
      <legend>{label}</legend>
      <div>
        {choices.map((choice) => (
          <label key={choice.value} class="card-choice">
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onValue(choice.value)}
            />
            <span>
              <strong>{choice.title}</strong>
              <span class="small quiet">{choice.text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
