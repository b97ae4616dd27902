// SPDX-License-Identifier: Apache-2.0
// A finished clip: its poster, and the clip itself under the pointer, by the sheet of small pictures.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Video } from '../../api/types';
import { formatDuration } from '../../lib/time';
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { videoWords as words } from '../../words/videos';
import { cellAt, contentUrl } from '../media';
import { tileItems } from './tile_items';
import './tile.css';

export const titleOf = (video: Video): string => video.prompt ?? words('noPrompt');

function Scrub({ video }: { video: Video }) {
  const sheet = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  const show = (event: PointerEvent) => {
    if (event.pointerType === 'touch' || !(event.currentTarget instanceof HTMLElement)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    const { x, y } = cellAt(part);
    if (!isOver) setOver(true);
    sheet.current?.style.setProperty('background-image', `url("${contentUrl(video.id, 'spritesheet')}")`);
    sheet.current?.style.setProperty('background-position', `${x}% ${y}%`);
    line.current?.style.setProperty('transform', `scaleX(${Math.min(1, Math.max(0, part))})`);
  };
  return (
    <div
      class={isOver ? 'scrub scrub-on' : 'scrub'}
      onPointerMove={show}
      onPointerLeave={() => setOver(false)}
    >
      <div class="scrub-sheet" ref={sheet} />
      <div class="scrub-line">
        <div ref={line} />
      </div>
    </div>
  );
}

// What a clip came from, said in a word.
function kindOf(video: Video): string | null {
  switch (video.aozora?.kind) {
    case 'remix':
      return words('kindRemix');
    case 'edit':
      return words('kindEdit');
    case 'extension':
      return words('kindExtension');
    default:
      return null;
  }
}

export function Tile({ video, children }: { video: Video; children?: ComponentChildren }) {
  const [isBroken, setBroken] = useState(false);
  const title = titleOf(video);
  const kind = kindOf(video);
  return (
    <article class="tile">
      <a class="tile-media" href={`/video/${video.id}`}>
        <span class="visually-hidden">{words('open', { prompt: title })}</span>
        {isBroken ? (
          <span class="tile-gone small">
            <Icon name="cloud" size={26} />
            {words('expired')}
          </span>
        ) : (
          <img
            src={contentUrl(video.id, 'thumbnail')}
            alt=""
            loading="lazy"
            decoding="async"
            onError={() => setBroken(true)}
          />
        )}
        {!isBroken && <Scrub video={video} />}
        <span class="tile-length numbers">{formatDuration(Number(video.seconds))}</span>
        {kind !== null && <span class="tile-kind">{kind}</span>}
      </a>
      {children}
      <div class="tile-foot">
        <p class="tile-title" title={title}>
          {title}
        </p>
        <Menu label={words('actions', { prompt: title })} items={tileItems(video)} size="s" />
      </div>
    </article>
  );
}
