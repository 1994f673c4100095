// Keys: "/" jumps to the search box. Never while somebody types, never with a modifier, never when switched off.

const SWITCH = "t5g-keys";

/** Whether keys that are characters do something; who talks to the computer may switch them off. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

/** Switches them on or off; `false` if this browser keeps nothing. */
export function switchKeys(on: boolean): boolean {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
    return true;
  } catch {
    return false;
  }
}

/** Whether a key press belongs to a field that is being edited. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** Makes the keys work, and Escape close what a summary opened. */
export function bindKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !isTyping(event.target) && keysAreOn()) {
      // A page's own box before the one that every page has.
      const own = document.querySelector<HTMLInputElement>("input[data-search]");
      const search = own ?? document.querySelector<HTMLInputElement>("input[type=search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === "Escape") {
      for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-popover][open]")) {
        panel.open = false;
        panel.querySelector("summary")?.focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-popover][open]")) {
      if (event.target instanceof Node && !panel.contains(event.target)) panel.open = false;
    }
  });
}
