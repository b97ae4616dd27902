// SPDX-License-Identifier: Apache-2.0
// A clip in a grid: its still, its name, how far it has come.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { formatDuration } from '../lib/time';
import { clipUrl } from './media';
import { type Clip, FlagBadge, StateBadge } from './state_badge';
import '../videos/ui/tile.css';
import './card.css';

export function Still({ src }: { src: string }) {
  const [isGone, setGone] = useState(false);
  if (isGone)
    return (
      <span class="tile-gone">
        <Icon name="cloud" size={26} />
      </span>
    );
  return <img src={src} alt="" loading="lazy" decoding="async" onError={() => setGone(true)} />;
}

export function ClipCard({
  clip,
  line,
  showsState = true,
}: {
  clip: Clip;
  line?: ComponentChildren;
  showsState?: boolean;
}) {
  return (
    <article class="tile clip-card">
      <a class="tile-media" href={`/clips/${clip.id}`}>
        <span class="visually-hidden">{clip.title}</span>
        <Still src={clipUrl(clip.id, 'thumbnail')} />
        {clip.video !== null && (
          <span class="tile-length numbers">{formatDuration(Number(clip.video.seconds))}</span>
        )}
      </a>
      <div class="clip-card-foot">
        <h2 class="clip-card-title">
          <a href={`/clips/${clip.id}`} tabIndex={-1}>
            {clip.title}
          </a>
        </h2>
        <div class="row">
          {showsState && <StateBadge clip={clip} />}
          <FlagBadge clip={clip} />
        </div>
        {line !== undefined && <p class="small quiet">{line}</p>}
      </div>
    </article>
  );
}
