// Rows open in place: what they show is fetched when they are opened, and the address says which are open.
import { type DetailsAnswer, Refused, ask } from "./answer";
import type { Table } from "./rows";

/** A button that opens a row, or closes it. */
function buttonOf(row: Element): HTMLButtonElement | null {
  return row.querySelector<HTMLButtonElement>("td.c-open button");
}

/** Opens and closes the rows of a table. */
export class Opening {
  constructor(
    private readonly table: Table,
    private readonly say: (words: string) => void,
  ) {}

  /** Opens the rows that the address says, after the rows themselves were drawn. */
  follow(): void {
    const keys = this.table.params.getAll("open");
    const rows = this.rows().filter((row) => keys.includes("all") || keys.includes(row.id));
    this.mark();
    if (rows.length > 0) void this.open(rows, false);
  }

  /** Opens the rows that the server rendered open. */
  adopt(): void {
    for (const row of this.rows()) this.show(row, this.table.opened.get(row.id));
    this.mark();
  }

  /** Opens a closed row, closes an open one. */
  toggle(row: HTMLTableRowElement): void {
    if (this.isOpen(row)) {
      this.table.api.row(row).child.remove();
      this.done();
    } else void this.open([row], true);
  }

  openAll(): void {
    void this.open(this.rows().filter((row) => !this.isOpen(row)), true);
  }

  closeAll(): void {
    for (const row of this.rows()) this.table.api.row(row).child.remove();
    this.done();
  }

  /** The rows of the page, without those that others were opened into. */
  rows(): HTMLTableRowElement[] {
    return [...this.table.element.querySelectorAll<HTMLTableRowElement>("tbody > tr[id]")];
  }

  private isOpen(row: HTMLTableRowElement): boolean {
    return this.table.api.row(row).child.isShown();
  }

  private async open(rows: HTMLTableRowElement[], hold: boolean): Promise<void> {
    if (rows.length === 0) return;
    const keys = new URLSearchParams(rows.map((row) => ["key", row.id]));
    try {
      const answer = await ask<DetailsAnswer>(`/table/details?${keys.toString()}`);
      for (const row of rows) this.show(row, answer.details[row.id]);
      if (answer.missing.length > 0) this.say("Some of these cards are gone since the page was made.");
      if (hold) this.done();
      else this.mark();
    } catch (error) {
      this.say(error instanceof Refused ? error.message : "The server cannot be reached; the row stays closed.");
    }
  }

  private show(row: HTMLTableRowElement, html: string | undefined): void {
    // Drawn anew meanwhile: the row is not there any more.
    if (html === undefined || !row.isConnected) return;
    this.table.api.row(row).child(html, "opened").show();
  }

  private done(): void {
    this.mark();
    const [all, open] = [this.rows(), this.rows().filter((row) => this.isOpen(row))];
    this.table.hold(open.length === all.length && all.length > 1 ? "all" : open.map((row) => row.id));
  }

  /** Says at each row, and beside the table, what is open. */
  private mark(): void {
    let any = false;
    for (const row of this.rows()) {
      const open = this.isOpen(row);
      any ||= open;
      const button = buttonOf(row);
      button?.setAttribute("aria-expanded", String(open));
      button?.setAttribute("name", open ? "close" : "open");
    }
    const close = document.querySelector<HTMLElement>("[data-close-all]");
    if (close) close.hidden = !any;
  }
}
