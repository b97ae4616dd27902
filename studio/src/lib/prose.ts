// SPDX-License-Identifier: Apache-2.0
// The little of Markdown that terms are written in: headings, lists, paragraphs, bold. Everything
// else is shown as it is; nothing of it ever becomes markup of the page.

export interface Piece {
  text: string;
  isBold: boolean;
}
export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; pieces: Piece[] }
  | { kind: 'paragraph'; pieces: Piece[] }
  | { kind: 'list'; items: Piece[][] };

export function piecesOf(text: string): Piece[] {
  return text
    .split('**')
    .map((part, i) => ({ text: part, isBold: i % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push({ kind: 'paragraph', pieces: piecesOf(open.join(' ')) });
    open = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const heading = /^(#{1,3})\s+(.+)$/.exec(line);
    const item = /^\s*[-*]\s+(.+)$/.exec(line);
    const last = blocks[blocks.length - 1];
    if (heading !== null) {
      close();
      const level = (heading[1] ?? '#').length as 1 | 2 | 3;
      blocks.push({ kind: 'heading', level, pieces: piecesOf(heading[2] ?? '') });
    } else if (item !== null) {
      const isNew = open.length > 0 || last?.kind !== 'list';
      close();
      const pieces = piecesOf(item[1] ?? '');
      if (!isNew && last?.kind === 'list') last.items.push(pieces);
      else blocks.push({ kind: 'list', items: [pieces] });
    } else if (line.trim() === '') {
      close();
    } else {
      open.push(line.trim());
    }
  }
  close();
  return blocks;
}
