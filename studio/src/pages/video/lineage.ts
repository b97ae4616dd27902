// SPDX-License-Identifier: Apache-2.0
// What a clip came from, and what came from it, as rows and columns of a small graph.
import type { Video } from '../../api/types';

export interface Node {
  video: Video;
  column: number;
  row: number;
}
export interface Edge {
  from: Node;
  to: Node;
}
export interface Graph {
  nodes: readonly Node[];
  edges: readonly Edge[];
  columns: number;
  rows: number;
}

export const sourceOf = (video: Video): string | null =>
  video.aozora?.source_video_id ?? video.remixed_from_video_id;

// The first of the family that is still known.
function rootOf(video: Video, known: ReadonlyMap<string, Video>): Video {
  const seen = new Set<string>();
  let at = video;
  for (;;) {
    seen.add(at.id);
    const source = known.get(sourceOf(at) ?? '');
    if (source === undefined || seen.has(source.id)) return at;
    at = source;
  }
}

// Children stand a column to the right, each family below the one before.
export function lineage(video: Video, videos: readonly Video[]): Graph {
  const known = new Map(videos.map((one) => [one.id, one]));
  known.set(video.id, video);
  const children = new Map<string, Video[]>();
  for (const one of known.values()) {
    const source = sourceOf(one);
    if (source !== null && source !== one.id) children.set(source, [...(children.get(source) ?? []), one]);
  }
  const nodes: Node[] = [],
    edges: Edge[] = [];
  let rows = 0;
  const place = (one: Video, column: number, from: Node | null): void => {
    const node = { video: one, column, row: rows };
    nodes.push(node);
    if (from !== null) edges.push({ from, to: node });
    const below = (children.get(one.id) ?? []).sort((a, b) => a.created_at - b.created_at);
    for (const [i, child] of below.entries()) {
      if (nodes.some(({ video: { id } }) => id === child.id)) continue;
      if (i > 0) ++rows;
      place(child, column + 1, node);
    }
  };
  place(rootOf(video, known), 0, null);
  return { nodes, edges, rows: rows + 1, columns: Math.max(...nodes.map(({ column }) => column)) + 1 };
}
