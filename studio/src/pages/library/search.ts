// SPDX-License-Identifier: Apache-2.0
// Which clips fit what was typed and chosen. Accents and case make no difference; all words must
// be there, in any order.
import { isRunning, type Video } from '../../api/types';
import { type Shape, shapeOf } from '../../videos/media';

export type State = 'all' | 'ready' | 'running' | 'failed';
export type Kind = 'all' | 'create' | 'remix' | 'edit' | 'extension';
export type Order = 'newest' | 'oldest' | 'longest';

export interface Filter {
  text: string;
  state: State;
  kind: Kind;
  shape: Shape | 'all';
  order: Order;
}

export const NO_FILTER: Filter = { text: '', state: 'all', kind: 'all', shape: 'all', order: 'newest' };

export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

function hasState(video: Video, state: State): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'ready':
      return video.status === 'completed';
    case 'running':
      return isRunning(video);
    case 'failed':
      return video.status === 'failed';
  }
}

function haystack(video: Video): string {
  return plain(`${video.prompt ?? ''} ${video.model} ${video.size} ${video.aozora?.seed ?? ''} ${video.id}`);
}

const ORDERS: Record<Order, (a: Video, b: Video) => number> = {
  newest: () => 0, // as they come
  oldest: (a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1),
  longest: (a, b) => Number(b.seconds) - Number(a.seconds),
};

export function select(
  videos: readonly Video[],
  filter: Filter,
  folder: ReadonlySet<string> | null,
): Video[] {
  const words = plain(filter.text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = videos.filter((video) => {
    if (folder !== null && !folder.has(video.id)) return false;
    if (!hasState(video, filter.state)) return false;
    if (filter.kind !== 'all' && (video.aozora?.kind ?? 'create') !== filter.kind) return false;
    if (filter.shape !== 'all' && shapeOf(video.size) !== filter.shape) return false;
    if (words.length === 0) return true;
    const text = haystack(video);
    return words.every((word) => text.includes(word));
  });
  return filter.order === 'newest' ? found : found.sort(ORDERS[filter.order]);
}
