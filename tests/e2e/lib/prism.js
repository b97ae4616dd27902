// SPDX-License-Identifier: Apache-2.0
// The validating proxy: it stands between a client and the server, and answers with an error of its
// own where a request or an answer is not as the description has it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@stoplight/prism-cli/package.json');
const PROGRAM = path.join(path.dirname(manifest), 'dist/index.js');
const START_MS = 60_000;

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startPrism(description, upstream) {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, 'proxy', description, upstream, '--errors',
                                         '--host', '127.0.0.1', '--port', String(port)]);
  let log = '';
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`prism was not ready in time:\n${log}`)), START_MS);
    const append = (chunk) => {
      log += chunk;
      if (!log.includes('Prism is listening')) return;
      clearTimeout(late);
      resolve();
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('exit', (code) => reject(new Error(`prism ended with ${code}:\n${log}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    stop: () => new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    }),
  };
}
