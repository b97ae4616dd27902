// SPDX-License-Identifier: Apache-2.0
// The home page: a sentence becomes a clip.
import { useEffect } from 'preact/hooks';
import { useTitle } from '../../lib/title';
import { modelsProblem, loadModels } from '../../models/models';
import { go, place } from '../../router/router';
import { ErrorView } from '../../ui/error_view';
import { isLoaded, problem, refresh, running, shelf, videos } from '../../videos/store';
import { RunningCard, FailedCard } from '../../videos/ui/running_card';
import { Tile } from '../../videos/ui/tile';
import { createWords as words } from '../../words/create';
import { shellWords } from '../../words/shell';
import { Composer } from './composer';
import { takeFrom } from './draft';
import { Examples } from './examples';
import './create.css';

const RECENT = 8;
const FAILED_FOR_S = 3600;

// /?from=video_... takes over what that video was made of.
function useFrom(): void {
  const from = place.value.query.get('from');
  const isThere = isLoaded.value;
  useEffect(() => {
    const video = from === null ? undefined : shelf.get(from);
    if (video === undefined) return;
    takeFrom(video);
    go('/', { replace: true });
  }, [from, isThere]);
}

export default function CreatePage() {
  useTitle(shellWords('create'));
  useFrom();
  const isRecent = (at: number) => at > Date.now() / 1000 - FAILED_FOR_S;
  const failed = videos.value
    .filter((video) => video.status === 'failed' && isRecent(video.created_at))
    .slice(0, 3);
  const ready = videos.value.filter((video) => video.status === 'completed').slice(0, RECENT);
  const trouble = modelsProblem.value ?? (isLoaded.value ? null : problem.value);
  const retry = () => {
    void loadModels();
    void refresh();
  };
  return (
    <div class="create">
      <h1>{words('title')}</h1>
      <Composer />
      {trouble !== null && <ErrorView problem={trouble} onRetry={retry} />}
      {running.value.length + failed.length > 0 && (
        <section class="create-running" aria-label={words('running')}>
          <div class="running-list">
            {running.value.map((video) => (
              <RunningCard key={video.id} video={video} />
            ))}
            {failed.map((video) => (
              <FailedCard key={video.id} video={video} />
            ))}
          </div>
        </section>
      )}
      {ready.length < 4 && <Examples />}
      {ready.length > 0 && (
        <section class="create-recent">
          <div class="create-recent-head">
            <h2>{words('recent')}</h2>
            <a class="small" href="/library">
              {words('toLibrary')}
            </a>
          </div>
          <div class="tiles">
            {ready.map((video) => (
              <Tile key={video.id} video={video} />
            ))}
          </div>
        </section>
      )}
      {ready.length >= 4 && <Examples />}
    </div>
  );
}
