// SPDX-License-Identifier: Apache-2.0
// Folders are kept in this browser: the API has no place for them.
import { computed } from '@preact/signals';
import { isObject } from '../../api/problem';
import { kept } from '../../lib/kept';
import { me } from '../../session/session';

export interface Folder {
  name: string;
  ids: readonly string[];
}

export function parseFolders(value: unknown): readonly Folder[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (!isObject(one) || typeof one['name'] !== 'string' || !Array.isArray(one['ids'])) return [];
    return [{ name: one['name'], ids: one['ids'].filter((id) => typeof id === 'string') }];
  });
}

// Each person's own, by id.
const all = kept<Readonly<Record<string, readonly Folder[]>>>('folders', (value) =>
  !isObject(value)
    ? {}
    : Object.fromEntries(Object.entries(value).map(([id, list]) => [id, parseFolders(list)])),
);
const owner = (): string => me.value?.id ?? '';

export const folders = computed<readonly Folder[]>(() => all.value[owner()] ?? []);

export function setFolders(list: readonly Folder[]): void {
  all.value = { ...all.value, [owner()]: list };
}

export function addFolder(name: string): boolean {
  const wanted = name.trim();
  if (wanted === '' || folders.value.some((folder) => folder.name === wanted)) return false;
  setFolders([...folders.value, { name: wanted, ids: [] }]);
  return true;
}

export function removeFolder(name: string): void {
  setFolders(folders.value.filter((folder) => folder.name !== name));
}

// A clip is in one folder at most; null takes it out.
export function moveTo(name: string | null, ids: readonly string[]): void {
  setFolders(
    folders.value.map((folder) => {
      const others = folder.ids.filter((id) => !ids.includes(id));
      return { name: folder.name, ids: folder.name === name ? [...others, ...ids] : others };
    }),
  );
}
