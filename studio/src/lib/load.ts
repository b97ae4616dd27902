// SPDX-License-Identifier: Apache-2.0
// What a page asks the server for, and what a button does there.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/problem';
import { problemText } from '../ui/error_view';
import { toast } from '../ui/toast';
import type { Answer } from './result';

export interface Load<T> {
  value: T | null; // the newest answer; stays while it is asked for anew
  problem: Problem | null;
  reload: () => void;
  set: (value: T) => void; // an answer that came another way
}

// Asks when it is first shown, and again whenever `key` changes. An answer that comes after the
// next question, or after the page has gone, changes nothing.
export function useLoad<T>(ask: () => Promise<Answer<T>>, key: unknown = ''): Load<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const newest = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;
  const reload = useCallback(() => {
    const mine = ++newest.current;
    void latest.current().then((answer) => {
      if (mine !== newest.current) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setValue(answer.value);
    });
  }, []);
  useEffect(() => {
    setValue(null);
    reload();
    return () => {
      ++newest.current;
    };
  }, [key]);
  const set = useCallback((next: T) => {
    ++newest.current;
    setValue(next);
    setProblem(null);
  }, []);
  return { value, problem, reload, set };
}

export interface Act {
  isBusy: boolean;
  problem: Problem | null;
  // The value; null where it went wrong. One at a time: a second press while busy does nothing.
  run: <T>(send: () => Promise<Answer<T>>, options?: { toast?: boolean }) => Promise<T | null>;
  clear: () => void;
}

// `problem` is for a form to show; with `toast` it is said at the foot of the page instead.
export function useAct(): Act {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const busy = useRef(false);
  const run = useCallback(
    async <T>(send: () => Promise<Answer<T>>, options: { toast?: boolean } = {}): Promise<T | null> => {
      if (busy.current) return null;
      busy.current = true;
      setBusy(true);
      const answer = await send();
      busy.current = false;
      setBusy(false);
      if (answer.ok) {
        setProblem(null);
        return answer.value;
      }
      if (options.toast) toast(problemText(answer.problem), { look: 'bad' });
      else setProblem(answer.problem);
      return null;
    },
    [],
  );
  const clear = useCallback(() => setProblem(null), []);
  return { isBusy, problem, run, clear };
}
