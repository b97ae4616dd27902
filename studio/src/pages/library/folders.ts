// SPDX-License-Identifier: Apache-2.0
// Folders are kept in this browser: the API has no place for them.
import { isObject } from '../../api/problem';
import { kept } from '../../lib/kept';

export interface Folder { name: string; ids: readonly string[]; }

export function parseFolders(value: unknown): readonly Folder[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (!isObject(one) || typeof one['name'] !== 'string' || !Array.isArray(one['ids'])) return [];
    return [{ name: one['name'], ids: one['ids'].filter((id) => typeof id === 'string') }];
  });
}

export const folders = kept<readonly Folder[]>('folders', parseFolders);

export function addFolder(name: string): boolean {
  const wanted = name.trim();
  if (wanted === '' || folders.value.some((folder) => folder.name === wanted)) return false;
  folders.value = [...folders.value, { name: wanted, ids: [] }];
  return true;
}

export function removeFolder(name: string): void {
  folders.value = folders.value.filter((folder) => folder.name !== name);
}

// A clip is in one folder at most; null takes it out.
export function moveTo(name: string | null, ids: readonly string[]): void {
  folders.value = folders.value.map((folder) => {
    const others = folder.ids.filter((id) => !ids.includes(id));
    return { name: folder.name, ids: folder.name === name ? [...others, ...ids] : others };
  });
}
