// SPDX-License-Identifier: Apache-2.0
// Everybody, for pages where somebody is chosen.
import { api } from '../../api/client';
import type { Person, Schemas } from '../../api/types';
import { type Load, useLoad } from '../../lib/load';

export interface People {
  list: readonly Person[];
  load: Load<Schemas['PersonList']>;
}

export function usePeople(): People {
  const load = useLoad(() => api.get('/admin/people'));
  return { list: load.value?.data ?? [], load };
}
