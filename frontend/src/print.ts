// The button in the last line of every page that prints it.

/** Makes it work; browsers print without it, too. */
export function bindPrint(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-print-page]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    window.print();
  });
}
