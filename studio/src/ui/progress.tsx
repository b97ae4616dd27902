// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { shellWords } from '../words/shell';
import './progress.css';

export function Spinner({ size = 18 }: { size?: number }) {
  return (
    <svg class="spinner" width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <circle cx="12" cy="12" r="9" stroke="currentColor" stroke-width="2.6" opacity="0.25" />
      <path d="M21 12a9 9 0 0 0-9-9" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" />
    </svg>
  );
}

// A bar; without `percent` it only shows that something is going on.
export function Progress({ percent, label }: { percent: number | null; label: string }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    bar.current?.style.setProperty('--part', `${percent ?? 0}%`);
  }, [percent]);
  const now = percent === null ? {} : { 'aria-valuenow': Math.round(percent) };
  return (
    <div
      ref={bar}
      class={percent === null ? 'progress progress-open' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...now}
    >
      <div />
    </div>
  );
}

// For a whole page or panel. It shows itself late, so that what is quick does not flicker.
export function Waiting() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="waiting" role="status">
      {isLate && (
        <>
          <Spinner size={28} />
          <span class="visually-hidden">{shellWords('loading')}</span>
        </>
      )}
    </div>
  );
}
