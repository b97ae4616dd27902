// SPDX-License-Identifier: Apache-2.0
// A video becomes a clip: which one, under what name, with what words to the reviewer.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Video } from '../../api/types';
import type { Clip } from '../../clips/state_badge';
import { Still } from '../../clips/card';
import { useAct } from '../../lib/load';
import { go } from '../../router/router';
import { may } from '../../session/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorView } from '../../ui/error_view';
import { TextArea, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { contentUrl } from '../../videos/media';
import { clipsWords as words } from '../../words/clips';

const TITLE_MAX = 80;

// A prompt's beginning, cut between words.
export function titleFrom(prompt: string | null): string {
  const text = (prompt ?? '').trim().replace(/\s+/g, ' ');
  if (text.length <= TITLE_MAX) return text;
  const cut = text.lastIndexOf(' ', TITLE_MAX);
  return `${text.slice(0, cut > 0 ? cut : TITLE_MAX)}…`;
}

export function ChooseVideo({
  videos,
  onChoose,
  onClose,
}: {
  videos: readonly Video[];
  onChoose: (video: Video) => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={words('chooseTitle')} onClose={onClose} isWide>
      {videos.length === 0 && <p class="quiet">{words('chooseNone')}</p>}
      <ul class="choose-video">
        {videos.map((video) => (
          <li key={video.id}>
            <button type="button" onClick={() => onChoose(video)}>
              <span class="tile-media">
                <Still src={contentUrl(video.id, 'thumbnail')} />
              </span>
              <span class="small">{titleFrom(video.prompt)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function NewClip({
  video,
  onClose,
  onMade,
}: {
  video: Video;
  onClose: () => void;
  onMade: () => void;
}) {
  const [title, setTitle] = useState(titleFrom(video.prompt));
  const [note, setNote] = useState('');
  const [made, setMade] = useState<Clip | null>(null);
  const { isBusy, problem, run } = useAct();
  const keep = async (submits: boolean) => {
    // What was begun before the second half failed is not begun twice.
    const clip =
      made ?? (await run(() => api.post('/clips', { body: { video_id: video.id, title: title.trim() } })));
    if (clip === null) return;
    setMade(clip);
    if (submits) {
      const sent = await run(() =>
        api.post('/clips/{clip_id}/submit', {
          path: { clip_id: clip.id },
          body: note.trim() === '' ? {} : { note: note.trim() },
        }),
      );
      if (sent === null) return;
    }
    toast(words(submits ? 'submitted' : 'drafted'));
    onMade();
    go(`/clips/${clip.id}`);
  };
  return (
    <Dialog
      title={words('newTitle')}
      onClose={onClose}
      actions={
        <>
          <Button isBusy={isBusy} onClick={() => keep(false)}>
            {words('saveDraft')}
          </Button>
          {may('submit') && (
            <Button look="main" isBusy={isBusy} onClick={() => keep(true)}>
              {words('submit')}
            </Button>
          )}
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void keep(may('submit'));
        }}
      >
        <div class="tile-media">
          <Still src={contentUrl(video.id, 'thumbnail')} />
        </div>
        <TextField
          label={words('clipTitle')}
          value={title}
          onValue={setTitle}
          maxLength={200}
          required
          disabled={made !== null}
        />
        <TextArea
          label={words('note')}
          hint={words('noteHint')}
          value={note}
          onValue={setNote}
          maxLength={2000}
        />
        {problem !== null && <ErrorView problem={problem} isSmall />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
