// SPDX-License-Identifier: Apache-2.0
// One clip: watched, and followed on its way.
import { api } from '../../api/client';
import { Film } from '../../clips/film';
import { clipUrl } from '../../clips/media';
import { actionsOf, isMine as isMineOf } from '../../clips/steps';
import { FlagBadge, StateBadge } from '../../clips/state_badge';
import { useLoad } from '../../lib/load';
import { me, may, role } from '../../session/session';
import { ErrorView } from '../../ui/error_view';
import { Waiting } from '../../ui/progress';
import { clipsWords as words } from '../../words/clips';
import { AdminMenu } from './admin_menu';
import { ClipActions } from './actions';
import { FeedbackPart } from './feedback';
import { Way } from './way';
import './clip.css';

export default function ClipPage({ parameters }: { parameters: Record<string, string> }) {
  const id = parameters['id'] ?? '';
  const load = useLoad(() => api.get('/clips/{clip_id}', { path: { clip_id: id } }), id);
  const clip = load.value;
  if (clip === null)
    return load.problem === null ? <Waiting /> : <ErrorView problem={load.problem} onRetry={load.reload} />;
  const viewer = { id: me.value?.id ?? null, role: role.value };
  const actions = actionsOf(clip, viewer);
  const isMine = isMineOf(clip, viewer);
  return (
    <div class="clip-page">
      <div class="clip-film">
        <Film
          src={clipUrl(clip.id)}
          poster={clipUrl(clip.id, 'thumbnail')}
          title={clip.title}
          size={clip.video?.size}
        />
      </div>
      <div class="stack clip-side">
        <div class="stack-s">
          <div class="row">
            <StateBadge clip={clip} />
            <FlagBadge clip={clip} />
            {!isMine && clip.author !== null && (
              <span class="small quiet">{words('by', { name: clip.author.name })}</span>
            )}
          </div>
          <h1 class="clip-title">{clip.title}</h1>
        </div>
        <ClipActions clip={clip} actions={actions} onChange={load.set} />
        {clip.video?.prompt != null && (
          <div class="stack-s">
            <h2 class="small quiet">{words('prompt')}</h2>
            <p class="clip-prompt">{clip.video.prompt}</p>
          </div>
        )}
        {(isMine || may('review')) && <Way clip={clip} />}
        <div class="row">
          {may('find') && (
            <a class="small" href={`/findings?clip=${clip.id}`}>
              {words('finding')}
            </a>
          )}
          {may('admin') && <AdminMenu clip={clip} onChange={load.reload} />}
        </div>
      </div>
      <div class="clip-feedback">
        <FeedbackPart clip={clip} seesAll={isMine || may('admin')} canGive={actions.has('comment')} />
      </div>
    </div>
  );
}
