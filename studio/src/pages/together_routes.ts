// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../router/outlet';

export const togetherRoutes: readonly Route[] = [
  { pattern: '/invite', load: () => import('./invite/page'), isOpen: true },
  { pattern: '/terms', load: () => import('./terms/page'), isOpen: true },
  { pattern: '/account', load: () => import('./account/page') },
  { pattern: '/clips', load: () => import('./clips/page') },
  { pattern: '/clips/:id', load: () => import('./clip/page') },
  { pattern: '/reviews', load: () => import('./reviews/page') },
  { pattern: '/s/:id', load: () => import('./share/page'), isOpen: true },
  { pattern: '/screening', load: () => import('./screening/page') },
  { pattern: '/findings', load: () => import('./findings/page') },
  { pattern: '/credits', load: () => import('./credits/page') },
];
