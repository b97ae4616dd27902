// SPDX-License-Identifier: Apache-2.0
// The real program, on a port of its own choice and in a data folder that nobody used before.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
                          '../../..');
export const BINARY = process.env.AOZORA_BINARY ??
    path.join(root, 'build/release/apps/aozora/aozora');
const environment = { ...process.env, AOZORA_WEIGHTS: process.env.AOZORA_WEIGHTS ??
                                                      path.join(root, 'weights') };
const START_MS = 60_000;

// Limits that a test is not about stay out of its way.
const ROOMY = ['--requests-per-minute', '0', '--creates-per-minute', '1000000',
               '--queued-per-person', '100000', '--queue', '100000',
               '--seconds-per-day', '100000000', '--running-per-person', '64',
               '--effort', 'ultrafast'];

export class Server {
  #process;
  #options;
  log = '';

  // `extra` comes last, and so wins over what is roomy. `folder` is one that a server had before,
  // whose key still opens it.
  static async start(extra = [], { folder, key } = {}) {
    const server = new Server();
    server.folder = folder ?? mkdtempSync(path.join(os.tmpdir(), 'aozora-e2e-'));
    server.#options = [...ROOMY.filter((_, i) => !extra.includes(ROOMY[i - (i % 2)])), ...extra];
    await server.#launch();
    server.key = key ?? /^ +(aoz_\w+)$/m.exec(server.log)[1];
    return server;
  }

  async #launch() {
    this.log = '';
    this.#process = spawn(BINARY, ['serve', '--data', this.folder, '--listen', '127.0.0.1:0',
                                   ...this.#options], { env: environment });
    const append = (chunk) => { this.log += chunk; };
    this.#process.stdout.on('data', append);
    this.#process.stderr.on('data', append);
    this.url = await this.#listening();
  }

  // As a power cut: SIGKILL, and started again on the same folder, at another port.
  async crash() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    await this.#launch();
  }

  #listening() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the server ${why}:\n${this.log}`));
      const late = setTimeout(() => fail('was not ready in time'), START_MS);
      this.#process.on('error', (error) => fail(error.message));
      this.#process.on('exit', (code) => { clearTimeout(late); fail(`ended with ${code}`); });
      this.#process.stdout.on('data', () => {
        const line = /^listening on (\S+)$/m.exec(this.log);
        if (!line) return;
        clearTimeout(late);
        resolve(`${line[1]}/v1`);
      });
    });
  }

  // Runs `aozora COMMAND ...` on the same folder; its standard output.
  async run(command, ...words) {
    const { stdout } = await promisify(execFile)(
        BINARY, [command, '--data', this.folder, ...words], { env: environment });
    return stdout.trim();
  }

  // As the operator does.
  admin(...words) { return this.run('admin', ...words); }

  // What has been received of uploads that are not complete, or not yet where they belong.
  uploads() { return readdirSync(path.join(this.folder, 'uploads')); }

  async stop() {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
    // A server that is told to stop says goodbye; a crash is a failure of whatever test ran.
    if (child.exitCode !== 0 && child.exitCode !== 130 && child.exitCode !== 143) {
      throw new Error(`the server ended with ${child.exitCode} ${child.signalCode}:\n` +
                      this.log.slice(-4000));
    }
  }
}
