// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../router/outlet';

export const makeRoutes: readonly Route[] = [
  { pattern: '/', load: () => import('./create/page') },
  { pattern: '/library', load: () => import('./library/page') },
  { pattern: '/video/:id', load: () => import('./video/page') },
  { pattern: '/video/:id/:tool', load: () => import('./more/page') },
  { pattern: '/storyboard', load: () => import('./storyboard/page') },
];
