// Copies with formatting and plain at once; over plain HTTP too, where browsers know only the old way.

/** Copies; `false` if the browser does not let us. */
export async function copyBoth(html: string, text: string): Promise<boolean> {
  // TypeScript takes it for given; browsers have it in secure contexts only.
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard && typeof ClipboardItem === "function") {
    const item = (type: string, content: string): [string, Blob] => [type, new Blob([content], { type })];
    const both = new ClipboardItem(Object.fromEntries([item("text/html", html), item("text/plain", text)]));
    try {
      await clipboard.write([both]);
      return true;
    } catch {
      // The old way may still be open.
    }
  }
  return copyByEvent(html, text);
}

function copyByEvent(html: string, text: string): boolean {
  const fill = (event: ClipboardEvent): void => {
    event.clipboardData?.setData("text/html", html);
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", fill);
  try {
    return document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", fill);
  }
}
