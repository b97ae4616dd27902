// SPDX-License-Identifier: Apache-2.0
import { useId } from 'preact/hooks';
import { clipsWords as words } from '../../words/clips';

const SHAPE = 'M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.8z';
const ALL = [1, 2, 3, 4, 5] as const;

const Star = ({ isOn, size }: { isOn: boolean; size: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path class={isOn ? 'star-on' : ''} d={SHAPE} />
  </svg>
);

export function Stars({ value }: { value: number }) {
  return (
    <span class="stars" role="img" aria-label={words('ratingOf', { n: value })}>
      {ALL.map((n) => (
        <Star key={n} isOn={n <= value} size={16} />
      ))}
    </span>
  );
}

export function Rating({ value, onValue }: { value: number | null; onValue: (value: number) => void }) {
  const name = useId();
  return (
    <fieldset class="rating">
      <legend class="small">{words('rating')}</legend>
      {ALL.map((n) => (
        <label key={n}>
          <input type="radio" name={name} value={n} checked={n === value} onChange={() => onValue(n)} />
          <Star isOn={value !== null && n <= value} size={22} />
          <span class="visually-hidden">{words('ratingOf', { n })}</span>
        </label>
      ))}
    </fieldset>
  );
}
