// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formOf, grantsOf, isWrong } from './limits';

describe('a form of limits', () => {
  it('shows what is set, and nothing for the rest', () =>
    expect(formOf({ seconds_per_day: 30, priority: 0 })).toEqual({
      seconds_per_day: '30',
      jobs_running_max: '',
      jobs_queued_max: '',
      priority: '0',
    }));
  it('leaves out what is empty', () => {
    expect(grantsOf({ ...formOf(undefined), jobs_queued_max: ' 5 ' })).toEqual({ jobs_queued_max: 5 });
    expect(grantsOf(formOf(undefined))).toEqual({});
  });
  it.each(['-1', '1001', '1.5', 'x', '1e9'])('takes no %s at once', (text) => {
    expect(isWrong('jobs_running_max', text)).toBe(true);
    expect(grantsOf({ ...formOf(undefined), jobs_running_max: text })).toBeNull();
  });
  it('takes a priority below zero, and no seconds at all', () =>
    expect(grantsOf({ ...formOf(undefined), priority: '-10', seconds_per_day: '0' })).toEqual({
      priority: -10,
      seconds_per_day: 0,
    }));
});
