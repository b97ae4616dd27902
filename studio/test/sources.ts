// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const STUDIO = fileURLToPath(new URL('..', import.meta.url));

export interface Source {
  path: string;
  text: string;
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

// Everything that people wrote under src/.
export const sources: readonly Source[] = filesIn(join(STUDIO, 'src'))
  .filter((path) => /\.(tsx?|css)$/.test(path) && !path.endsWith('schema.d.ts'))
  .map((path) => ({ path: path.slice(STUDIO.length), text: readFileSync(path, 'utf8') }));

export const isTest = ({ path }: Source): boolean => /\.test\.tsx?$|\/testing\.ts$/.test(path);
