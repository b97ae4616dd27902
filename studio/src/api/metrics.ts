// SPDX-License-Identifier: Apache-2.0
// The server's figures stand beside the API, not under it, and are text.
export async function readMetrics(): Promise<string | null> {
  try {
    const response = await fetch('/metrics', { credentials: 'same-origin' });
    const isText = response.headers.get('content-type')?.startsWith('text/plain') ?? false;
    return response.ok && isText ? await response.text() : null;
  } catch {
    return null;
  }
}
