// What a chart shows, read from the table beside it: the server writes each number once. Pure.

/** A table of numbers: rows by label, columns by name. */
export interface Numbers {
  readonly labels: readonly string[];
  readonly columns: ReadonlyMap<string, readonly (number | null)[]>;
}

/** A cell's number; what is unknown is a gap in the chart, not 0. */
export function numberOf(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d+(\.\d+)?$/.test(trimmed)) return null;
  return Number(trimmed);
}

/** Of the columns' names, without the first, and the rows' cells; `latestFirst` tables are turned round. */
export function numbersOf(names: readonly string[], rows: readonly (readonly string[])[], latestFirst: boolean): Numbers {
  const ordered = latestFirst ? [...rows].reverse() : rows;
  const labels = ordered.map((row) => (row[0] ?? "").trim());
  const columns = names.map((name, place) => [name, ordered.map((row) => numberOf(row[place + 1] ?? ""))] as const);
  return { labels, columns: new Map(columns) };
}

/** Moves places that lie closer than `apart` away from each other, in their order; none above `from` or below `to`. */
export function spread(places: readonly number[], apart: number, from: number, to: number): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  let least = from;
  for (const one of order) {
    one.place = Math.max(one.place, least);
    least = one.place + apart;
  }
  let most = to;
  for (const one of order.reverse()) {
    one.place = Math.min(one.place, most);
    most = one.place - apart;
  }
  const moved = new Array<number>(places.length).fill(0);
  for (const { place, index } of order) moved[index] = place;
  return moved;
}
