// SPDX-License-Identifier: Apache-2.0
// The other videos of the same request, side by side.
import { isRunning, type Video } from '../../api/types';
import { formatNumber } from '../../lib/words';
import { Icon } from '../../ui/icon';
import { contentUrl } from '../../videos/media';
import { videos } from '../../videos/store';
import { variationsOf } from '../../videos/together';
import { playerWords as words } from '../../words/player';

function Picture({ video }: { video: Video }) {
  if (video.status === 'completed')
    return <img src={contentUrl(video.id, 'thumbnail')} alt="" loading="lazy" />;
  return (
    <span class="variation-none small quiet">
      {isRunning(video) ? `${formatNumber(video.progress)}\u202f%` : <Icon name="alert" size={22} />}
    </span>
  );
}

export function Variations({ video }: { video: Video }) {
  const together = variationsOf(video, videos.value);
  if (together.length === 0) return null;
  return (
    <section class="panel stack-s variations" aria-label={words('variations')}>
      <h2>{words('variations')}</h2>
      <ol>
        {together.map((one, i) => (
          <li key={one.id}>
            <a href={`/video/${one.id}`} aria-current={one.id === video.id ? 'page' : undefined}>
              <Picture video={one} />
              <span class="small">{words('variationOf', { n: i + 1, all: together.length })}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
