// SPDX-License-Identifier: Apache-2.0
// Shows the page of the place; its code is loaded when it is first wanted.
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { offline } from '../api/problem';
import { ErrorView } from '../ui/error_view';
import { Waiting } from '../ui/progress';
import { match, type Parameters } from './match';
import { place } from './router';

export type PageComponent = ComponentType<{ parameters: Parameters }>;
export interface Route {
  pattern: string;
  load: () => Promise<{ default: PageComponent }>;
  isOpen?: boolean; // seen without a login
}

const loaded = new Map<Route, PageComponent>();

export function findRoute(
  routes: readonly Route[],
  path: string,
): { route: Route; parameters: Parameters } | null {
  for (const route of routes) {
    const parameters = match(route.pattern, path);
    if (parameters !== null) return { route, parameters };
  }
  return null;
}

interface Props {
  routes: readonly Route[];
  missing: VNode;
  // What is shown instead of a page that is not for everybody; null lets it through.
  gate: VNode | null;
}

export function Outlet({ routes, missing, gate }: Props) {
  const found = findRoute(routes, place.value.path);
  const route = found?.route;
  const [, setTick] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (route === undefined || loaded.has(route)) return;
    let isWanted = true;
    setFailed(false);
    route.load().then(
      (page) => {
        loaded.set(route, page.default);
        if (isWanted) setTick((n) => n + 1);
      },
      () => {
        if (isWanted) setFailed(true);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [route]);
  if (found === null) return missing;
  if (gate !== null && !found.route.isOpen) return gate;
  const Page = loaded.get(found.route);
  if (Page !== undefined) return <Page key={found.route.pattern} parameters={found.parameters} />;
  // The server may be another by now, with other files: only a load brings their names.
  if (failed) return <ErrorView problem={offline()} onRetry={() => location.reload()} />;
  return <Waiting />;
}
