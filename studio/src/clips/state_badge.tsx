// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from '../api/types';
import { Badge, type BadgeLook } from '../ui/badge';
import { partsWords as words } from '../words/parts';

export type Clip = Schemas['Clip'];

const LOOKS: Record<Clip['state'], BadgeLook> = {
  draft: 'plain',
  submitted: 'accent',
  approved: 'good',
  returned: 'warn',
  shared: 'good',
};

export function StateBadge({ clip }: { clip: Clip }) {
  return <Badge look={LOOKS[clip.state]}>{words(`state_${clip.state}`)}</Badge>;
}

export function FlagBadge({ clip }: { clip: Clip }) {
  return clip.flagged ? (
    <Badge look="bad" icon="alert">
      {words('flagged')}
    </Badge>
  ) : null;
}
