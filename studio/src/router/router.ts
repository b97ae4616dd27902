// SPDX-License-Identifier: Apache-2.0
// Where the page is. Links are ordinary anchors: clicks on those that stay here change the path
// without a load.
import { signal } from '@preact/signals';

export interface Place {
  path: string;
  query: URLSearchParams;
  hash: string;
}

function here(): Place {
  return {
    path: location.pathname,
    query: new URLSearchParams(location.search),
    hash: location.hash.slice(1),
  };
}

export const place = signal<Place>({ path: '/', query: new URLSearchParams(), hash: '' });

export function go(href: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  const before = place.peek().path;
  place.value = here();
  if (place.peek().path !== before) scrollTo(0, 0);
}

// Whether the page can show it itself: not files of the API, not the server's own notice.
export function isOwnPath(path: string): boolean {
  return !/^\/(v1|assets|notice|metrics|healthz|readyz)(\/|$)/.test(path) && !/\.\w+$/.test(path);
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target !== '' || link.hasAttribute('download') || link.href === '') return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !isOwnPath(url.pathname)) return;
  const onlyHash = url.pathname === location.pathname && url.search === location.search && url.hash !== '';
  if (onlyHash) return;
  event.preventDefault();
  go(url.pathname + url.search + url.hash);
}

export function startRouter(): void {
  place.value = here();
  addEventListener('popstate', () => {
    place.value = here();
  });
  document.addEventListener('click', onClick);
}
