// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { routes } from '../pages/routes';
import { match } from './match';
import { findRoute } from './outlet';
import { isOwnPath } from './router';

describe('match', () => {
  it('takes parameters', () => {
    expect(match('/video/:id', '/video/video_1')).toEqual({ id: 'video_1' });
    expect(match('/video/:id/:tool', '/video/a%2Fb/remix/')).toEqual({ id: 'a/b', tool: 'remix' });
    expect(match('/', '/')).toEqual({});
    expect(match('/admin/*', '/admin/people/7')).toEqual({ rest: 'people/7' });
  });
  it('refuses what does not fit', () => {
    for (const path of ['/', '/video', '/video/a/b', '/videos/a'])
      expect(match('/video/:id', path)).toBeNull();
    expect(match('/video/:id', '/video/%E0%A4%A')).toBeNull();
  });
});

describe('routes', () => {
  it.each(['/', '/library', '/storyboard', '/signin', '/video/x', '/video/x/extend'])(
    'has a page for %s',
    (path) => {
      expect(findRoute(routes, path)).not.toBeNull();
    },
  );
  it('has none for what is nowhere', () => {
    expect(findRoute(routes, '/nowhere/at/all')).toBeNull();
  });
  it('loads every page', async () => {
    for (const { load } of routes) expect(typeof load).toBe('function');
  });
});

describe('isOwnPath', () => {
  it('leaves the API, files and the notice to the server', () => {
    expect(['/v1/videos', '/assets/a.js', '/notice', '/sun.svg', '/metrics'].map(isOwnPath)).toEqual(
      Array(5).fill(false),
    );
    expect(['/', '/video/a', '/noticeboard', '/v1x'].map(isOwnPath)).toEqual(Array(4).fill(true));
  });
});
