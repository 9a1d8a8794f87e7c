/** Buttons, and links that look like them. */

import type { ButtonHTMLAttributes, ComponentChildren, TargetedMouseEvent } from "preact";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "size">;

interface ButtonProps extends Native {
  /** `plain` by default; `primary` for the one thing to do; `danger` for what cannot be undone. */
  kind?: "plain" | "primary" | "danger" | "quiet";
  icon?: IconName;
  /** True while it works: it cannot be pressed again, and says so. */
  isBusy?: boolean | undefined;
  children?: ComponentChildren;
}

export function Button({ kind = "plain", icon, isBusy = false, children, class: more, onClick, ...rest }: ButtonProps) {
  // Not `disabled` while it works: the browser would take the focus away from it.
  const press = (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    if (isBusy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      class={`button ${kind} ${more ?? ""}`}
      aria-busy={isBusy}
      aria-disabled={isBusy || undefined}
      onClick={press}
    >
      {isBusy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={18} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

/** A button that shows an icon alone; `label` names it. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, "children"> & { label: string; icon: IconName }) {
  return <Button kind="quiet" {...rest} icon={icon} aria-label={label} title={label} class="icon-only" />;
}
