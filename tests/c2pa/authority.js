// SPDX-License-Identifier: Apache-2.0
// A time stamping authority (RFC 3161) on this machine: OpenSSL's, behind HTTP.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CONFIG = `
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
signer_cert = stamps.pem
signer_key = stamps.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

export class Authority {
  static async start() {
    const authority = new Authority();
    authority.folder = mkdtempSync(join(tmpdir(), 'aozora-stamps-'));
    writeFileSync(join(authority.folder, 'config'), CONFIG);
    writeFileSync(join(authority.folder, 'serial'), '01\n');
    const certify = (name, ...words) => authority.#openssl(
        'req', '-x509', '-config', 'config', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
        '-nodes', '-days', '2', '-subj', `/CN=Test ${name}`, '-extensions', name,
        '-keyout', `${name}.key`, '-out', `${name}.pem`, ...words);
    await certify('root');
    await certify('stamps', '-CA', 'root.pem', '-CAkey', 'root.key');
    authority.rootFile = join(authority.folder, 'root.pem');
    authority.root = readFileSync(authority.rootFile, 'utf8');
    authority.#server = createServer((request, answer) => authority.#answer(request, answer));
    await new Promise((resolve) => authority.#server.listen(0, '127.0.0.1', resolve));
    authority.url = `http://127.0.0.1:${authority.#server.address().port}/tsa`;
    return authority;
  }

  asked = 0;
  broken = false; // answers 503
  #server;

  stop() {
    this.#server.close();
    rmSync(this.folder, { recursive: true });
  }

  #openssl(...words) {
    return promisify(execFile)('openssl', words, { cwd: this.folder });
  }

  async #answer(request, answer) {
    this.asked += 1;
    const number = this.asked;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.broken || request.headers['content-type'] !== 'application/timestamp-query') {
      answer.writeHead(this.broken ? 503 : 415).end();
      return;
    }
    writeFileSync(join(this.folder, `${number}.tsq`), Buffer.concat(chunks));
    await this.#openssl('ts', '-reply', '-config', 'config', '-section', 'tsa_config', '-queryfile',
                        `${number}.tsq`, '-out', `${number}.tsr`);
    answer.writeHead(200, { 'content-type': 'application/timestamp-reply' })
        .end(readFileSync(join(this.folder, `${number}.tsr`)));
  }
}
