// Rows follow the filter while it is typed. What cannot be read yet changes nothing: the rows stay, and the fault is
// told only when the reader says that this is the filter.

/** A pause in typing after which rows are asked for. */
const PAUSE = 250;

/** Calls `show` when nothing was typed into the box for a moment. Gives what forgets a pause that has begun. */
export function bindTyping(box: HTMLInputElement, show: () => void): () => void {
  let timer = 0;
  let composing = false;
  const forget = (): void => window.clearTimeout(timer);
  const wait = (): void => {
    forget();
    // Half a character of another script is no word yet.
    if (!composing) timer = window.setTimeout(show, PAUSE);
  };
  box.addEventListener("compositionstart", () => {
    composing = true;
    forget();
  });
  box.addEventListener("compositionend", () => {
    composing = false;
    wait();
  });
  box.addEventListener("input", wait);
  return forget;
}
