// SPDX-License-Identifier: Apache-2.0
// What the newest servers answer about themselves; older ones have no such routes.

export interface Status {
  version: string;
  uptime_seconds: number;
  queue: { queued: number; in_progress: number };
  workers: {
    id: string;
    video_id: string | null;
    model?: string;
    progress?: number;
    seen_seconds_ago: number;
  }[];
  disk: { free_bytes: number; total_bytes?: number };
  finished_last_day: { completed: number; failed: number };
  render_seconds_last_day: number;
}

export interface AuditEntry {
  id: string;
  at: number;
  who: string;
  what: string;
  subject: string;
  detail: string;
}
export interface AuditVerification {
  ok: boolean;
  entries: number | null;
  checkpoints: number | null;
  copied: number | null;
  signed_seq: number | null;
  problem: string | null;
}

export interface Policy {
  version: string;
  dry_run: boolean;
  source: string;
  error: string | null;
}

export type PolicyAction = 'allow' | 'review' | 'block';
export interface PolicyDecision {
  action: PolicyAction; // what is done: allow on a dry run
  verdict: PolicyAction; // what the rules say
  hit: { category: string; severity: string | null; rule: string; text: string; view: string } | null;
}
