// SPDX-License-Identifier: Apache-2.0
// A way to the server that loses or holds back answers after the server took the request.
import http from 'node:http';

export class Tunnel {
  #server;
  #drop = 0;
  #hold = 0;
  dropped = 0;

  static async to(url) {
    const target = new URL(url), tunnel = new Tunnel();
    tunnel.#server = http.createServer((request, response) => {
      const onward = http.request({ host: target.hostname, port: target.port, path: request.url,
                                    method: request.method, headers: request.headers });
      onward.on('response', (answer) => tunnel.#give(answer, request, response));
      onward.on('error', () => request.destroy());
      request.pipe(onward);
    });
    await new Promise((resolve) => tunnel.#server.listen(0, '127.0.0.1', resolve));
    tunnel.url = `http://127.0.0.1:${tunnel.#server.address().port}${target.pathname}`;
    return tunnel;
  }

  dropAnswers(count) { this.#drop = count; this.dropped = 0; }
  holdAnswers(count) { this.#hold = count; }

  #give(answer, request, response) {
    if (this.#hold > 0) {
      --this.#hold;
      answer.resume();
      return;
    }
    if (this.#drop > 0) {
      --this.#drop;
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode === 200) ++this.dropped;
        request.socket.destroy();
      });
      return;
    }
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
