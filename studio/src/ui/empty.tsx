// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';
import './empty.css';

// Where nothing is yet: what will be here, and how to begin.
export function Empty({
  icon = 'cloud',
  title,
  text,
  children,
}: {
  icon?: IconName;
  title: string;
  text?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <div class="empty-mark">
        <Icon name={icon} size={30} />
      </div>
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {children !== undefined && <div class="row">{children}</div>}
    </div>
  );
}
