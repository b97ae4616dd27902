// SPDX-License-Identifier: Apache-2.0
import { urlOf } from '../api/client';

type Variant = 'video' | 'thumbnail';

export function clipUrl(id: string, variant: Variant = 'video'): string {
  return urlOf('/clips/{clip_id}/content', {
    path: { clip_id: id },
    query: variant === 'video' ? {} : { variant },
  });
}

export function sharedUrl(id: string, variant: Variant = 'video'): string {
  return urlOf('/shared/{share_id}/content', {
    path: { share_id: id },
    query: variant === 'video' ? {} : { variant },
  });
}

// What is passed on: a page, not the API's address.
export function shareLink(id: string): string {
  return `${location.origin}/s/${encodeURIComponent(id)}`;
}
