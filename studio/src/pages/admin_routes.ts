// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../router/outlet';

export const adminRoutes: readonly Route[] = [
  { pattern: '/admin', load: () => import('./admin/overview') },
  { pattern: '/admin/stops', load: () => import('./admin/stops') },
  { pattern: '/admin/people', load: () => import('./admin/people') },
  { pattern: '/admin/keys', load: () => import('./admin/keys') },
  { pattern: '/admin/models', load: () => import('./admin/models') },
  { pattern: '/admin/reviews', load: () => import('./admin/reviews') },
  { pattern: '/admin/credits', load: () => import('./admin/credits') },
  { pattern: '/admin/policy', load: () => import('./admin/policy') },
  { pattern: '/admin/terms', load: () => import('./admin/terms') },
  { pattern: '/admin/audit', load: () => import('./admin/audit') },
];
