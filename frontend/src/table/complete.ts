// Completion in the filter's box: what could stand at the cursor, as a list to choose from by arrow keys.
import { ask } from "./answer";

interface Completion {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly help: string;
}

/** A pause in typing after which the server is asked. */
const PAUSE = 120;

/** The text with the completion in its place, and where the cursor is then. Places are in characters. */
export function completed(text: string, completion: Completion): { text: string; cursor: number } {
  const chars = [...text];
  const before = chars.slice(0, completion.from).join("") + completion.insert;
  return { text: before + chars.slice(completion.to).join(""), cursor: before.length };
}

/** Makes the box complete. */
export function bindCompletion(box: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.id = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  list.hidden = true;
  box.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    box.setAttribute(name, value);
  }
  let offered: Completion[] = [];
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  const close = (): void => {
    window.clearTimeout(timer);
    asking.abort();
    offered = [];
    active = -1;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const point = (place: number): void => {
    active = place;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    const item = list.children[place];
    if (item) {
      box.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  };
  const take = (place: number): void => {
    const chosen = offered[place];
    if (!chosen) return;
    const { text, cursor } = completed(box.value, chosen);
    box.value = text;
    box.setSelectionRange(cursor, cursor);
    close();
    if (text.endsWith(":")) suggest();
  };
  const show = (completions: Completion[]): void => {
    offered = completions;
    list.replaceChildren(
      ...completions.map(({ insert, help }, place) => {
        const item = document.createElement("li");
        item.id = `completion-${place}`;
        item.setAttribute("role", "option");
        const word = document.createElement("bdi");
        word.textContent = insert;
        const words = document.createElement("span");
        words.className = "note";
        words.textContent = help;
        item.append(word, " ", words);
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(place);
        });
        return item;
      }),
    );
    list.hidden = completions.length === 0;
    box.setAttribute("aria-expanded", String(completions.length > 0));
    point(-1);
  };
  const suggest = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      asking.abort();
      asking = new AbortController();
      const cursor = [...box.value.slice(0, box.selectionStart ?? box.value.length)].length;
      const query = new URLSearchParams({ q: box.value, at: String(cursor) });
      // No completion is no trouble: the box works without.
      ask<Completion[]>(`/table/complete?${query.toString()}`, asking.signal).then(show, () => undefined);
    }, PAUSE);
  };

  box.addEventListener("input", suggest);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) suggest();
    // What is typed is wanted as it is: nothing is to be offered afterwards.
    if (event.key === "Enter" && active < 0) close();
    if (list.hidden) return;
    const last = offered.length - 1;
    if (event.key === "ArrowDown") point(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp") point(active <= 0 ? last : active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) take(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
