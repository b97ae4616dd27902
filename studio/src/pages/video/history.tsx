// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import type { Video } from '../../api/types';
import { contentUrl } from '../../videos/media';
import { titleOf } from '../../videos/ui/tile';
import { videos } from '../../videos/store';
import { playerWords as words } from '../../words/player';
import { type Edge, lineage, type Node, sourceOf } from './lineage';

const WIDTH = 120,
  HEIGHT = 68,
  CAPTION = 26,
  GAP_X = 44,
  GAP_Y = 40;
const leftOf = ({ column }: Node): number => column * (WIDTH + GAP_X);
const topOf = ({ row }: Node): number => row * (HEIGHT + GAP_Y);

function curve({ from, to }: Edge): string {
  const [x1, y1, x2, y2] = [
    leftOf(from) + WIDTH,
    topOf(from) + HEIGHT / 2,
    leftOf(to),
    topOf(to) + HEIGHT / 2,
  ];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function kindWord(video: Video): string {
  return words(`kind_${video.aozora?.kind ?? 'create'}`);
}

function Clip({ node, isHere }: { node: Node; isHere: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    item.current?.style.setProperty('left', `${leftOf(node)}px`);
    item.current?.style.setProperty('top', `${topOf(node)}px`);
  });
  const { video } = node;
  return (
    <li ref={item}>
      <a href={`/video/${video.id}`} aria-current={isHere ? 'page' : undefined} title={titleOf(video)}>
        {video.status === 'completed' && (
          <img src={contentUrl(video.id, 'thumbnail')} alt="" loading="lazy" />
        )}
        <span class="visually-hidden">{titleOf(video)}: </span>
        <span class="history-kind">{kindWord(video)}</span>
      </a>
    </li>
  );
}

export function History({ video }: { video: Video }) {
  const frame = useRef<HTMLDivElement>(null);
  const graph = lineage(video, videos.value);
  const width = graph.columns * (WIDTH + GAP_X) - GAP_X;
  const height = graph.rows * (HEIGHT + GAP_Y) - GAP_Y + CAPTION;
  useEffect(() => {
    frame.current?.style.setProperty('width', `${width}px`);
    frame.current?.style.setProperty('height', `${height}px`);
  }, [width, height]);
  const source = sourceOf(video);
  const isLost = source !== null && !videos.value.some(({ id }) => id === source);
  if (graph.nodes.length < 2 && !isLost) return null;
  return (
    <section class="panel history">
      <h2>{words('history')}</h2>
      {isLost && <p class="small quiet">{words('sourceGone')}</p>}
      <div class="history-scroll" tabIndex={0} role="region" aria-label={words('history')}>
        <div class="history-graph" ref={frame}>
          <svg width={width} height={height} aria-hidden="true">
            {graph.edges.map((edge) => (
              <path key={edge.to.video.id} d={curve(edge)} />
            ))}
          </svg>
          <ol>
            {graph.nodes.map((node) => (
              <Clip key={node.video.id} node={node} isHere={node.video.id === video.id} />
            ))}
          </ol>
        </div>
      </div>
    </section>
  );
}
