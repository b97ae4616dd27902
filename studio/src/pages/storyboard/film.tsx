// SPDX-License-Identifier: Apache-2.0
// The film that was made of the storyboard last, or is being made.
import { isRunning } from '../../api/types';
import { IconButton } from '../../ui/button';
import { shelf } from '../../videos/store';
import { RunningCard } from '../../videos/ui/running_card';
import { Tile } from '../../videos/ui/tile';
import { boardWords as words } from '../../words/storyboard';
import { made } from './board';

export function Film() {
  const video = made.value === null ? undefined : shelf.get(made.value);
  if (video === undefined) return null;
  return (
    <section class="panel stack board-run" aria-label={words('run')}>
      <div class="row">
        <h2 class="grow" aria-live="polite">
          {words(isRunning(video) ? 'isMade' : video.status === 'completed' ? 'done' : 'failed')}
        </h2>
        {!isRunning(video) && (
          <IconButton
            size="s"
            icon="close"
            label={words('close')}
            onClick={() => {
              made.value = null;
            }}
          />
        )}
      </div>
      {isRunning(video) && <RunningCard video={video} />}
      {video.status === 'failed' && <p>{video.error?.message}</p>}
      {video.status === 'completed' && (
        <div class="board-result">
          <Tile video={video} />
        </div>
      )}
    </section>
  );
}
