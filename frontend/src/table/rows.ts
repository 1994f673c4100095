// The rows: DataTables in server-side mode. The first page stands in the document; every other one is asked for.
// What is shown is said by one view, whose address is the page's; DataTables draws it.
import DataTable, { type Api, type AjaxData } from "datatables.net";
import { type RowsAnswer, Refused, ask, takeParts } from "./answer";
import { type Sort, addressOf, pageOf, readSort, sameShape, withOpen } from "./address";

type Direction = "asc" | "desc";

/** After so long the reader sees that something is on its way. */
const PATIENCE = 300;

// Its own way to tell of a fault is a dialog.
DataTable.ext.errMode = "throw";

/** The table of a page, and the view that it shows. */
export class Table {
  /** The view's parameters. */
  params = new URLSearchParams(window.location.search);
  readonly api: Api;
  /** What the server rendered into opened rows, by key. */
  readonly opened = new Map<string, string>();
  private asking: AbortController | undefined;
  /** What is being typed: a view that is shown only if it can be read. */
  private trial: URLSearchParams | undefined;
  private trying: AbortController | undefined;
  /** Whether the page's view still waits for its rows. */
  private owed = false;
  /** Whether the view came of typing: more of it takes its place in the history. */
  private typed = false;
  /** What DataTables' own numbers say of the newest question. */
  private newest = 0;

  constructor(
    readonly root: HTMLElement,
    readonly element: HTMLTableElement,
    private readonly filter: HTMLInputElement,
    private readonly drawn: () => void,
    private readonly say: (words: string) => void,
  ) {
    const found = Number(root.dataset["found"] ?? "0");
    const names = [...element.querySelectorAll<HTMLElement>("thead th")].map((th) => th.dataset["name"] ?? "open");
    // DataTables takes every row of the body for data.
    for (const row of element.querySelectorAll("tr.opened")) {
      this.opened.set(row.previousElementSibling?.id ?? "", row.firstElementChild?.innerHTML ?? "");
      row.remove();
    }
    this.api = new DataTable(element, {
      serverSide: true,
      deferLoading: found,
      displayStart: pageOf(this.params) * this.length,
      pageLength: this.length,
      autoWidth: false,
      orderClasses: false,
      typeDetect: false,
      searching: false,
      // The headings are links that the page sorts by; DataTables knows the order and says it to helping programs.
      ordering: { handler: false, indicators: false },
      order: this.orderOf(names),
      layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
      columns: names.map((name) => ({
        name,
        data: name,
        className: `c-${name}`,
        ...(name === "case" ? { cellType: "th" } : {}),
        ...(name === "open" ? { orderable: false } : {}),
      })),
      createdRow: (row: HTMLTableRowElement) => row.querySelector("th")?.setAttribute("scope", "row"),
      ajax: (data: AjaxData, callback: (answer: never) => void) => {
        void this.fetch(data, callback as unknown as (answer: RowsAnswer) => void);
      },
    });
  }

  private get length(): number {
    return Number(this.root.dataset["length"] ?? "50");
  }

  /** The page's path, without its parameters. */
  get path(): string {
    return this.root.dataset["path"] ?? window.location.pathname;
  }

  /** Shows another view and makes its address the page's. */
  show(params: URLSearchParams): void {
    if (!sameShape(this.params, params)) {
      window.location.assign(addressOf(this.path, params));
      return;
    }
    this.settle(params);
    const address = addressOf(this.path, params);
    if (address !== window.location.pathname + window.location.search) history.pushState(null, "", address);
    this.draw();
  }

  /** Shows a view that is being typed, once it has come; one that cannot be read yet changes nothing. */
  preview(params: URLSearchParams): void {
    // Typed back to what is shown: nothing else is wanted any more.
    this.trying?.abort();
    if (params.toString() === this.params.toString() || !sameShape(this.params, params)) return;
    this.trial = params;
    this.draw();
  }

  /** Shows what the address says, after the reader went back or forth. */
  follow(): void {
    const params = new URLSearchParams(window.location.search);
    // Going to a place on the page is no other view.
    if (params.toString() === this.params.toString()) return;
    if (!sameShape(this.params, params)) {
      window.location.reload();
      return;
    }
    this.settle(params);
    this.filter.value = params.get("q") ?? "";
    this.draw();
  }

  /** Says in the address which rows are open. */
  hold(keys: readonly string[] | "all"): void {
    this.params = withOpen(this.params, keys);
    history.replaceState(null, "", addressOf(this.path, this.params));
  }

  /** This is the view, typed or not. */
  private settle(params: URLSearchParams): void {
    this.trial = undefined;
    this.typed = false;
    this.params = params;
  }

  private draw(): void {
    const names = this.api.columns().names().toArray() as (string | null)[];
    this.api.order(this.orderOf(names.map((name) => name ?? "")));
    this.api.draw("page");
  }

  /** The order for DataTables: of the columns that are there. */
  private orderOf(names: readonly string[]): [number, Direction][] {
    const sort = readSort((this.trial ?? this.params).get("sort") ?? this.root.dataset["usual"] ?? "");
    const pair = ({ name, descending }: Sort): [number, Direction] => [names.indexOf(name), descending ? "desc" : "asc"];
    const pairs = sort.map(pair);
    return pairs.filter(([place]) => place >= 0);
  }

  private async fetch(data: AjaxData, callback: (answer: RowsAnswer) => void): Promise<void> {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const draw = data.draw ?? 0;
    this.newest = draw;
    const trial = this.trial;
    this.trial = undefined;
    this.trying = trial ? asking : undefined;
    this.owed ||= !trial;
    const view = trial ?? this.params;
    const wanted = new URLSearchParams(view);
    wanted.set("start", String(pageOf(view) * this.length));
    wanted.set("length", String(this.length));
    const slow = window.setTimeout(() => this.root.classList.add("busy"), PATIENCE);
    try {
      const answer = await ask<RowsAnswer>(addressOf(this.root.dataset["rows"] ?? "", wanted), asking.signal);
      if (draw < this.newest) return;
      // The number is not asked with: the same view has the same address, and its answer is kept.
      if (trial && !this.adopt(answer)) {
        if (this.owed) this.draw();
        return;
      }
      this.take({ ...answer, draw }, callback);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.owed = false;
      // The rows that are there stay.
      const why = error instanceof Refused ? error.message : "The server cannot be reached.";
      this.say(`${why} What you see is what was there before.`);
    } finally {
      window.clearTimeout(slow);
      if (this.asking === asking) this.root.classList.remove("busy");
    }
  }

  /** Makes a view that was typed the page's; `false` if the server could not read it. */
  private adopt(answer: RowsAnswer): boolean {
    if (answer.unreadable) return false;
    if (!this.typed) history.pushState(null, "", answer.address);
    this.typed = true;
    return true;
  }

  private take(answer: RowsAnswer, callback: (answer: RowsAnswer) => void): void {
    this.owed = false;
    history.replaceState(null, "", answer.address);
    this.params = new URLSearchParams(window.location.search);
    takeParts(answer.parts, this.filter);
    if (document.activeElement !== this.filter) this.filter.value = this.params.get("q") ?? "";
    callback(answer);
    const scroll = this.element.closest<HTMLElement>(".scroll");
    if (scroll) {
      scroll.hidden = answer.data.length === 0;
      scroll.scrollTop = 0;
    }
    this.say("");
    this.root.dataset["drawn"] = String(answer.draw);
    this.drawn();
  }
}
