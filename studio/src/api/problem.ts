// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a request, sorted by what a person can do about it.

export type ProblemKind =
  | 'offline' // no answer came: the network, or the server is not there
  | 'signed_out' // 401
  | 'forbidden' // 403
  | 'terms' // 403: terms that are not accepted yet
  | 'missing' // 404, 410
  | 'too_large' // 413
  | 'invalid' // 400, 409, 422: the message says what is wrong
  | 'policy' // 400: the prompt or picture is not allowed here
  | 'busy' // 429: later, at `retryAt`
  | 'quota' // 429: the seconds of the day are used up
  | 'stopped' // 503: the operator stopped this; the message is the notice's
  | 'server'; // 500 and the rest

export interface Problem {
  kind: ProblemKind;
  status: number; // 0: no answer
  code: string | null;
  param: string | null;
  message: string; // the server's sentence; empty where there is none
  retryAt: number | null; // milliseconds since 1970
  requestId: string | null;
}

export function offline(): Problem {
  return { kind: 'offline', status: 0, code: null, param: null, message: '', retryAt: null, requestId: null };
}

function kindOf(status: number, code: string | null): ProblemKind {
  switch (status) {
    case 401:
      return 'signed_out';
    case 403:
      return code === 'terms_not_accepted' ? 'terms' : 'forbidden';
    case 404:
    case 410:
      return 'missing';
    case 413:
      return 'too_large';
    case 429:
      return code === 'insufficient_quota' ? 'quota' : 'busy';
    case 503:
      return code === 'overloaded' || code === 'shutting_down' ? 'busy' : 'stopped';
  }
  if (code === 'content_policy_violation') return 'policy';
  return status >= 500 ? 'server' : 'invalid';
}

// Retry-After is a number of seconds or a date.
export function retryTime(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return now + Math.max(0, seconds) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : date;
}

const textOr = <T>(value: unknown, other: T): string | T => (typeof value === 'string' ? value : other);

export function problemOf(status: number, headers: Headers, body: unknown, now: number): Problem {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const code = textOr(error['code'], null);
  return {
    kind: kindOf(status, code),
    status,
    code,
    param: textOr(error['param'], null),
    message: textOr(error['message'], ''),
    retryAt: retryTime(headers.get('retry-after'), now),
    requestId: headers.get('x-request-id'),
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
