// SPDX-License-Identifier: Apache-2.0
// A button that opens a list of things to do. Arrow keys move, Escape and a click outside close.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button, IconButton } from './button';
import { Icon, type IconName } from './icon';
import './menu.css';

export interface MenuItem {
  label: string;
  icon?: IconName;
  href?: string;
  download?: string;
  run?: () => void;
  isChecked?: boolean;
  isBad?: boolean;
  reason?: string | undefined; // why it cannot be chosen
  isApart?: boolean; // a line above it
}

interface Props {
  label: string;
  icon?: IconName;
  items: readonly MenuItem[];
  children?: ComponentChildren; // seen on the button, after the label; without it, it is the icon alone
  look?: 'plain' | 'quiet' | 'main';
  size?: 's' | 'm' | 'l';
  side?: 'start' | 'end';
}

export function Menu({
  label,
  icon = 'more',
  items,
  children,
  look = 'quiet',
  size = 'm',
  side = 'end',
}: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const close = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target)) return;
      setOpen(false);
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [isOpen]);
  const leave = () => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      leave();
      return;
    }
    if (event.key === 'Tab') {
      setOpen(false);
      return;
    }
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const at = all.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  const button = {
    look,
    size,
    icon,
    'aria-haspopup': 'menu',
    'aria-expanded': isOpen,
    'aria-controls': id,
    onClick: () => setOpen(!isOpen),
  } as const;
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      {children === undefined ? (
        <IconButton {...button} label={label} />
      ) : (
        <Button {...button}>
          <span class="visually-hidden">{label}: </span>
          {children}
        </Button>
      )}
      {isOpen && (
        <ul class={`menu-list menu-${side}`} role="menu" id={id} aria-label={label}>
          {items.map((item) => (
            <li key={item.label} role="none" class={item.isApart ? 'menu-apart' : ''}>
              <Item item={item} onDone={leave} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Item({ item, onDone }: { item: MenuItem; onDone: () => void }) {
  const inside = (
    <>
      {item.icon !== undefined && <Icon name={item.icon} size={18} />}
      <span class="grow">
        {item.label}
        {item.reason !== undefined && <small>{item.reason}</small>}
      </span>
      {item.isChecked && <Icon name="check" size={16} />}
    </>
  );
  const look = `menu-item${item.isBad ? ' menu-bad' : ''}`;
  if (item.href !== undefined && item.reason === undefined) {
    return (
      <a
        class={look}
        role="menuitem"
        tabIndex={-1}
        href={item.href}
        download={item.download}
        onClick={onDone}
      >
        {inside}
      </a>
    );
  }
  const checked = item.isChecked === undefined ? {} : { 'aria-checked': item.isChecked };
  return (
    <button
      type="button"
      class={look}
      role={item.isChecked === undefined ? 'menuitem' : 'menuitemradio'}
      tabIndex={-1}
      {...checked}
      aria-disabled={item.reason !== undefined ? 'true' : undefined}
      onClick={() => {
        if (item.reason !== undefined) return;
        onDone();
        item.run?.();
      }}
    >
      {inside}
    </button>
  );
}
