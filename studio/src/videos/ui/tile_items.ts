// SPDX-License-Identifier: Apache-2.0
import type { Video } from '../../api/types';
import { findRoute } from '../../router/outlet';
import { go } from '../../router/router';
import { may } from '../../session/session';
import { routes } from '../../pages/routes';
import type { MenuItem } from '../../ui/menu';
import { videoWords as words } from '../../words/videos';
import { contentUrl } from '../media';
import { deleteLater } from '../undo';

export function tileItems(video: Video): MenuItem[] {
  const items: MenuItem[] = [
    { label: words('details'), icon: 'play', run: () => go(`/video/${video.id}`) },
    { label: words('remix'), icon: 'remix', run: () => go(`/video/${video.id}/remix`) },
    { label: words('extend'), icon: 'extend', run: () => go(`/video/${video.id}/extend`) },
    { label: words('again'), icon: 'undo', run: () => go(`/?from=${video.id}`) },
    { label: words('download'), icon: 'download', href: contentUrl(video.id), download: '' },
  ];
  if (may('submit') && findRoute(routes, '/clips') !== null) {
    items.push({ label: words('share'), icon: 'share', run: () => go(`/clips?video=${video.id}`) });
  }
  items.push({
    label: words('delete'),
    icon: 'trash',
    isBad: true,
    isApart: true,
    run: () => deleteLater([video.id]),
  });
  return items;
}
