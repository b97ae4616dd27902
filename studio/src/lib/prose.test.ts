// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { blocksOf, piecesOf } from './prose';

const plain = (text: string) => [{ text, isBold: false }];

describe('blocksOf', () => {
  it('tells headings, paragraphs and lists apart', () => {
    expect(blocksOf('# Terms\n\nOne line\nand its rest.\n\n- first\n- second')).toEqual([
      { kind: 'heading', level: 1, pieces: plain('Terms') },
      { kind: 'paragraph', pieces: plain('One line and its rest.') },
      { kind: 'list', items: [plain('first'), plain('second')] },
    ]);
  });
  it('begins a new list after a paragraph', () => {
    expect(blocksOf('- a\n\ntext\n- b').map(({ kind }) => kind)).toEqual(['list', 'paragraph', 'list']);
  });
  it('ends a paragraph where a list begins without an empty line', () => {
    expect(blocksOf('You:\n- a')[0]).toEqual({ kind: 'paragraph', pieces: plain('You:') });
  });
  it('leaves markup as the text that it is', () => {
    expect(blocksOf('<script>alert(1)</script>')).toEqual([
      { kind: 'paragraph', pieces: plain('<script>alert(1)</script>') },
    ]);
  });
  it('is empty for an empty text', () => expect(blocksOf(' \n\n')).toEqual([]));
});

describe('piecesOf', () => {
  it('finds what is bold', () => {
    expect(piecesOf('Do **not** remove')).toEqual([
      { text: 'Do ', isBold: false },
      { text: 'not', isBold: true },
      { text: ' remove', isBold: false },
    ]);
  });
});
