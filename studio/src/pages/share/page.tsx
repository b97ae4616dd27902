// SPDX-License-Identifier: Apache-2.0
// A clip for everybody who has the link.
import { useEffect } from 'preact/hooks';
import { api } from '../../api/client';
import { Film } from '../../clips/film';
import { sharedUrl, shareLink } from '../../clips/media';
import { copyText } from '../../lib/copy';
import { useLoad } from '../../lib/load';
import { formatDay } from '../../lib/words';
import { Button, LinkButton } from '../../ui/button';
import { CopyLine } from '../../ui/copy_line';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Waiting } from '../../ui/progress';
import { toast } from '../../ui/toast';
import { shareWords as words } from '../../words/share';
import { OriginPanel } from './origin_panel';
import './share.css';

export default function SharePage({ parameters }: { parameters: Record<string, string> }) {
  const id = parameters['id'] ?? '';
  const load = useLoad(() => api.get('/shared/{share_id}', { path: { share_id: id } }), id);
  const shared = load.value;
  useEffect(() => {
    if (shared === null) return;
    const before = document.title;
    document.title = `${shared.title} · Aozora`;
    return () => {
      document.title = before;
    };
  }, [shared]);
  if (shared === null) {
    if (load.problem === null) return <Waiting />;
    if (load.problem.kind === 'missing') return <Empty title={words('goneTitle')} text={words('goneText')} />;
    return <ErrorView problem={load.problem} onRetry={load.reload} />;
  }
  const link = shareLink(id);
  const copy = async () => {
    if (await copyText(link)) toast(words('linkCopied'));
  };
  // Without a clipboard the link is shown, to be copied by hand.
  const hasClipboard = navigator.clipboard !== undefined;
  return (
    <div class="share-page">
      <div class="stack">
        <Film
          src={sharedUrl(id)}
          poster={sharedUrl(id, 'thumbnail')}
          title={shared.title}
          size={shared.size}
          plays
        />
        <div class="share-head">
          <div class="stack-s grow">
            <h1>{shared.title}</h1>
            <p class="quiet">
              {shared.author === null ? words('byUnnamed') : words('by', { name: shared.author })} ·{' '}
              {words('on', { time: formatDay(shared.shared_at) })}
            </p>
          </div>
          <div class="row">
            {hasClipboard && (
              <Button icon="copy" onClick={copy}>
                {words('copyLink')}
              </Button>
            )}
            <LinkButton icon="download" href={sharedUrl(id)} download={`${id}.mp4`}>
              {words('download')}
            </LinkButton>
          </div>
        </div>
        {!hasClipboard && <CopyLine text={link} label={words('copyLink')} />}
        <section class="stack-s">
          <h2 class="small quiet">{words('prompt')}</h2>
          {shared.prompt === null ? (
            <p class="quiet">{words('promptHidden')}</p>
          ) : (
            <p class="share-prompt">{shared.prompt}</p>
          )}
        </section>
      </div>
      <OriginPanel id={id} />
    </div>
  );
}
