// j and k go through the rows; Enter opens the one that has the focus, because its button has it.
import { isTyping, keysAreOn, switchKeys } from "../keys";
import type { Opening } from "./opening";

/** Makes the keys work, and the note beside the table say so. */
export function bindTableKeys(opening: Opening, say: (words: string) => void): void {
  const note = document.querySelector<HTMLElement>("[data-keys]");
  const button = note?.querySelector<HTMLButtonElement>("[data-keys-off]");
  const show = (): void => {
    if (button) button.textContent = keysAreOn() ? "Switch off" : "Switch on";
  };
  if (note) note.hidden = false;
  show();
  button?.addEventListener("click", () => {
    const on = !keysAreOn();
    say(switchKeys(on) ? `Keys are ${on ? "on" : "off"}.` : "This browser does not keep that choice.");
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !keysAreOn()) return;
    if (event.key !== "j" && event.key !== "k") return;
    const rows = opening.rows();
    const now = event.target instanceof Element ? event.target.closest("tr") : null;
    const place = rows.findIndex((row) => row === now || row === now?.previousElementSibling);
    const next = event.key === "j" ? Math.min(place + 1, rows.length - 1) : Math.max(place - 1, 0);
    rows[next]?.querySelector<HTMLElement>("td.c-open button")?.focus();
    event.preventDefault();
  });
}
