// SPDX-License-Identifier: Apache-2.0
import { blocksOf, type Piece } from '../lib/prose';
import './prose.css';

const Pieces = ({ pieces }: { pieces: Piece[] }) => (
  <>{pieces.map((piece, i) => (piece.isBold ? <strong key={i}>{piece.text}</strong> : piece.text))}</>
);

// A longer text of the operator's. Its headings stand below the page's own.
export function Prose({ text }: { text: string }) {
  return (
    <div class="prose">
      {blocksOf(text).map((block, i) => {
        switch (block.kind) {
          case 'heading':
            return block.level === 1 ? (
              <h2 key={i}>
                <Pieces pieces={block.pieces} />
              </h2>
            ) : (
              <h3 key={i}>
                <Pieces pieces={block.pieces} />
              </h3>
            );
          case 'list':
            return (
              <ul key={i}>
                {block.items.map((item, j) => (
                  <li key={j}>
                    <Pieces pieces={item} />
                  </li>
                ))}
              </ul>
            );
          case 'paragraph':
            return (
              <p key={i}>
                <Pieces pieces={block.pieces} />
              </p>
            );
        }
      })}
    </div>
  );
}
