// SPDX-License-Identifier: Apache-2.0
// Makes more of a clip: another one like it, a longer one.
import { useEffect, useRef } from 'preact/hooks';
import type { Video } from '../../api/types';
import { isCalm } from '../../lib/motion';
import { useTitle } from '../../lib/title';
import { modelOf, models } from '../../models/models';
import { LinkButton } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Icon } from '../../ui/icon';
import { Waiting } from '../../ui/progress';
import { contentUrl, sizeOf } from '../../videos/media';
import { titleOf } from '../../videos/ui/tile';
import { useVideo } from '../../videos/use_video';
import { moreWords as words } from '../../words/more';
import { EditForm, RemixForm } from './form';
import { BlendForm, ExtendForm, LoopForm, RecutForm } from './longer_form';
import { ICONS, isTool, reasonAgainst, type Tool, TOOLS } from './tools';
import './more.css';

function Tabs({ video, tool }: { video: Video; tool: Tool }) {
  return (
    <nav class="more-tabs" aria-label={words('tools')}>
      <ul>
        {TOOLS.map((one) => (
          <li key={one}>
            <a href={`/video/${video.id}/${one}`} aria-current={one === tool ? 'page' : undefined}>
              <Icon name={ICONS[one]} size={18} />
              {words(`tool_${one}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Form({ video, tool, film }: { video: Video; tool: Tool; film: () => HTMLVideoElement | null }) {
  const model = modelOf(video);
  const reason = reasonAgainst(tool, video, model);
  if (models.value === null) return <Waiting />;
  if (reason !== null) {
    return (
      <Empty
        icon={ICONS[tool]}
        title={words(`tool_${tool}`)}
        text={words(`reason_${reason}`, { model: video.model })}
      />
    );
  }
  switch (tool) {
    case 'remix':
      return <RemixForm video={video} model={model} />;
    case 'edit':
      return <EditForm video={video} model={model} />;
    case 'extend':
      return <ExtendForm video={video} model={model} />;
    case 'loop':
      return <LoopForm video={video} model={model} />;
    case 'blend':
      return <BlendForm video={video} model={model} />;
    case 'recut':
      return <RecutForm video={video} model={model} film={film} />;
  }
}

export default function MorePage({ parameters }: { parameters: Record<string, string> }) {
  const { video, problem, retry } = useVideo(parameters['id'] ?? '');
  const film = useRef<HTMLVideoElement>(null);
  const tool = isTool(parameters['tool'] ?? '') ? (parameters['tool'] as Tool) : 'remix';
  useTitle(words(`tool_${tool}`));
  const { width, height } = sizeOf(video ?? { size: '16x9' });
  useEffect(() => {
    film.current?.style.setProperty('aspect-ratio', `${width} / ${height}`);
  });
  if (video === undefined)
    return problem === null ? <Waiting /> : <ErrorView problem={problem} onRetry={retry} />;
  if (video.status !== 'completed') {
    return (
      <Empty icon="film" title={words('notYet')}>
        <LinkButton look="main" href={`/video/${video.id}`}>
          {words('back')}
        </LinkButton>
      </Empty>
    );
  }
  return (
    <div class="more">
      <div class="stack-s">
        <a class="small more-back" href={`/video/${video.id}`}>
          <Icon name="left" size={16} />
          {words('back')}
        </a>
        <h1 class="more-title">{words('title')}</h1>
      </div>
      <Tabs video={video} tool={tool} />
      <div class="more-body">
        <figure>
          <video
            ref={film}
            src={contentUrl(video.id)}
            poster={contentUrl(video.id, 'thumbnail')}
            muted
            loop
            playsInline
            autoplay={tool !== 'recut' && !isCalm()}
            preload="auto"
            aria-label={titleOf(video)}
          />
          <figcaption class="small quiet">{titleOf(video)}</figcaption>
        </figure>
        <div class="panel">
          <Form key={tool} video={video} tool={tool} film={() => film.current} />
        </div>
      </div>
    </div>
  );
}
