// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem';
import type { Video } from '../api/types';
import { isLoaded, refreshOne, shelf } from './store';

// One video by its id: from the store, or asked for where the store has none.
export function useVideo(id: string): {
  video: Video | undefined;
  problem: Problem | null;
  retry: () => void;
} {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  const video = shelf.get(id);
  const isWanted = video === undefined && isLoaded.value;
  useEffect(() => {
    if (!isWanted) return;
    void refreshOne(id).then((answer) => setProblem('kind' in answer ? answer : null));
  }, [id, isWanted, tries]);
  return { video, problem, retry: () => setTries(tries + 1) };
}
