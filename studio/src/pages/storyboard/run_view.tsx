// SPDX-License-Identifier: Apache-2.0
// How far the storyboard is.
import { isRunning } from '../../api/types';
import { Button, IconButton, LinkButton } from '../../ui/button';
import { cancelVideo } from '../../videos/actions';
import { shelf } from '../../videos/store';
import { RunningCard } from '../../videos/ui/running_card';
import { Tile } from '../../videos/ui/tile';
import { boardWords as words } from '../../words/storyboard';
import { goOn, run } from './board';

async function stop(): Promise<void> {
  const now = run.value;
  run.value = null;
  const last = now?.videoIds[now.videoIds.length - 1];
  const video = last === undefined ? undefined : shelf.get(last);
  if (video !== undefined && isRunning(video)) await cancelVideo(video.id);
}

export function Progress() {
  const now = run.value;
  if (now === null) return null;
  const last = shelf.get(now.videoIds[now.videoIds.length - 1] ?? '');
  const at = Math.max(1, now.videoIds.length);
  return (
    <section class="panel stack board-run" aria-label={words('run')}>
      <div class="row">
        <h2 class="grow" aria-live="polite">
          {now.state === 'done'
            ? words('done')
            : now.state === 'stuck'
              ? words('stuck', { k: at })
              : words('at', { k: at, n: now.cards.length })}
        </h2>
        {now.state === 'running' ? (
          <Button size="s" look="quiet" onClick={() => void stop()}>
            {words('stop')}
          </Button>
        ) : (
          <IconButton
            size="s"
            icon="close"
            label={words('close')}
            onClick={() => {
              run.value = null;
            }}
          />
        )}
      </div>
      <ol class="board-steps" aria-hidden="true">
        {now.cards.map((card, index) => (
          <li
            key={card.id}
            class={index + 1 < at || now.state === 'done' ? 'is-done' : index + 1 === at ? 'is-now' : ''}
          >
            {card.prompt}
          </li>
        ))}
      </ol>
      {now.state === 'stuck' && <p>{now.why || words('gone')}</p>}
      {now.state === 'stuck' && (
        <div class="row">
          <Button
            onClick={() => {
              run.value = goOn(now, last?.status === 'completed');
            }}
          >
            {words('retry')}
          </Button>
          {last?.status === 'completed' && (
            <LinkButton look="quiet" href={`/video/${last.id}`}>
              {words('soFar')}
            </LinkButton>
          )}
        </div>
      )}
      {last !== undefined && isRunning(last) && <RunningCard video={last} />}
      {now.state === 'done' && last !== undefined && (
        <div class="board-result">
          <Tile video={last} />
        </div>
      )}
    </section>
  );
}
