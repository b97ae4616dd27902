// SPDX-License-Identifier: Apache-2.0
// One clip: watched, taken away, made more of.
import { isRunning, type Video } from '../../api/types';
import { formatAgo, formatDuration, useClock } from '../../lib/time';
import { formatDay } from '../../lib/words';
import { useTitle } from '../../lib/title';
import { can, modelOf } from '../../models/models';
import { findRoute } from '../../router/outlet';
import { go } from '../../router/router';
import { routes } from '../routes';
import { may } from '../../session/session';
import { Button, LinkButton } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Facts } from '../../ui/facts';
import { Waiting } from '../../ui/progress';
import { deleteLater } from '../../videos/undo';
import { StateCard } from '../../videos/ui/running_card';
import { titleOf } from '../../videos/ui/tile';
import { useVideo } from '../../videos/use_video';
import { playerWords as words } from '../../words/player';
import { videoWords } from '../../words/videos';
import { History } from './history';
import { Player } from './player';
import { Take } from './take';
import { Variations } from './variations';
import './video.css';

function About({ video }: { video: Video }) {
  const now = useClock();
  const facts: [string, string][] = [
    [words('size'), video.size.replace('x', '\u202f×\u202f')],
    [words('length'), formatDuration(Number(video.seconds))],
    [words('model'), video.model],
  ];
  const seed = video.aozora?.seed;
  if (seed !== null && seed !== undefined) facts.push([words('seed'), String(seed)]);
  facts.push([words('made'), formatAgo(video.completed_at ?? video.created_at, now)]);
  if (video.completed_at !== null)
    facts.push([words('took'), formatDuration(video.completed_at - video.created_at)]);
  if (video.expires_at !== null) facts.push([words('kept'), formatDay(video.expires_at)]);
  return <Facts facts={facts} />;
}

function More({ video }: { video: Video }) {
  const model = modelOf(video);
  const reason = (ability: 'remix' | 'extension') =>
    can(model, ability) ? undefined : words('modelCannot', { model: video.model });
  return (
    <div class="video-more">
      <Button
        look="main"
        icon="remix"
        reason={reason('remix')}
        onClick={() => go(`/video/${video.id}/remix`)}
      >
        {videoWords('remix')}
      </Button>
      <Button icon="extend" reason={reason('extension')} onClick={() => go(`/video/${video.id}/extend`)}>
        {videoWords('extend')}
      </Button>
      <LinkButton icon="scissors" href={`/video/${video.id}/recut`}>
        {words('moreTools')}
      </LinkButton>
    </div>
  );
}

function Watch({ video }: { video: Video }) {
  const title = titleOf(video);
  const canShare = may('submit') && findRoute(routes, '/clips') !== null;
  return (
    <div class="video-page">
      <Player key={video.id} video={video} />
      <div class="stack video-side">
        <h1 class="video-title">{title}</h1>
        <More video={video} />
        <div class="row">
          <LinkButton size="s" look="quiet" icon="undo" href={`/?from=${video.id}`}>
            {videoWords('again')}
          </LinkButton>
          {canShare && (
            <LinkButton size="s" look="quiet" icon="share" href={`/clips?video=${video.id}`}>
              {videoWords('share')}
            </LinkButton>
          )}
        </div>
        <About video={video} />
        <Take video={video} />
        <Button
          class="video-delete"
          size="s"
          look="danger"
          icon="trash"
          onClick={() => {
            deleteLater([video.id]);
            go('/library');
          }}
        >
          {videoWords('delete')}
        </Button>
        <details class="small quiet video-keys">
          <summary>{words('keys')}</summary>
          <p>{words('keysText')}</p>
        </details>
      </div>
      <div class="stack video-below">
        <Variations video={video} />
        <History video={video} />
      </div>
    </div>
  );
}

export default function VideoPage({ parameters }: { parameters: Record<string, string> }) {
  const { video, problem, retry } = useVideo(parameters['id'] ?? '');
  useTitle(video === undefined ? '' : titleOf(video));
  if (video === undefined)
    return problem === null ? <Waiting /> : <ErrorView problem={problem} onRetry={retry} />;
  if (video.status === 'completed') return <Watch video={video} />;
  return (
    <div class="video-waiting stack">
      <h1 class="video-title">{titleOf(video)}</h1>
      <StateCard video={video} />
      {isRunning(video) && <p class="small quiet">{words('leave')}</p>}
      <About video={video} />
      <Variations video={video} />
      <History video={video} />
    </div>
  );
}
