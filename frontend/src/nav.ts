// On a phone the navigation scrolls sideways; where the reader is should be seen.

/** Brings the current entry into view, and moves nothing else. */
export function showPlace(): void {
  const here = document.querySelector(".nav [aria-current]");
  const nav = here?.closest(".nav");
  if (!here || !nav) return;
  const [entry, frame] = [here.getBoundingClientRect(), nav.getBoundingClientRect()];
  nav.scrollLeft += entry.left - frame.left - (frame.width - entry.width) / 2;
}
