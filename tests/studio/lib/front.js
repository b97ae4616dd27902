// SPDX-License-Identifier: Apache-2.0
// One address for a server that may be killed and come back at another port.
import http from 'node:http';

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

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
