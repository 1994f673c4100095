// Asks in a dialog what would be asked on a page of its own; without a dialog, or if the question cannot be
// fetched, the link leads to that page.

/** Makes links that need a second thought ask in place. */
export function bindConfirm(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-confirm]") : null;
    if (!link) return;
    event.preventDefault();
    ask(link.href).catch(() => {
      window.location.assign(link.href);
    });
  });
}

async function ask(address: string): Promise<void> {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const question = parsed.querySelector("[data-confirm-body]");
  if (!answer.ok || !question) throw new Error(`${address} asks nothing`);
  const dialog = document.createElement("dialog");
  dialog.className = "asks";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.append(question);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    const closes = event.target instanceof Element && event.target.closest("[data-close]") !== null;
    if (event.target === dialog || closes) {
      event.preventDefault();
      dialog.close();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}
