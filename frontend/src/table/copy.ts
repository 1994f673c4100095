// Copies the rows of the view, all pages, as a table for documents and as tab-separated text for spreadsheets. The
// server writes the text, so that what looks like a formula is defused there.
import { copyBoth } from "../clipboard";

/** Rows beyond which the formatted table is left out: documents do not take it. */
const FORMATTED = 2_000;

/** Lines of tab-separated text as the HTML of a table. */
export function tableOf(text: string): string {
  const table = document.createElement("table");
  text.split("\n").forEach((line, place) => {
    if (line === "") return;
    const row = table.insertRow();
    for (const words of line.split("\t")) {
      const cell = document.createElement(place === 0 ? "th" : "td");
      cell.textContent = words;
      row.append(cell);
    }
  });
  return table.outerHTML;
}

/** Makes the button copy, and say how it went. */
export function bindCopy(button: HTMLButtonElement, say: (words: string) => void): void {
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = document.querySelector<HTMLAnchorElement>("a[data-clip]");
    if (!link) return;
    const copy = async (): Promise<void> => {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(`the export answered ${answer.status}`);
      const text = await answer.text();
      const rows = text.split("\n").length - 2;
      const done = await copyBoth(rows > FORMATTED ? "" : tableOf(text), text);
      say(done ? `${rows} rows copied.` : "The browser does not let this page copy.");
    };
    copy().catch(() => say("The rows cannot be fetched; nothing was copied."));
  });
}
