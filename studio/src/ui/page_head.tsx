// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useTitle } from '../lib/title';
import './page_head.css';

// The top of a page: its name, what it is for, and what one can do here.
export function PageHead({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  children?: ComponentChildren;
}) {
  useTitle(title);
  return (
    <div class="page-head">
      <div class="stack-s">
        <h1>{title}</h1>
        {lead !== undefined && <p class="quiet">{lead}</p>}
      </div>
      {children !== undefined && <div class="row">{children}</div>}
    </div>
  );
}
