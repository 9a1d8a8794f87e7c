/** A button that shows more buttons. Escape, a click elsewhere and a choice close it; focus goes back to the button. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

interface Props {
  /** Names the button, such as "More". */
  label: string;
  icon?: IconName;
  children: ComponentChildren;
}

export function Menu({ label, icon = "more", children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = (): void => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen) return;
    event.preventDefault();
    close();
  };
  return (
    <div class="menu" ref={box} onKeyDown={escape}>
      <Button kind="quiet" icon={icon} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {label}
      </Button>
      <div id={id} class="menu-items" hidden={!isOpen} onClick={close}>
        {children}
      </div>
    </div>
  );
}

/** One choice of a menu. */
export function MenuItem({
  icon,
  isDanger = false,
  onClick,
  children,
}: {
  icon: IconName;
  isDanger?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}) {
  return (
    <button type="button" class={isDanger ? "menu-item danger" : "menu-item"} onClick={onClick}>
      <Icon name={icon} size={18} />
      <span>{children}</span>
    </button>
  );
}
