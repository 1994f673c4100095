// j and k go through the rows; Enter opens the one that has the focus, because its button has it.
import { onShortcut } from "../shortcuts";
import type { Opening } from "./opening";

/** Makes the keys work. */
export function bindTableKeys(opening: Opening): void {
  onShortcut((action, event) => {
    if (action !== "next" && action !== "previous") return;
    const rows = opening.rows();
    const now = event.target instanceof Element ? event.target.closest("tr") : null;
    const place = rows.findIndex((row) => row === now || row === now?.previousElementSibling);
    const next = action === "next" ? Math.min(place + 1, rows.length - 1) : Math.max(place - 1, 0);
    rows[next]?.querySelector<HTMLElement>("td.c-open button")?.focus();
    event.preventDefault();
  });
}
