// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answerOf, errorOf } from '../testing';
import { api, json, setHooks, urlOf } from './client';

let token: string | null = 't1';
const signedOut = vi.fn();
const renewToken = vi.fn(async () => true);
const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const sent = (i = 0) =>
  new Request(new URL(fetched.mock.calls[i]![0], 'http://x'), {
    ...fetched.mock.calls[i]![1],
    keepalive: false,
  });

beforeEach(() => {
  token = 't1';
  vi.stubGlobal('fetch', fetched);
  setHooks({ csrfToken: () => token, signedOut, renewToken });
});
afterEach(() => {
  vi.resetAllMocks();
});

it('fills paths and queries', () => {
  expect(
    urlOf('/videos/{video_id}/content', {
      path: { video_id: 'a/b' },
      query: { variant: 'thumbnail', x: undefined },
    }),
  ).toBe('/v1/videos/a%2Fb/content?variant=thumbnail');
});

it('sends the token with what changes something, and only with that', async () => {
  fetched.mockImplementation(async () => answerOf({}));
  await api.get('/me');
  await api.post('/videos', { body: { prompt: 'a boat' } });
  expect(sent(0).headers.get('x-csrf-token')).toBeNull();
  expect(sent(1).headers.get('x-csrf-token')).toBe('t1');
  expect(sent(1).headers.get('content-type')).toBe('application/json');
  expect(await sent(1).json()).toEqual({ prompt: 'a boat' });
});

it('leaves the type of forms to the browser', async () => {
  fetched.mockImplementation(async () => answerOf({}));
  await api.post('/verify', { body: new FormData() });
  expect(sent().headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/);
});

it('gives problems as values', async () => {
  fetched.mockImplementation(async () =>
    errorOf(429, 'rate_limit_exceeded', 'slower', { 'retry-after': '3' }),
  );
  const answer = await api.get('/me');
  expect(answer).toMatchObject({ ok: false, problem: { kind: 'busy', message: 'slower' } });
});

it('is offline without an answer, and behind a gateway that has none', async () => {
  fetched.mockRejectedValueOnce(new TypeError('refused'));
  expect(await api.get('/me')).toMatchObject({ problem: { kind: 'offline' } });
  fetched.mockResolvedValueOnce(new Response('<h1>Bad gateway</h1>', { status: 502 }));
  expect(await api.get('/me')).toMatchObject({ problem: { kind: 'offline' } });
});

it('tells of an ended session, but not of a wrong password', async () => {
  fetched.mockImplementation(async () => errorOf(401, 'invalid_api_key'));
  await api.post('/login', { body: { name: 'a', password: 'b' } });
  expect(signedOut).not.toHaveBeenCalled();
  await api.get('/me');
  expect(signedOut).toHaveBeenCalledOnce();
});

it('gets a new token once and tries again', async () => {
  fetched
    .mockImplementationOnce(async () => errorOf(403, 'wrong_csrf_token'))
    .mockImplementation(async () => answerOf({ ok: 1 }));
  renewToken.mockImplementation(async () => {
    token = 't2';
    return true;
  });
  expect(await json('post', '/x', { body: {} })).toEqual({ ok: true, value: { ok: 1 } });
  expect(sent(1).headers.get('x-csrf-token')).toBe('t2');
});

it('does not try again without a new token', async () => {
  fetched.mockImplementation(async () => errorOf(403, 'wrong_csrf_token'));
  renewToken.mockImplementation(async () => false);
  expect(await json('post', '/x', {})).toMatchObject({ ok: false, problem: { kind: 'forbidden' } });
  expect(fetched).toHaveBeenCalledOnce();
});
