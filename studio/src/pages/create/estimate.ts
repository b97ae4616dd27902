// SPDX-License-Identifier: Apache-2.0
// What a video would cost and take, asked a moment after the last change.
import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { json } from '../../api/client';
import type { CreateVideo, Estimate } from '../../api/types';

const PAUSE_MS = 350;

const estimate = signal<Estimate | null>(null);
// A server that has no estimates is not asked again.
let isMissing = false;

// The words of a prompt change nothing in what it takes; a picture is not sent for an estimate.
export function shapeOfBody(body: CreateVideo): string {
  const { prompt: _prompt, input_reference: _picture, negative_prompt: _negative, ...shape } = body;
  return JSON.stringify({ ...shape, prompt: 'a boat' });
}

export function useEstimate(
  body: CreateVideo,
  isWanted: boolean,
  fresh: unknown,
): ReadonlySignal<Estimate | null> {
  const shape = shapeOfBody(body);
  useEffect(() => {
    if (!isWanted || isMissing) return;
    const aborter = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await json<Estimate>('post', '/videos/estimate', {
        body: JSON.parse(shape),
        signal: aborter.signal,
      });
      if (aborter.signal.aborted) return;
      estimate.value = answer.ok ? answer.value : null;
      if (!answer.ok) isMissing = answer.problem.kind === 'missing' || answer.problem.status === 405;
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [shape, isWanted, fresh]);
  return estimate;
}
