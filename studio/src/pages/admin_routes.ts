// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../router/outlet';

export const adminRoutes: readonly Route[] = [
  { pattern: '/admin', load: () => import('./admin/overview') },
  { pattern: '/admin/stops', load: () => import('./admin/stops') },
  { pattern: '/admin/people', load: () => import('./admin/people') },
  { pattern: '/admin/keys', load: () => import('./admin/keys') },
];
