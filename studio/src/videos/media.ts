// SPDX-License-Identifier: Apache-2.0
// Addresses and names of a video's files.
import { urlOf } from '../api/client';
import type { Video } from '../api/types';

export type Variant = 'video' | 'thumbnail' | 'spritesheet';

export function contentUrl(id: string, variant: Variant = 'video'): string {
  return urlOf('/videos/{video_id}/content', {
    path: { video_id: id },
    query: variant === 'video' ? {} : { variant },
  });
}

// Fetched anew with each revision.
export function previewUrl(video: Video): string | null {
  const revision = video.aozora?.preview;
  if (revision === undefined || revision === null) return null;
  return urlOf('/videos/{video_id}/preview', { path: { video_id: video.id }, query: { revision } });
}

// "a-red-sailboat-on-a-calm": what a person recognises in a folder of downloads.
export function fileName(video: Video, ending: string): string {
  const words =
    (video.prompt ?? '')
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  let name = '';
  for (const word of words) {
    if (name.length + word.length > 40) break;
    name += (name === '' ? '' : '-') + word;
  }
  return `${name === '' ? 'aozora' : name}-${video.id.slice(-6)}.${ending}`;
}

// The sheet that the server makes: small pictures, row by row, evenly spaced over the clip.
export const SHEET = { columns: 5, rows: 4 };

// Where the cell for a place in the clip (0 to 1) is, as background-position in percent.
export function cellAt(part: number): { x: number; y: number } {
  const count = SHEET.columns * SHEET.rows;
  const cell = Math.min(count - 1, Math.max(0, Math.floor(part * count)));
  return {
    x: ((cell % SHEET.columns) / (SHEET.columns - 1)) * 100,
    y: (Math.floor(cell / SHEET.columns) / (SHEET.rows - 1)) * 100,
  };
}

export function sizeOf(video: { size: string }): { width: number; height: number } {
  const [width = 16, height = 9] = video.size.split('x').map(Number);
  return { width, height };
}

export type Shape = 'wide' | 'tall' | 'square';

export function shapeOf(size: string): Shape {
  const { width, height } = sizeOf({ size });
  return width === height ? 'square' : width > height ? 'wide' : 'tall';
}
