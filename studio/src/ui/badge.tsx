// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';
import './badge.css';

export type BadgeLook = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

// A state in a word. The word says it; the colour only helps.
export function Badge({
  look = 'plain',
  icon,
  children,
}: {
  look?: BadgeLook;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge badge-${look}`}>
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}
