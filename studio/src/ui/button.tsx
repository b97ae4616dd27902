// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon';
import { Spinner } from './progress';
import './button.css';

type Look = 'main' | 'plain' | 'quiet' | 'danger';

interface Common {
  look?: Look;
  size?: 's' | 'm' | 'l';
  icon?: IconName;
  children?: ComponentChildren;
}

type ButtonProps = Common &
  Omit<JSX.ButtonHTMLAttributes, 'size' | 'icon' | 'label' | 'disabled'> & {
    isBusy?: boolean;
    // Why it cannot be pressed: then it looks disabled, stays reachable, and says so.
    reason?: string | undefined;
    disabled?: boolean | undefined;
  };

function classes(look: Look, size: string, extra?: unknown): string {
  return `button button-${look} button-${size}${typeof extra === 'string' ? ` ${extra}` : ''}`;
}

export function Button({
  look = 'plain',
  size = 'm',
  icon,
  isBusy = false,
  reason,
  children,
  onClick,
  class: extra,
  disabled,
  ...rest
}: ButtonProps) {
  const isOff = disabled === true || isBusy || reason !== undefined;
  return (
    <button
      type="button"
      {...rest}
      class={classes(look, size, extra)}
      aria-disabled={isOff ? 'true' : undefined}
      aria-busy={isBusy ? 'true' : undefined}
      title={reason ?? rest.title}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {isBusy ? <Spinner /> : icon !== undefined && <Icon name={icon} size={size === 's' ? 16 : 19} />}
      {children !== undefined && <span>{children}</span>}
      {reason !== undefined && <span class="visually-hidden">{reason}</span>}
    </button>
  );
}

// A button of a picture alone; `label` is what it says to those who do not see it, and its tip.
export function IconButton({
  icon,
  label,
  look = 'quiet',
  size = 'm',
  class: extra,
  ...rest
}: Omit<ButtonProps, 'children' | 'icon'> & { icon: IconName; label: string }) {
  return (
    <Button
      {...rest}
      look={look}
      size={size}
      icon={icon}
      aria-label={label}
      title={rest.title ?? label}
      class={`button-icon${typeof extra === 'string' ? ` ${extra}` : ''}`}
    />
  );
}

export function LinkButton({
  look = 'plain',
  size = 'm',
  icon,
  children,
  class: extra,
  ...rest
}: Common & Omit<JSX.AnchorHTMLAttributes, 'size' | 'icon'>) {
  return (
    <a {...rest} class={classes(look, size, extra)}>
      {icon !== undefined && <Icon name={icon} size={size === 's' ? 16 : 19} />}
      {children !== undefined && <span>{children}</span>}
    </a>
  );
}
