// The view as its address has it. Pure: texts in, texts out; the server reads and writes the same.

/** A column that rows are sorted by. */
export interface Sort {
  readonly name: string;
  readonly descending: boolean;
}

/** `-days,case` as a list. */
export function readSort(text: string): Sort[] {
  const words = text.split(",").filter((word) => word !== "");
  return words.map((word) => ({ name: word.replace(/^-/, ""), descending: word.startsWith("-") }));
}

/** The list as `-days,case`. */
export function writeSort(sort: readonly Sort[]): string {
  return sort.map(({ name, descending }) => (descending ? "-" : "") + name).join(",");
}

/** The order after a click on a heading: alone, or (`add`) as one more; a second click turns it round. */
export function nextSort(sort: readonly Sort[], name: string, largestFirst: boolean, add: boolean): Sort[] {
  const now = sort.find((one) => one.name === name);
  const next = { name, descending: now ? !now.descending : largestFirst };
  if (!add) return [next];
  return now ? sort.map((one) => (one.name === name ? next : one)) : [...sort, next];
}

/** What a form says, without fields that are empty, from the first page on and nothing open. */
export function ofForm(entries: Iterable<readonly [string, FormDataEntryValue]>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of entries) {
    if (typeof value === "string" && value.trim() !== "") params.append(name, value);
  }
  return params;
}

/** The same view with another value of one parameter; `undefined` for none. */
export function withOne(params: URLSearchParams, name: string, value: string | undefined): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value === undefined) next.delete(name);
  else next.set(name, value);
  return next;
}

/** The same view, sorted by these, from the first page on. */
export function withSort(params: URLSearchParams, sort: readonly Sort[], usual: string): URLSearchParams {
  const text = writeSort(sort);
  const next = withOne(params, "sort", text === usual ? undefined : text);
  next.delete("page");
  next.delete("open");
  return next;
}

/** The same view with these rows open. */
export function withOpen(params: URLSearchParams, keys: readonly string[] | "all"): URLSearchParams {
  const next = withOne(params, "open", undefined);
  if (keys === "all") next.set("open", "all");
  else for (const key of keys) next.append("open", key);
  return next;
}

/** The page, from 0. */
export function pageOf(params: URLSearchParams): number {
  const page = Number(params.get("page") ?? "1");
  return Number.isInteger(page) && page > 0 ? page - 1 : 0;
}

/** Whether two views have the same columns and rows on a page, so that one can take the other's place. */
export function sameShape(a: URLSearchParams, b: URLSearchParams): boolean {
  const tidy = !["col", "move", "close"].some((name) => b.has(name));
  return tidy && ["cols", "rows"].every((name) => (a.get(name) ?? "") === (b.get(name) ?? ""));
}

/** The address of a view; no mark for parameters where there are none. */
export function addressOf(path: string, params: URLSearchParams): string {
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}
