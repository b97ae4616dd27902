// SPDX-License-Identifier: Apache-2.0
// Many answers name people by their ids alone; admins see who that is.
import { api } from '../../api/client';
import type { Person, Schemas } from '../../api/types';
import { type Load, useLoad } from '../../lib/load';

export interface People {
  list: readonly Person[];
  nameOf: (id: string) => string;
  load: Load<Schemas['PersonList']>;
}

export function usePeople(): People {
  const load = useLoad(() => api.get('/admin/people'));
  const list = load.value?.data ?? [];
  const nameOf = (id: string) => list.find((person) => person.id === id)?.name ?? id;
  return { list, nameOf, load };
}
