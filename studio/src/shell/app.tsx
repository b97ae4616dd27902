// SPDX-License-Identifier: Apache-2.0
import { effect } from '@preact/signals';
import { routes } from '../pages/routes';
import { Outlet } from '../router/outlet';
import { isIn, loadSession, needsTerms, who } from '../session/session';
import { SignIn } from '../session/sign_in';
import { Dialog } from '../ui/dialog';
import { Empty } from '../ui/empty';
import { LinkButton } from '../ui/button';
import { ErrorView } from '../ui/error_view';
import { Icon } from '../ui/icon';
import { Waiting } from '../ui/progress';
import { Toasts } from '../ui/toast';
import { isLive } from '../videos/store';
import { sessionWords } from '../words/session';
import { shellWords } from '../words/shell';
import { Header } from './header';
import { NoticeBar } from './notice';
import { place } from '../router/router';
import './app.css';

// What stands in the way of the pages that need somebody to be there.
function gate() {
  const now = who.value;
  switch (now.state) {
    case 'unknown':
      return <Waiting />;
    case 'unreachable':
      return <ErrorView problem={now.problem} onRetry={() => void loadSession()} />;
    case 'signed_out':
      return now.ended ? null : <SignIn />;
    default:
      return null;
  }
}

function Ended() {
  const now = who.value;
  if (now.state !== 'signed_out' || !now.ended) return null;
  const giveUp = () => {
    who.value = { state: 'signed_out', ended: false };
  };
  return (
    <Dialog title={shellWords('signedOutTitle')} onClose={giveUp}>
      <SignIn lead={sessionWords('ended')} isInside />
    </Dialog>
  );
}

const Missing = () => (
  <Empty title={shellWords('missingTitle')} text={shellWords('missingText')}>
    <LinkButton look="main" href="/">
      {shellWords('toCreate')}
    </LinkButton>
  </Empty>
);

// A new page is read from its top by those who hear it.
let pathBefore = '';
effect(() => {
  const { path } = place.value;
  if (pathBefore !== '' && path !== pathBefore)
    document.getElementById('main')?.focus({ preventScroll: true });
  pathBefore = path;
});

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        {shellWords('skip')}
      </a>
      <Header />
      <NoticeBar />
      {isIn.value && !isLive.value && (
        <div class="app-line" role="status">
          <Icon name="cloud" size={18} />
          {shellWords('reconnecting')}
        </div>
      )}
      {needsTerms.value && place.value.path !== '/terms' && (
        <div class="app-line">
          <Icon name="info" size={18} />
          {shellWords('termsWaiting')} <a href="/terms">{shellWords('termsRead')}</a>
        </div>
      )}
      <main id="main" class="main" tabIndex={-1}>
        <Outlet routes={routes} gate={gate()} missing={<Missing />} />
      </main>
      <Ended />
      <Toasts />
    </>
  );
}
