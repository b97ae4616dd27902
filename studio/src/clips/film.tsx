// SPDX-License-Identifier: Apache-2.0
// A clip to watch, with the browser's own controls.
import { useEffect, useRef, useState } from 'preact/hooks';
import { sizeOf } from '../videos/media';
import { Icon } from '../ui/icon';
import { partsWords as words } from '../words/parts';
import './film.css';

interface Props {
  src: string;
  poster?: string;
  title: string;
  size?: string | undefined;
  plays?: boolean;
}

export function Film({ src, poster, title, size, plays = false }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [isGone, setGone] = useState(false);
  useEffect(() => setGone(false), [src]);
  useEffect(() => {
    const { width, height } = sizeOf({ size: size ?? '16x9' });
    frame.current?.style.setProperty('--shape', `${width} / ${height}`);
  }, [size]);
  const shown = poster === undefined ? {} : { poster };
  return (
    <div class="film" ref={frame}>
      {isGone ? (
        <p class="film-gone">
          <Icon name="cloud" size={28} />
          {words('filmGone')}
        </p>
      ) : (
        <video
          key={src}
          src={src}
          {...shown}
          controls
          loop
          playsInline
          preload="metadata"
          autoplay={plays}
          muted={plays}
          aria-label={words('filmOf', { title })}
          onError={() => setGone(true)}
        />
      )}
    </div>
  );
}
