// The weekly report: notes that stay in this browser, and copying with formatting, as Markdown, or for Slack. Over
// plain HTTP browsers have no clipboard for scripts; there the copy event carries both forms.

type Form = "markdown" | "plain" | "slack";

const SAID: Record<string, string> = {
  rich: "Copied with formatting. Paste it into a mail.",
  markdown: "Copied as Markdown.",
  slack: "Copied for Slack.",
};

/** The text with the notes behind its title, which is its first paragraph. */
export function withNotes(text: string, notes: string): string {
  const own = notes.trim();
  if (own === "") return text;
  const end = text.indexOf("\n\n");
  return end < 0 ? `${text}\n\n${own}\n` : `${text.slice(0, end)}\n\n${own}${text.slice(end)}`;
}

/** The notes as paragraphs and lines. */
export function paragraphs(notes: string): string[][] {
  return notes
    .trim()
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => paragraph.split("\n").map((line) => line.trim()));
}

/** Makes notes and buttons work on the page that has them. */
export function bindWeekly(): void {
  const panel = document.querySelector<HTMLElement>("[data-weekly]");
  const tools = panel?.querySelector<HTMLElement>("[data-copy-tools]");
  const notes = panel?.querySelector<HTMLTextAreaElement>("[data-notes]");
  const report = document.querySelector<HTMLElement>("[data-report]");
  if (!panel || !tools || !notes || !report) return;
  tools.hidden = false;
  bindNotes(notes, report, `t5g_notes ${panel.dataset["weekly"] ?? ""}`);
  panel.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  bindCopy(panel, notes, report).catch(() => say(panel, "The texts cannot be loaded. The links below have them."));
}

function bindNotes(notes: HTMLTextAreaElement, report: HTMLElement, key: string): void {
  const shown = report.querySelector<HTMLElement>("[data-notes-shown]");
  const show = (): void => {
    if (!shown) return;
    shown.replaceChildren(...paragraphs(notes.value).map(paragraph));
    shown.hidden = shown.childElementCount === 0;
  };
  try {
    notes.value = localStorage.getItem(key) ?? notes.value;
  } catch {
    // A browser that keeps nothing still copies.
  }
  show();
  notes.addEventListener("input", () => {
    show();
    try {
      localStorage.setItem(key, notes.value);
    } catch {
      // As above.
    }
  });
}

function paragraph(lines: string[]): HTMLElement {
  const element = document.createElement("p");
  lines.forEach((line, at) => {
    if (at > 0) element.append(document.createElement("br"));
    element.append(line);
  });
  return element;
}

/** The texts are fetched before anybody presses: a copy must happen within the press. */
async function bindCopy(panel: HTMLElement, notes: HTMLTextAreaElement, report: HTMLElement): Promise<void> {
  const texts = new Map<Form, string>();
  const links = [...panel.querySelectorAll<HTMLAnchorElement>("a[data-text]")];
  await Promise.all(links.map(async (link) => texts.set(link.dataset["text"] as Form, await textOf(link.href))));
  for (const button of panel.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const form = button.dataset["copy"] ?? "";
      const text = withNotes(texts.get(form === "rich" ? "plain" : (form as Form)) ?? "", notes.value);
      copy(text, form === "rich" ? rich(report) : undefined).then(
        () => say(panel, SAID[form] ?? "Copied."),
        () => say(panel, "The browser does not let the page copy. Mark the report and copy it by hand."),
      );
    });
  }
}

async function textOf(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

/** The report as HTML for a mail: no classes, no ids, whole addresses. */
function rich(report: HTMLElement): string {
  const copy = report.cloneNode(true) as HTMLElement;
  for (const element of copy.querySelectorAll("[hidden]")) element.remove();
  for (const element of copy.querySelectorAll<HTMLElement>("*")) {
    const href = element instanceof HTMLAnchorElement ? element.href : "";
    for (const name of element.getAttributeNames()) if (name !== "dir") element.removeAttribute(name);
    if (href !== "") element.setAttribute("href", href);
  }
  return `<div>${copy.innerHTML}</div>`;
}

async function copy(text: string, html: string | undefined): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard && html !== undefined && typeof ClipboardItem === "function") {
      const blob = (content: string, type: string): Blob => new Blob([content], { type });
      await clipboard.write([
        new ClipboardItem({ "text/html": blob(html, "text/html"), "text/plain": blob(text, "text/plain") }),
      ]);
      return;
    }
    if (clipboard && html === undefined) {
      await clipboard.writeText(text);
      return;
    }
  } catch {
    // The browser may forbid it; the older way asks nobody.
  }
  copyByEvent(text, html);
}

function copyByEvent(text: string, html: string | undefined): void {
  let done = false;
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData("text/plain", text);
    if (html !== undefined) event.clipboardData?.setData("text/html", html);
    done = event.clipboardData !== null;
  };
  const selection = window.getSelection();
  const before = selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : undefined;
  const report = document.querySelector("[data-report]");
  // Some browsers copy only when something is marked.
  if (selection && report) selection.selectAllChildren(report);
  document.addEventListener("copy", fill, { capture: true, once: true });
  try {
    document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", fill, { capture: true });
    selection?.removeAllRanges();
    if (before) selection?.addRange(before);
  }
  if (!done) throw new Error("nothing was copied");
}

function say(panel: HTMLElement, words: string): void {
  const place = panel.querySelector("[data-said]");
  if (place) place.textContent = words;
}
