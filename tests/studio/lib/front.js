// SPDX-License-Identifier: Apache-2.0
// One address for a server that may be killed and come back at another port. With
// AOZORA_STUDIO_DIST it gives out the page from that folder instead of the one in the program, so
// that a page can be tried without building the program.
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const DIST = process.env.AOZORA_STUDIO_DIST;
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
  "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export class Front {
  #server;
  #target;

  static async start(target) {
    const front = new Front();
    front.target(target);
    front.#server = http.createServer((request, response) => front.#answer(request, response));
    await new Promise((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    front.url = `http://127.0.0.1:${front.#server.address().port}`;
    return front;
  }

  // `url` as the server says it, with /v1.
  target(url) {
    this.#target = new URL(url);
  }

  #answer(request, response) {
    const isServers = /^\/(v1|notice|metrics|healthz|readyz)(\/|\?|$)/.test(request.url);
    if (DIST && !isServers) return this.#page(request, response);
    const { hostname, port } = this.#target;
    const passed = http.request(
      {
        hostname,
        port,
        path: request.url,
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      },
    );
    passed.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  }

  #page(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const file = path.join(DIST, path.normalize(/\.\w+$/.test(pathname) ? pathname : '/index.html'));
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'referrer-policy': 'same-origin',
    });
    response.end(readFileSync(file));
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
