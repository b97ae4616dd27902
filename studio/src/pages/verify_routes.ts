// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../router/outlet';

export const verifyRoutes: readonly Route[] = [{ pattern: '/verify', load: () => import('./verify/page') }];
