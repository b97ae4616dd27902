// SPDX-License-Identifier: Apache-2.0
// A person's standing limits as fields of a form: an empty one is as for everybody.
import type { Schemas } from '../../api/types';

export type Grants = Schemas['Grants'];
export const FIELDS = ['seconds_per_day', 'jobs_running_max', 'jobs_queued_max', 'priority'] as const;
export type Field = (typeof FIELDS)[number];
export type Form = Record<Field, string>;

// As the contract has them (schema Grants).
export const BOUNDS: Record<Field, { min: number; max: number }> = {
  seconds_per_day: { min: 0, max: 1_000_000 },
  jobs_running_max: { min: 0, max: 1000 },
  jobs_queued_max: { min: 0, max: 100_000 },
  priority: { min: -10, max: 10 },
};

export function formOf(grants: Grants | undefined): Form {
  const text = (field: Field) => String(grants?.[field] ?? '');
  return {
    seconds_per_day: text('seconds_per_day'),
    jobs_running_max: text('jobs_running_max'),
    jobs_queued_max: text('jobs_queued_max'),
    priority: text('priority'),
  };
}

export function isWrong(field: Field, text: string): boolean {
  if (text.trim() === '') return false;
  const value = Number(text);
  return !Number.isInteger(value) || value < BOUNDS[field].min || value > BOUNDS[field].max;
}

// Null while a field is wrong.
export function grantsOf(form: Form): Grants | null {
  if (FIELDS.some((field) => isWrong(field, form[field]))) return null;
  const grants: Grants = {};
  for (const field of FIELDS) {
    if (form[field].trim() !== '') grants[field] = Number(form[field]);
  }
  return grants;
}
