// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';

// Videos whose deletion can still be taken back.
export const hidden = signal<ReadonlySet<string>>(new Set());
