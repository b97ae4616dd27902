// SPDX-License-Identifier: Apache-2.0
// What a video would cost and take, asked a moment after the last change.
import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../../api/client';
import type { CreateVideo, Estimate, Schemas } from '../../api/types';

const PAUSE_MS = 350;

const estimate = signal<Estimate | null>(null);

// The words of a prompt change nothing in what it takes; a picture is not sent for an estimate.
export function shapeOfBody(body: CreateVideo): string {
  const { prompt: _prompt, input_reference: _picture, negative_prompt: _negative, ...shape } = body;
  return JSON.stringify(shape);
}

export function useEstimate(
  body: CreateVideo,
  isWanted: boolean,
  fresh: unknown,
): ReadonlySignal<Estimate | null> {
  const shape = shapeOfBody(body);
  useEffect(() => {
    if (!isWanted) return;
    const aborter = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await api.post('/videos/estimate', {
        body: JSON.parse(shape) as Schemas['EstimateVideoRequest'],
        signal: aborter.signal,
      });
      if (aborter.signal.aborted) return;
      estimate.value = answer.ok ? answer.value : null;
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [shape, isWanted, fresh]);
  return estimate;
}
