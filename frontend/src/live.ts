// Keeps the living part of a page true while it stays open: asks for it every few seconds, changes what differs,
// says in words what became of it. Can be switched off; rests in hidden tabs.
import { patch } from "./patch";
import { type Poller, poll } from "./poll";

const USUAL = 2_000;

/** When to ask again, as the server wants it: never more often than twice a second. */
export function pauseOf(header: string | null): number {
  const wanted = Number(header ?? Number.NaN);
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, 500), 60_000) : USUAL;
}

/** What is to be said aloud: the new words, if there were others before. */
export function saying(before: string | undefined, after: string | undefined): string | undefined {
  return before !== undefined && after !== undefined && before !== after ? after : undefined;
}

/** Puts the parts of an answer in the place of those of the page. */
function put(root: HTMLElement, html: string): void {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const part of root.querySelectorAll<HTMLElement>("[data-part]")) {
    const wanted = answer.querySelector(`[data-part="${part.dataset["part"] ?? ""}"]`);
    if (!wanted) throw new Error(`the answer lacks the part ${part.dataset["part"] ?? ""}`);
    const held = part.contains(document.activeElement);
    patch(part, wanted);
    // What had the focus is gone: its place in the page is not.
    if (held && !part.contains(document.activeElement)) {
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
    }
  }
}

function said(root: HTMLElement): string | undefined {
  return root.querySelector<HTMLElement>("[data-said]")?.dataset["said"];
}

/** Makes the page live, if it has a living part. */
export function bindLive(): void {
  const root = document.querySelector<HTMLElement>("[data-live]");
  const address = root?.dataset["live"];
  if (!root || address === undefined) return;
  const button = root.querySelector<HTMLButtonElement>("[data-live-switch]");
  const state = root.querySelector<HTMLElement>("[data-live-state]");
  const voice = root.querySelector<HTMLElement>("[data-live-said]");
  let on = true;
  let etag: string | undefined;
  let poller: Poller | undefined;

  const tell = (words: string, lost: boolean): void => {
    if (state && state.textContent !== words) state.textContent = words;
    button?.toggleAttribute("data-lost", lost);
  };
  const look = async (): Promise<number> => {
    if (!on) return USUAL;
    const headers: Record<string, string> = etag === undefined ? {} : { "If-None-Match": etag };
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "error" });
    if (answer.status === 401 || answer.status === 403) {
      on = false;
      button?.setAttribute("aria-pressed", "false");
      tell("You are not signed in any more: load the page again", false);
      return USUAL;
    }
    if (answer.status !== 304 && !answer.ok) throw new Error(`${address} answered ${answer.status}`);
    if (answer.status !== 304) {
      const html = await answer.text();
      // Switched off while the answer came: what the reader looks at stays.
      if (!on) return USUAL;
      const before = said(root);
      put(root, html);
      const words = saying(before, said(root));
      if (voice && words !== undefined) voice.textContent = words;
      etag = answer.headers.get("ETag") ?? undefined;
    }
    const asOf = document.querySelector("[data-as-of]");
    const time = answer.headers.get("T5G-As-Of");
    if (asOf && time !== null && asOf.textContent !== time) asOf.textContent = time;
    tell("", false);
    return pauseOf(answer.headers.get("T5G-Again"));
  };
  poller = poll(async () => {
    try {
      return await look();
    } catch (error) {
      tell("No word from the server; trying again", true);
      throw error;
    }
  }, USUAL);

  if (!button) return;
  button.hidden = false;
  button.title = "This page follows what happens; press to hold it still";
  button.addEventListener("click", () => {
    on = !on;
    button.setAttribute("aria-pressed", String(on));
    tell(on ? "" : "held still", false);
    if (on) poller?.now();
  });
}
