// SPDX-License-Identifier: Apache-2.0
// Somebody in a browser: keeps the cookie, sends the page's origin and the session's token.
import { recordingFetch } from './client.js';

export class Browser {
  cookie = null;
  token = null;

  constructor(server) {
    this.url = server.url;
    this.origin = new URL(server.url).origin;
  }

  // { status, body, headers }; `headers` win over what a browser sends by itself.
  async call(method, path, body, headers = {}) {
    const sent = { origin: this.origin };
    if (this.cookie) sent.cookie = this.cookie;
    if (this.token) sent['x-csrf-token'] = this.token;
    if (body !== undefined) sent['content-type'] = 'application/json';
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) delete sent[name];
      else sent[name] = value;
    }
    const answer = await recordingFetch(this.url + path, {
      method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      this.cookie = pair.endsWith('=') ? null : pair;
      this.cookieLine = line;
    }
    const type = answer.headers.get('content-type') ?? '';
    const shown = type.startsWith('application/json') ? await answer.json()
                                                      : Buffer.from(await answer.arrayBuffer());
    if (shown.csrf_token) this.token = shown.csrf_token;
    return { status: answer.status, body: shown, headers: answer.headers };
  }

  get(path, headers) { return this.call('GET', path, undefined, headers); }
  post(path, body, headers) { return this.call('POST', path, body, headers); }
  delete(path, headers) { return this.call('DELETE', path, undefined, headers); }

  // The body of an answer that must be a 200.
  async ok(method, path, body) {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}
