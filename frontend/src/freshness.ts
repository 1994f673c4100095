// Keeps the freshness chip true while the page stays open, and says quietly when newer data has come.
import { poll } from "./poll";

const EVERY = 15_000;

/** Says that the session is over; the way on leads to the login page and back. */
function tellOfTheEnd(notice: HTMLElement | null): void {
  const [words, link] = [notice?.querySelector("p")?.firstChild, notice?.querySelector("a")];
  if (!notice || !words || !link) return;
  words.textContent = "Your session has ended. ";
  link.textContent = "Sign in again";
  notice.hidden = false;
}

/** Replaces the chip when the server renders another one; an open panel stays open. */
export function watchFreshness(): void {
  const place = document.querySelector<HTMLElement>("[data-freshness]");
  const notice = document.querySelector<HTMLElement>("[data-newer]");
  const seen = document.documentElement.dataset["board"];
  if (!place) return;
  let etag: string | undefined;
  poll(async () => {
    const headers: Record<string, string> = etag === undefined ? {} : { "If-None-Match": etag };
    const answer = await fetch("/partials/freshness", { headers, cache: "no-store" });
    if (answer.status === 304) return EVERY;
    if (answer.status === 401) {
      tellOfTheEnd(notice);
      return EVERY;
    }
    if (!answer.ok) throw new Error(`freshness answered ${answer.status}`);
    etag = answer.headers.get("ETag") ?? undefined;
    const board = answer.headers.get("T5G-Board");
    const open = place.querySelector("details")?.open ?? false;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...parsed.body.childNodes);
    const panel = place.querySelector("details");
    if (panel) panel.open = open;
    if (notice && board !== null && seen !== undefined && board !== seen) notice.hidden = false;
    return EVERY;
  }, EVERY);
  notice?.querySelector("a")?.addEventListener("click", (event) => {
    event.preventDefault();
    window.location.reload();
  });
}
