// SPDX-License-Identifier: Apache-2.0
// A clip on its way: where it stands, what can be seen of it already, and a way to stop it. One that
// failed says why, and offers to go on.
import { useEffect, useRef, useState } from 'preact/hooks';
import { isCancelled, isRunning, type Video } from '../../api/types';
import { formatDuration, useClock } from '../../lib/time';
import { go } from '../../router/router';
import { Button, IconButton } from '../../ui/button';
import { problemText } from '../../ui/error_view';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { videoWords as words } from '../../words/videos';
import { cancelVideo } from '../actions';
import { previewUrl, sizeOf } from '../media';
import { secondsLeftOf, statusText } from '../status';
import { shelf } from '../store';
import { deleteLater } from '../undo';
import { titleOf } from './tile';
import './running_card.css';

// The latest preview that has arrived; the one before stays until then, so nothing flickers.
function Preview({ video }: { video: Video }) {
  const url = previewUrl(video);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (url === null) return;
    const image = new Image();
    image.onload = () => setShown(url);
    image.src = url;
    return () => {
      image.onload = null;
    };
  }, [url]);
  if (shown === null) return <div class="running-sky" aria-hidden="true" />;
  return <img src={shown} alt={words('preview', { prompt: titleOf(video) })} />;
}

function Picture({ video }: { video: Video }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = sizeOf(video);
  useEffect(() => {
    frame.current?.style.setProperty('aspect-ratio', `${width} / ${height}`);
  }, [width, height]);
  return (
    <div class="running-picture" ref={frame}>
      <Preview video={video} />
    </div>
  );
}

export function RunningCard({ video }: { video: Video }) {
  const now = useClock();
  const [isStopping, setStopping] = useState(false);
  const title = titleOf(video);
  const left = secondsLeftOf(video, shelf.heardAt(video.id), now);
  const stop = async () => {
    setStopping(true);
    const answer = await cancelVideo(video.id);
    setStopping(false);
    if (!answer.ok) toast(problemText(answer.problem), { look: 'bad' });
  };
  const status = statusText(video);
  return (
    <article class="running">
      <Picture video={video} />
      <div class="running-text">
        <p class="running-title">
          <a href={`/video/${video.id}`}>{title}</a>
        </p>
        <p class="small quiet numbers">
          <span aria-live="polite">{status}</span>
          {left !== null && <> · {words('left', { time: formatDuration(left) })}</>}
        </p>
        <Progress
          percent={video.status === 'queued' ? null : video.progress}
          label={words('progress', { prompt: title })}
        />
      </div>
      <Button
        size="s"
        look="quiet"
        isBusy={isStopping}
        onClick={stop}
        aria-label={words('stopLabel', { prompt: title })}
      >
        {words('stop')}
      </Button>
    </article>
  );
}

export function FailedCard({ video }: { video: Video }) {
  const title = titleOf(video);
  return (
    <article class="running running-failed">
      <span class="running-mark">
        <Icon name={isCancelled(video) ? 'pause' : 'alert'} size={22} />
      </span>
      <div class="running-text">
        <p class="running-title">{title}</p>
        <p class="small quiet">
          {isCancelled(video) ? (
            words('stopped')
          ) : (
            <>
              <strong>{words('failed')}</strong> · {video.error?.message}
            </>
          )}
        </p>
      </div>
      <Button size="s" onClick={() => go(`/?from=${video.id}`)}>
        {words('retry')}
      </Button>
      <IconButton size="s" icon="trash" label={words('delete')} onClick={() => deleteLater([video.id])} />
    </article>
  );
}

export function StateCard({ video }: { video: Video }) {
  return isRunning(video) ? <RunningCard video={video} /> : <FailedCard video={video} />;
}
