// What the server answers a table with, and how the parts of the page take it on.
import { patchChildren } from "../patch";

/** One row: its card's key, and for each column its cell as HTML that the server escaped. */
export interface RowAnswer {
  readonly DT_RowId: string;
  readonly [column: string]: string;
}

/** The answer to one draw. */
export interface RowsAnswer {
  readonly draw: number;
  readonly recordsTotal: number;
  readonly recordsFiltered: number;
  readonly data: RowAnswer[];
  /** Whether the filter cannot be read, so that nothing was found. */
  readonly unreadable: boolean;
  /** The address that describes the view. */
  readonly address: string;
  /** The page's other parts, each in an element that names it. */
  readonly parts: string;
}

/** What opened rows show, by key. */
export interface DetailsAnswer {
  readonly details: Readonly<Record<string, string>>;
  readonly missing: string[];
}

/** Why a question was not answered, in the server's words. */
export class Refused extends Error {}

/** Asks for JSON. */
export async function ask<T>(address: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (answer.ok) return (await answer.json()) as T;
  const problem: unknown = await answer.json().catch(() => null);
  const detail = problem !== null && typeof problem === "object" && "detail" in problem ? problem.detail : undefined;
  throw new Refused(typeof detail === "string" ? detail : `The server answered ${answer.status}.`);
}

/** Takes on the parts. What the reader has open stays open, where they are stays focused. */
export function takeParts(html: string, filter: HTMLInputElement): void {
  const wanted = new DOMParser().parseFromString(html, "text/html");
  for (const part of wanted.querySelectorAll<HTMLElement>("[data-part]")) {
    const name = part.dataset["part"] ?? "";
    for (const place of document.querySelectorAll(`[data-part="${CSS.escape(name)}"]`)) {
      patchChildren(place, part.cloneNode(true) as Element);
    }
  }
  // What was clicked or typed is not what the attributes say.
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-part] input[type=checkbox]")) {
    box.checked = box.defaultChecked;
  }
  for (const option of document.querySelectorAll<HTMLOptionElement>("[data-part] option")) {
    option.selected = option.defaultSelected;
  }
  if (document.querySelector("#filter-problem")) filter.setAttribute("aria-invalid", "true");
  else filter.removeAttribute("aria-invalid");
}
