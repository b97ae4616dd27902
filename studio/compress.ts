// SPDX-License-Identifier: Apache-2.0
// Beside each file of the build that shrinks: FILE.br and FILE.gz, for the server to send as they are.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const shrinks = /\.(css|html|js|json|svg|txt|webmanifest)$/;

function compressFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compressFolder(path);
    if (!entry.isFile() || !shrinks.test(entry.name)) continue;
    const bytes = readFileSync(path);
    const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    writeFileSync(`${path}.br`, br);
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

export function compress(): Plugin {
  let folder = '';
  return {
    name: 'aozora-compress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      compressFolder(folder);
    },
  };
}
