// SPDX-License-Identifier: Apache-2.0
// What can be taken away: files, settings, the request as code.
import { useEffect, useState } from 'preact/hooks';
import type { Video } from '../../api/types';
import { Button, LinkButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Segments } from '../../ui/field';
import { contentUrl, fileName } from '../../videos/media';
import { playerWords as words } from '../../words/player';
import { curlFor, pythonFor, scriptFor, settingsJson, wishOf } from './code';

type Language = 'curl' | 'python' | 'javascript';
const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
];
const WRITERS = { curl: curlFor, python: pythonFor, javascript: scriptFor };

// The clipboard is there on https and on one's own machine; elsewhere the text is selected to be copied.
async function copy(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (shown !== null) getSelection()?.selectAllChildren(shown);
    return false;
  }
}

function Code({ video, onClose }: { video: Video; onClose: () => void }) {
  const [language, setLanguage] = useState<Language>('curl');
  const [isCopied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [language]);
  const text = WRITERS[language](wishOf(video), `${location.origin}/v1`);
  const onCopy = async () => setCopied(await copy(text, document.querySelector<HTMLElement>('.code-text')));
  return (
    <Dialog
      title={words('asCode')}
      onClose={onClose}
      isWide
      actions={
        <Button look="main" icon={isCopied ? 'check' : 'copy'} onClick={onCopy}>
          {words(isCopied ? 'copied' : 'copy')}
        </Button>
      }
    >
      <div class="stack">
        <Segments label={words('language')} value={language} choices={LANGUAGES} onValue={setLanguage} />
        <pre class="code-text" tabIndex={0} aria-label={words('asCode')}>
          <code>{text}</code>
        </pre>
      </div>
    </Dialog>
  );
}

function useSettingsUrl(video: Video): string {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([settingsJson(video)], { type: 'application/json' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [video]);
  return url;
}

export function Take({ video }: { video: Video }) {
  const [isCode, setCode] = useState(false);
  const settings = useSettingsUrl(video);
  return (
    <section class="stack-s" aria-label={words('take')}>
      <div class="row">
        <LinkButton size="s" icon="download" href={contentUrl(video.id)} download="">
          {words('video')}
        </LinkButton>
        <LinkButton size="s" icon="image" href={contentUrl(video.id, 'thumbnail')} download="">
          {words('poster')}
        </LinkButton>
        <LinkButton size="s" icon="sliders" href={settings} download={fileName(video, 'json')}>
          {words('settings')}
        </LinkButton>
        <Button size="s" icon="code" onClick={() => setCode(true)}>
          {words('asCode')}
        </Button>
      </div>
      {isCode && <Code video={video} onClose={() => setCode(false)} />}
    </section>
  );
}
