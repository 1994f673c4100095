// "/" jumps to the search box, Escape closes what a summary opened, and so does a click beside it.
import { onShortcut } from "./shortcuts";

/** Makes them work. */
export function bindKeys(): void {
  onShortcut((action, event) => {
    if (action !== "search") return;
    // A page's own box before the one that every page has.
    const own = document.querySelector<HTMLInputElement>("input[data-search]");
    const search = own ?? document.querySelector<HTMLInputElement>("input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-popover][open]")) {
      panel.open = false;
      panel.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-popover][open]")) {
      if (event.target instanceof Node && !panel.contains(event.target)) panel.open = false;
    }
  });
}
