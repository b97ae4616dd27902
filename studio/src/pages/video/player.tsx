// SPDX-License-Identifier: Apache-2.0
// Plays a clip: steps by pictures, loops, at four speeds, on the whole screen; all by keys as well.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Video } from '../../api/types';
import { IconButton } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Menu } from '../../ui/menu';
import { contentUrl, sizeOf } from '../../videos/media';
import { titleOf } from '../../videos/ui/tile';
import { isCalm } from '../../lib/motion';
import { formatNumber } from '../../lib/words';
import { playerWords as words } from '../../words/player';
import { videoWords } from '../../words/videos';
import './player.css';

const USUAL_FPS = 24;
const SPEEDS = [0.25, 0.5, 1, 2] as const;

export function clockText(seconds: number): string {
  const whole = Math.max(0, seconds);
  return `${Math.floor(whole / 60)}:${(whole % 60).toFixed(1).padStart(4, '0')}`;
}

export function Player({ video }: { video: Video }) {
  const frame = useRef<HTMLDivElement>(null);
  const film = useRef<HTMLVideoElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isLooping, setLooping] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [time, setTime] = useState(0);
  const [length, setLength] = useState(Number(video.seconds));
  const [isBroken, setBroken] = useState(false);
  const frameSeconds = 1 / (video.aozora?.fps ?? USUAL_FPS);
  const { width, height } = sizeOf(video);

  useEffect(() => {
    frame.current?.style.setProperty('--shape', `${width} / ${height}`);
  }, [width, height]);
  useEffect(() => {
    if (film.current) film.current.playbackRate = speed;
  }, [speed]);
  // The time runs smoothly while it plays; events of the element come four times a second only.
  useEffect(() => {
    if (!isPlaying) return;
    let wanted = requestAnimationFrame(function tick() {
      setTime(film.current?.currentTime ?? 0);
      wanted = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(wanted);
  }, [isPlaying]);

  const toggle = () => {
    const element = film.current;
    if (element === null) return;
    if (element.paused) void element.play().catch(() => setPlaying(false));
    else element.pause();
  };
  const seek = (to: number) => {
    const element = film.current;
    if (element === null) return;
    element.currentTime = Math.min(Math.max(0, to), length);
    setTime(element.currentTime);
  };
  const step = (direction: 1 | -1) => {
    film.current?.pause();
    // To the middle of the picture, where rounding cannot hit the one beside it.
    const index = Math.floor((film.current?.currentTime ?? 0) / frameSeconds + 1e-6) + direction;
    seek((index + 0.5) * frameSeconds);
  };
  const fullScreen = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void frame.current?.requestFullscreen().catch(() => undefined);
  };
  const change = (direction: 1 | -1) => {
    const at = SPEEDS.findIndex((one) => one === speed) + direction;
    setSpeed(SPEEDS[Math.min(Math.max(0, at), SPEEDS.length - 1)] ?? 1);
  };
  const keys: Record<string, () => void> = {
    ' ': toggle,
    k: toggle,
    ',': () => step(-1),
    '.': () => step(1),
    l: () => setLooping(!isLooping),
    f: fullScreen,
    ArrowLeft: () => seek(time - 1),
    ArrowRight: () => seek(time + 1),
    Home: () => seek(0),
    End: () => seek(length),
    '<': () => change(-1),
    '>': () => change(1),
  };
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      // Controls keep their own keys.
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('input:not([type=range]), textarea, select, [role=menu]')) return;
      if (event.key === ' ' && target?.closest('button, a, summary')) return;
      if (event.key.startsWith('Arrow') && target?.closest('input')) return;
      const run = latest.current[event.key];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  if (isBroken)
    return (
      <div class="panel">
        <Empty icon="cloud" title={videoWords('expired')} text={words('expiredText')} />
      </div>
    );
  return (
    <div class="player" ref={frame}>
      <video
        ref={film}
        src={contentUrl(video.id)}
        poster={contentUrl(video.id, 'thumbnail')}
        loop={isLooping}
        playsInline
        preload="auto"
        autoplay={!isCalm()}
        muted
        aria-label={titleOf(video)}
        onClick={toggle}
        onError={() => setBroken(true)}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={() => setTime(film.current?.currentTime ?? 0)}
        onLoadedMetadata={() => {
          const seconds = film.current?.duration;
          if (seconds !== undefined && Number.isFinite(seconds)) setLength(seconds);
          if (film.current) film.current.playbackRate = speed;
        }}
      />
      <div class="player-controls">
        <IconButton
          icon={isPlaying ? 'pause' : 'play'}
          label={words(isPlaying ? 'pause' : 'play')}
          aria-keyshortcuts="Space"
          onClick={toggle}
        />
        <IconButton
          icon="step_back"
          label={words('stepBack')}
          aria-keyshortcuts=","
          onClick={() => step(-1)}
        />
        <IconButton icon="step_on" label={words('stepOn')} aria-keyshortcuts="." onClick={() => step(1)} />
        <span class="player-time numbers">
          {clockText(time)}
          <span> / {clockText(length)}</span>
        </span>
        <input
          type="range"
          min={0}
          max={length}
          step={0.01}
          value={time}
          aria-label={words('position')}
          aria-valuetext={clockText(time)}
          onInput={(event) => seek(Number(event.currentTarget.value))}
        />
        <IconButton
          icon="loop"
          label={words('loop')}
          aria-pressed={isLooping}
          aria-keyshortcuts="L"
          onClick={() => setLooping(!isLooping)}
        />
        <Menu
          label={words('speed')}
          icon="down"
          size="s"
          items={SPEEDS.map((value) => ({
            label: `${formatNumber(value)} ×`,
            isChecked: value === speed,
            run: () => setSpeed(value),
          }))}
        >{`${formatNumber(speed)} ×`}</Menu>
        <IconButton icon="expand" label={words('fullScreen')} aria-keyshortcuts="F" onClick={fullScreen} />
      </div>
    </div>
  );
}
