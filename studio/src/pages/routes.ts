// SPDX-License-Identifier: Apache-2.0
// Every page by its path; the code of each is loaded when somebody goes there.
import type { Route } from '../router/outlet';
import { adminRoutes } from './admin_routes';
import { makeRoutes } from './make_routes';
import { togetherRoutes } from './together_routes';
import { verifyRoutes } from './verify_routes';

export const routes: readonly Route[] = [
  { pattern: '/signin', load: () => import('./signin/page'), isOpen: true },
  ...makeRoutes,
  ...togetherRoutes,
  ...verifyRoutes,
  ...adminRoutes,
];
