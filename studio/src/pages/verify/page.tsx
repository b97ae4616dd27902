// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, request } from '../../api/client';
import type { Problem } from '../../api/problem';
import { Found } from '../../provenance/found';
import type { Verification } from '../../provenance/verdict';
import { place } from '../../router/router';
import { Button } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { PageHead } from '../../ui/page_head';
import { Progress } from '../../ui/progress';
import { verifyWords as words } from '../../words/verify';
import { Drop } from './drop';
import './verify.css';

// As the server takes it (POST /v1/verify).
const BYTES_MAX = 512_000_000;

type State =
  | { kind: 'asking' }
  | { kind: 'fetching' }
  | { kind: 'looking'; file: File }
  | { kind: 'found'; file: File; found: Verification }
  | { kind: 'failed'; file: File | null; problem: Problem };

function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url === '') return null;
  return (
    <figure class="verify-file">
      {file.type.startsWith('image/') ? (
        <img src={url} alt="" />
      ) : (
        <video src={url} controls muted playsInline preload="metadata" aria-label={file.name} />
      )}
      <figcaption class="small quiet">{file.name}</figcaption>
    </figure>
  );
}

export default function VerifyPage() {
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [tooLarge, setTooLarge] = useState(false);
  const look = async (file: File) => {
    setTooLarge(file.size > BYTES_MAX);
    if (file.size > BYTES_MAX) return;
    setState({ kind: 'looking', file });
    const body = new FormData();
    body.set('file', file);
    const answer = await api.post('/verify', { body });
    setState(
      answer.ok
        ? { kind: 'found', file, found: answer.value }
        : { kind: 'failed', file, problem: answer.problem },
    );
  };
  const lookAtShared = async (id: string) => {
    setState({ kind: 'fetching' });
    const answer = await request('get', '/shared/{share_id}/content', { path: { share_id: id } });
    if (!answer.ok) return setState({ kind: 'failed', file: null, problem: answer.problem });
    await look(new File([await answer.value.blob()], `${id}.mp4`, { type: 'video/mp4' }));
  };
  const shared = place.value.query.get('share');
  useEffect(() => {
    if (shared !== null) void lookAtShared(shared);
  }, [shared]);
  const again = () => setState({ kind: 'asking' });
  return (
    <div class="verify stack">
      <PageHead title={words('title')} lead={words('lead')}>
        {state.kind === 'found' && (
          <Button icon="undo" onClick={again}>
            {words('another')}
          </Button>
        )}
      </PageHead>
      {state.kind === 'asking' && <Drop onFile={(file) => void look(file)} />}
      {tooLarge && state.kind === 'asking' && (
        <p class="field-error" role="alert">
          {words('tooLarge', { n: BYTES_MAX / 1_000_000 })}
        </p>
      )}
      {state.kind === 'fetching' && (
        <div class="panel stack" role="status">
          <p>{words('fetching')}</p>
          <Progress percent={null} label={words('fetching')} />
        </div>
      )}
      {state.kind === 'looking' && (
        <div class="verify-parts">
          <Preview file={state.file} />
          <div class="panel stack" role="status">
            <strong>{words('looking')}</strong>
            <Progress percent={null} label={words('looking')} />
            <p class="small quiet">{words('lookingText')}</p>
          </div>
        </div>
      )}
      {state.kind === 'failed' && (
        <ErrorView
          problem={state.problem}
          onRetry={() => {
            if (state.file === null) again();
            else void look(state.file);
          }}
        />
      )}
      {state.kind === 'failed' && (
        <Button class="verify-again" onClick={again}>
          {words('another')}
        </Button>
      )}
      {state.kind === 'found' && (
        <div class="verify-parts">
          <Preview file={state.file} />
          <Found found={state.found} />
        </div>
      )}
    </div>
  );
}
