// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon';
import './field.css';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': 'true' | undefined;
  }) => ComponentChildren;
}

// A label, a control, and what to know about it.
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const told = [hint !== undefined && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': told || undefined, 'aria-invalid': error ? 'true' : undefined })}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          <Icon name="alert" size={16} />
          {error}
        </p>
      )}
    </div>
  );
}

type InputProps = { label: string; hint?: string; error?: string | null; onValue: (value: string) => void };

export function TextField({
  label,
  hint,
  error,
  onValue,
  ...rest
}: InputProps & Omit<JSX.InputHTMLAttributes, 'label'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input class="input" {...rest} {...ids} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  onValue,
  ...rest
}: InputProps & Omit<JSX.TextareaHTMLAttributes, 'label'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <textarea
          class="input"
          rows={3}
          {...rest}
          {...ids}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
  disabled?: boolean;
}

export function Select<T extends string>({
  label,
  hint,
  value,
  choices,
  onValue,
}: {
  label: string;
  hint?: string;
  value: T;
  choices: readonly Choice<T>[];
  onValue: (value: T) => void;
}) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <span class="select">
          <select
            class="input"
            {...ids}
            value={value}
            onChange={(event) => {
              const chosen = choices.find((choice) => choice.value === event.currentTarget.value);
              if (chosen !== undefined) onValue(chosen.value);
            }}
          >
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value} disabled={choice.disabled ?? false}>
                {choice.label}
              </option>
            ))}
          </select>
          <Icon name="down" size={16} />
        </span>
      )}
    </Field>
  );
}

// A few choices side by side, all seen at once.
export function Segments<T extends string>({
  label,
  value,
  choices,
  onValue,
}: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled ?? false}
            onChange={() => onValue(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Switch({
  label,
  isOn,
  onValue,
}: {
  label: string;
  isOn: boolean;
  onValue: (isOn: boolean) => void;
}) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </label>
  );
}
