// SPDX-License-Identifier: Apache-2.0
// One's own clips, and how far each has come.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Video } from '../../api/types';
import { ClipCard } from '../../clips/card';
import type { Clip } from '../../clips/state_badge';
import { useLoad } from '../../lib/load';
import { formatAgo, useClock } from '../../lib/time';
import { formatDay } from '../../lib/words';
import { go, place } from '../../router/router';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Waiting } from '../../ui/progress';
import { refreshOne, videos } from '../../videos/store';
import { clipsWords as words } from '../../words/clips';
import { ChooseVideo, NewClip } from './new_clip';
import './clips.css';

function lineOf(clip: Clip, now: number): string {
  const pending = clip.reviews.find(({ decision }) => decision === 'pending');
  if (clip.state === 'submitted' && pending !== undefined) {
    const time = formatDay(pending.due_at);
    return pending.reviewer === null
      ? words('dueOpen', { time })
      : words('dueBy', { name: pending.reviewer.name, time });
  }
  if (clip.state === 'returned' && clip.reason !== null) return `“${clip.reason}”`;
  return formatAgo(clip.decided_at ?? clip.submitted_at ?? clip.created_at, now);
}

export default function ClipsPage() {
  const now = useClock();
  const clips = useLoad(() => api.get('/clips'));
  const [video, setVideo] = useState<Video | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const wanted = place.value.query.get('video');
  const list = clips.value?.data ?? [];
  // Come from a video: its clip, if it is one already, or a new one.
  useEffect(() => {
    if (wanted === null || clips.value === null) return;
    const known = clips.value.data.find((clip) => clip.video_id === wanted);
    if (known !== undefined) {
      go(`/clips/${known.id}`, { replace: true });
      return;
    }
    void refreshOne(wanted).then((found) => {
      if ('id' in found) setVideo(found);
    });
    go('/clips', { replace: true });
  }, [wanted, clips.value]);
  if (clips.value === null)
    return clips.problem === null ? (
      <Waiting />
    ) : (
      <ErrorView problem={clips.problem} onRetry={clips.reload} />
    );
  const taken = new Set(list.map((clip) => clip.video_id));
  const free = videos.value.filter(({ id, status }) => status === 'completed' && !taken.has(id));
  const begin = (
    <Button look="main" icon="plus" onClick={() => setChoosing(true)}>
      {words('begin')}
    </Button>
  );
  return (
    <div class="stack">
      {list.length === 0 ? (
        <Empty icon="share" title={words('emptyTitle')} text={words('emptyText')}>
          {begin}
        </Empty>
      ) : (
        <>
          <PageHead title={words('title')} lead={words('lead')}>
            {begin}
          </PageHead>
          <div class="tiles">
            {list.map((clip) => (
              <ClipCard key={clip.id} clip={clip} line={lineOf(clip, now)} />
            ))}
          </div>
        </>
      )}
      {isChoosing && (
        <ChooseVideo
          videos={free}
          onClose={() => setChoosing(false)}
          onChoose={(chosen) => {
            setChoosing(false);
            setVideo(chosen);
          }}
        />
      )}
      {video !== null && (
        <NewClip video={video} onClose={() => setVideo(null)} onMade={() => setVideo(null)} />
      )}
    </div>
  );
}
