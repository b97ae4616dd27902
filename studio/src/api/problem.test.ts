// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { problemOf, retryTime } from './problem';

const NOW = 1_700_000_000_000;
const of = (status: number, code: string | null = null, headers: Record<string, string> = {}) =>
  problemOf(status, new Headers(headers), { error: { message: 'm', code, param: 'p' } }, NOW);

describe('problemOf', () => {
  it.each([
    [401, 'invalid_api_key', 'signed_out'],
    [403, 'role_may_not', 'forbidden'],
    [403, 'terms_not_accepted', 'terms'],
    [404, 'not_found', 'missing'],
    [410, null, 'missing'],
    [413, null, 'too_large'],
    [400, 'invalid_value', 'invalid'],
    [422, 'idempotency_key_reused', 'invalid'],
    [400, 'content_policy_violation', 'policy'],
    [429, 'rate_limit_exceeded', 'busy'],
    [429, 'insufficient_quota', 'quota'],
    [503, 'stopped', 'stopped'],
    [503, 'overloaded', 'busy'],
    [500, 'internal_error', 'server'],
    [507, null, 'server'],
  ] as const)('%i %s is %s', (status, code, kind) => {
    expect(of(status, code)).toMatchObject({ kind, status, code, message: 'm', param: 'p' });
  });

  it('lives with answers that are no errors of ours', () => {
    expect(problemOf(500, new Headers(), 'a page', NOW)).toMatchObject({
      kind: 'server',
      message: '',
      code: null,
    });
    expect(problemOf(400, new Headers(), { error: 'text' }, NOW)).toMatchObject({
      kind: 'invalid',
      message: '',
    });
  });

  it('knows when to come back, and the request', () => {
    expect(of(429, null, { 'retry-after': '30', 'x-request-id': 'req_1' })).toMatchObject({
      retryAt: NOW + 30_000,
      requestId: 'req_1',
    });
  });
});

describe('retryTime', () => {
  it('reads seconds, dates and nonsense', () => {
    expect(retryTime('2', NOW)).toBe(NOW + 2000);
    expect(retryTime('-2', NOW)).toBe(NOW);
    expect(retryTime('Thu, 26 Nov 2026 20:00:00 GMT', NOW)).toBe(Date.UTC(2026, 10, 26, 20));
    expect(retryTime('soon', NOW)).toBeNull();
    expect(retryTime(null, NOW)).toBeNull();
  });
});
