// The script of pages with charts, and of no others: draws what stands in tables, follows the theme, hides and shows
// lines. Without it the tables stand.
import { type Colours, colours, onTheme } from "./colours";
import { type Drawn, type Line, drawBars, drawLines } from "./draw";
import { type Numbers, numbersOf } from "./read";

function cells(row: HTMLTableRowElement): string[] {
  return [...row.cells].map((cell) => cell.textContent ?? "");
}

function read(table: HTMLTableElement, latestFirst: boolean): Numbers {
  const names = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1).map((cell) => cell.dataset["column"] ?? cell.textContent ?? "");
  return numbersOf(names, [...table.tBodies].flatMap((body) => [...body.rows].map(cells)), latestFirst);
}

/** Draws the figure's chart; `undefined` where there is nothing to draw from. */
function draw(figure: HTMLElement, now: Colours): Drawn | undefined {
  const [box, canvas] = [figure.querySelector<HTMLElement>(".canvas-box"), figure.querySelector("canvas")];
  const table = document.getElementById(figure.dataset["table"] ?? "") ?? figure.querySelector("table");
  if (!box || !canvas || !(table instanceof HTMLTableElement)) return undefined;
  const [title, words] = [figure.querySelector("h3")?.textContent ?? "", figure.querySelector("figcaption p")?.textContent ?? ""];
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${title}: ${words}`);
  box.hidden = false;
  if (figure.dataset["chart"] === "bars") {
    const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")?.href);
    return drawBars(canvas, read(table, false), figure.dataset["kind"] ?? "", links, now);
  }
  const lines = [...figure.querySelectorAll<HTMLElement>("[data-column]")].map(
    (button): Line => ({ column: button.dataset["column"] ?? "", label: button.textContent?.trim() ?? "", style: Number(button.dataset["style"]) }),
  );
  return drawLines(canvas, read(table, true), lines, now);
}

/** Makes the buttons hide and show their lines, one by one and all at once. */
function bindLines(figures: ReadonlyMap<HTMLElement, Drawn>): void {
  const all: ((shown: boolean) => void)[] = [];
  for (const [figure, drawn] of figures) {
    for (const button of figure.querySelectorAll<HTMLButtonElement>("button[data-column]")) {
      const set = (shown: boolean): void => {
        button.setAttribute("aria-pressed", String(shown));
        drawn.show(button.dataset["column"] ?? "", shown);
      };
      button.hidden = false;
      button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
      all.push(set);
    }
  }
  for (const [mark, shown] of [["[data-show-all]", true], ["[data-hide-all]", false]] as const) {
    const button = document.querySelector<HTMLButtonElement>(mark);
    if (!button || all.length === 0) continue;
    button.hidden = false;
    button.addEventListener("click", () => all.forEach((set) => set(shown)));
  }
}

/** Paper is light, whatever the screen is. */
function bindPrint(paint: () => void): void {
  const root = document.documentElement;
  let before: string | undefined;
  window.addEventListener("beforeprint", () => {
    before = root.dataset["theme"];
    root.dataset["theme"] = "light";
    paint();
  });
  window.addEventListener("afterprint", () => {
    if (before !== undefined) root.dataset["theme"] = before;
    paint();
  });
}

const figures = new Map<HTMLElement, Drawn>();
const now = colours();
for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const drawn = draw(figure, now);
  if (drawn) figures.set(figure, drawn);
}
const paint = (): void => {
  const next = colours();
  for (const drawn of figures.values()) drawn.paint(next);
};
bindLines(figures);
onTheme(paint);
bindPrint(paint);
