// Makes one tree look like another by changing only what differs, so that focus, open details, selections and what
// was typed stay. Nodes of one list are the same if they have the same key, or the same name and no key.

/** What a node of a list is matched by. */
export interface Mark {
  /** Element or other node name. */
  readonly name: string;
  /** Unlike that of its neighbours; empty for none. */
  readonly key: string;
}

/** For each wanted node the place of the present one that becomes it; `undefined`: a new one is needed. */
export function match(present: readonly Mark[], wanted: readonly Mark[]): (number | undefined)[] {
  const byKey = new Map(present.flatMap(({ name, key }, place) => (key ? [[`${name} ${key}`, place] as const] : [])));
  const free = present.flatMap(({ key }, place) => (key ? [] : [place]));
  return wanted.map(({ name, key }) => {
    if (key) {
      const place = byKey.get(`${name} ${key}`);
      byKey.delete(`${name} ${key}`);
      return place;
    }
    const found = free.findIndex((place) => present[place]?.name === name);
    // Those passed over stay passed over: the order of what has no key is kept.
    return found < 0 ? undefined : free.splice(0, found + 1)[found];
  });
}

/** State of the reader, not of the page. */
const READERS = new Set(["open"]);

function mark(node: Node): Mark {
  const key = node instanceof Element ? (node.getAttribute("data-key") ?? node.id) : "";
  return { name: node.nodeName, key };
}

function patchAttributes(present: Element, wanted: Element): void {
  for (const { name } of [...present.attributes]) {
    if (!wanted.hasAttribute(name) && !READERS.has(name)) present.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (present.getAttribute(name) !== value && !READERS.has(name)) present.setAttribute(name, value);
  }
}

/** Makes `present` look like `wanted`, which is used up. */
export function patch(present: Element, wanted: Element): void {
  patchAttributes(present, wanted);
  patchChildren(present, wanted);
}

/** Makes what is in `present` look like what is in `wanted`, which is used up. */
export function patchChildren(present: Element, wanted: Element): void {
  const old = [...present.childNodes];
  const next = [...wanted.childNodes];
  const places = match(old.map(mark), next.map(mark));
  const kept = new Set(places);
  old.forEach((node, place) => {
    if (!kept.has(place)) node.remove();
  });
  next.forEach((node, index) => {
    const place = places[index];
    const same = place === undefined ? undefined : old[place];
    const now = same ?? node;
    const there = present.childNodes[index] ?? null;
    if (there !== now) present.insertBefore(now, there);
    if (same instanceof Element && node instanceof Element) patch(same, node);
    else if (same && same.nodeValue !== node.nodeValue) same.nodeValue = node.nodeValue;
  });
}
