// SPDX-License-Identifier: Apache-2.0
import { forget } from '../lib/kept';
import { type Locale, locale } from '../lib/locale';
import { type Theme, theme } from '../lib/theme';
import { routes } from '../pages/routes';
import { findRoute } from '../router/outlet';
import { go, place } from '../router/router';
import { isIn, me, may, role, secondsLeftToday, signOut, who } from '../session/session';
import { LinkButton } from '../ui/button';
import { problemText } from '../ui/error_view';
import { Icon, type IconName } from '../ui/icon';
import { Menu, type MenuItem } from '../ui/menu';
import { toast } from '../ui/toast';
import { sendDeletes } from '../videos/undo';
import { sessionWords } from '../words/session';
import { shellWords } from '../words/shell';
import './header.css';

interface Entry {
  href: string;
  icon: IconName;
  word: Parameters<typeof shellWords>[0];
  isFor?: () => boolean;
  // Also lit on paths that begin with these.
  also?: string[];
}

const ENTRIES: readonly Entry[] = [
  { href: '/', icon: 'plus', word: 'create' },
  { href: '/library', icon: 'film', word: 'library', also: ['/video'] },
  { href: '/storyboard', icon: 'cards', word: 'storyboard' },
  { href: '/clips', icon: 'share', word: 'clips' },
  { href: '/reviews', icon: 'check', word: 'reviews', isFor: () => may('review') },
  { href: '/screening', icon: 'play', word: 'screening' },
  { href: '/findings', icon: 'search', word: 'findings', isFor: () => role.value === 'red_team' },
  { href: '/verify', icon: 'shield', word: 'verify' },
  { href: '/admin', icon: 'gear', word: 'admin', isFor: () => may('admin') },
];

function isHere(entry: Entry, path: string): boolean {
  const starts = (lead: string) => path === lead || path.startsWith(`${lead}/`);
  return entry.href === '/' ? path === '/' : [entry.href, ...(entry.also ?? [])].some(starts);
}

function Navigation() {
  // Strangers see what they may open alone.
  const entries = ENTRIES.filter(({ href, isFor }) => {
    const found = findRoute(routes, href);
    return found !== null && (isIn.value || found.route.isOpen === true) && (isFor?.() ?? true);
  });
  if (entries.length === 0) return null;
  return (
    <nav class="nav" aria-label={shellWords('navigation')}>
      <ul>
        {entries.map((entry) => (
          <li key={entry.href}>
            <a href={entry.href} aria-current={isHere(entry, place.value.path) ? 'page' : undefined}>
              <Icon name={entry.icon} size={20} />
              <span>{shellWords(entry.word)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const LANGUAGES: readonly [Locale, string][] = [
  ['en', 'English'],
  ['fr', 'Français'],
];
const THEMES: readonly [Theme, 'themeSystem' | 'themeLight' | 'themeDark'][] = [
  ['system', 'themeSystem'],
  ['light', 'themeLight'],
  ['dark', 'themeDark'],
];

async function leave(): Promise<void> {
  await sendDeletes();
  const answer = await signOut();
  if (!answer.ok) {
    toast(problemText(answer.problem), { look: 'bad' });
    return;
  }
  // Whoever sits down next sees nothing of what was being written; a load forgets what is in memory.
  forget('draft.', 'board.');
  location.assign('/');
}

function accountItems(): MenuItem[] {
  const items: MenuItem[] = [];
  for (const [href, word, icon] of [
    ['/account', 'profile', 'person'],
    ['/credits', 'credits', 'sun'],
  ] as const) {
    if (findRoute(routes, href) !== null && me.value !== null) {
      items.push({ label: shellWords(word), icon, run: () => go(href) });
    }
  }
  for (const [i, [value, label]] of LANGUAGES.entries()) {
    items.push({
      label,
      isChecked: locale.value === value,
      run: () => {
        locale.value = value;
      },
      isApart: i === 0 && items.length > 0,
    });
  }
  for (const [i, [value, word]] of THEMES.entries()) {
    items.push({
      label: shellWords(word),
      isChecked: theme.value === value,
      isApart: i === 0,
      run: () => {
        theme.value = value;
      },
    });
  }
  if (who.value.state === 'signed_in') {
    items.push({ label: shellWords('signOut'), isApart: true, run: () => void leave() });
  }
  return items;
}

function Account() {
  const person = me.value;
  const left = secondsLeftToday.value;
  const name = who.value.state === 'open' ? shellWords('localMode') : person?.name;
  return (
    <div class="header-account">
      {left !== null && (
        <span
          class="header-quota numbers"
          title={sessionWords('secondsToday', {
            used: person?.seconds_today ?? 0,
            all: person?.seconds_per_day ?? 0,
          })}
        >
          {left}
          {'\u202f'}s
        </span>
      )}
      {who.value.state === 'signed_out' && place.value.path !== '/signin' && (
        <LinkButton size="s" href="/signin">
          {shellWords('signIn')}
        </LinkButton>
      )}
      <Menu label={shellWords('account')} icon="person" items={accountItems()}>
        {name ?? shellWords('menu')}
      </Menu>
    </div>
  );
}

export function Header() {
  return (
    <header class="header">
      <div class="header-inside">
        <a class="brand" href="/" aria-label="Aozora">
          <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" class="brand-sky" />
            <circle cx="16" cy="17" r="6" fill="#fff" />
            <path d="M4 23h24" stroke="#fff" stroke-width="2.4" stroke-linecap="round" />
          </svg>
          <span>Aozora</span>
        </a>
        <Navigation />
        <Account />
      </div>
    </header>
  );
}
