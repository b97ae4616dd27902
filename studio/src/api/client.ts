// SPDX-License-Identifier: Apache-2.0
// The one place that sends requests. Paths, queries, bodies and answers are typed by the contract.
import { type Answer, bad, good } from '../lib/result';
import { isObject, offline, type Problem, problemOf } from './problem';
import type { paths } from './schema';

type Method = 'get' | 'post' | 'delete';
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;

type JsonOf<T> = T extends { content: { 'application/json': infer B } } ? B : never;
export type ReplyOf<O> = O extends { responses: { 200: infer R } } ? JsonOf<R> : never;
type SentOf<O> = O extends { requestBody: infer B } ? JsonOf<B> : never;
type ParametersOf<O, Where extends string> = O extends { parameters: Record<Where, infer T> } ? T : never;

export interface Options {
  path?: Record<string, string> | undefined;
  query?: Record<string, string | number | undefined> | undefined;
  body?: unknown; // FormData goes as it is, all else as JSON
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean; // finishes after the page has gone
}

type Typed<P extends keyof paths, M extends Method> = Omit<Options, 'path' | 'query' | 'body'> &
  ([ParametersOf<Operation<P, M>, 'path'>] extends [never]
    ? { path?: never }
    : { path: ParametersOf<Operation<P, M>, 'path'> & Record<string, string> }) & {
    query?: Options['query'];
  } & ([SentOf<Operation<P, M>>] extends [never]
    ? { body?: FormData }
    : { body: SentOf<Operation<P, M>> | FormData });

interface Hooks {
  csrfToken: () => string | null;
  // The server has forgotten the session, or never knew it.
  signedOut: () => void;
  // A token that is no longer right: fetch a new one; true if there is one.
  renewToken: () => Promise<boolean>;
}

let hooks: Hooks = { csrfToken: () => null, signedOut: () => {}, renewToken: async () => false };
export function setHooks(next: Hooks): void {
  hooks = next;
}

export function urlOf(path: string, options: Pick<Options, 'path' | 'query'> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(options.path?.[name] ?? ''),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return `/v1${filled}${text === '' ? '' : `?${text}`}`;
}

// The answer to anything under /v1, documented or on its way to be.
export async function request(
  method: Method,
  path: string,
  options: Options = {},
): Promise<Answer<Response>> {
  const first = await send(method, path, options);
  if (first.ok || first.problem.code !== 'wrong_csrf_token') return first;
  return (await hooks.renewToken()) ? send(method, path, options) : first;
}

async function send(method: Method, path: string, options: Options): Promise<Answer<Response>> {
  const headers = new Headers(options.headers);
  const token = hooks.csrfToken();
  if (method !== 'get' && token !== null) headers.set('x-csrf-token', token);
  const init: RequestInit = {
    method: method.toUpperCase(),
    headers,
    credentials: 'same-origin',
    keepalive: options.keepalive ?? false,
  };
  if (options.signal !== undefined) init.signal = options.signal;
  if (options.body instanceof FormData) {
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(urlOf(path, options), init);
  } catch {
    return bad(offline());
  }
  if (response.ok) return good(response);
  const problem = await problemIn(response);
  if (problem.kind === 'signed_out' && path !== '/login') hooks.signedOut();
  return bad(problem);
}

async function problemIn(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  // A gateway in front of a server that is not there answers with a page of its own.
  if (!isObject(body) && response.status >= 502) return offline();
  return problemOf(response.status, response.headers, body, Date.now());
}

// As `request`, with the JSON of the answer. The type is a promise of the caller's: the contract's
// tests hold the server to it.
export async function json<T>(method: Method, path: string, options: Options = {}): Promise<Answer<T>> {
  const answer = await request(method, path, options);
  if (!answer.ok) return answer;
  try {
    return good((await answer.value.json()) as T);
  } catch {
    return bad(offline());
  }
}

type Rest<P extends keyof paths, M extends Method> =
  Record<string, never> extends Typed<P, M> ? [options?: Typed<P, M>] : [options: Typed<P, M>];

function call<M extends Method>(method: M) {
  return <P extends PathsWith<M>>(path: P, ...rest: Rest<P, M>): Promise<Answer<ReplyOf<Operation<P, M>>>> =>
    json(method, path, rest[0] ?? {});
}

export const api = { get: call('get'), post: call('post'), delete: call('delete') };
