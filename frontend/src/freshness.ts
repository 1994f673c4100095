// Keeps the freshness chip true while the page stays open, and says quietly when newer data has come. News say when
// to look; without them it looks now and then.
import type { News } from "./events";
import { poll } from "./poll";

/** While news come, only the words for ages change by themselves. */
const WITH_NEWS = 60_000;
const WITHOUT = 15_000;

/** Says that the session is over; the way on leads to the login page and back. */
function tellOfTheEnd(notice: HTMLElement | null): void {
  const [words, link] = [notice?.querySelector("p")?.firstChild, notice?.querySelector("a")];
  if (!notice || !words || !link) return;
  words.textContent = "Your session has ended. ";
  link.textContent = "Sign in again";
  notice.hidden = false;
}

/** Replaces the chip when the server renders another one; an open panel stays open. */
export function watchFreshness(news: News): void {
  const place = document.querySelector<HTMLElement>("[data-freshness]");
  const notice = document.querySelector<HTMLElement>("[data-newer]");
  const seen = document.documentElement.dataset["board"];
  if (!place) return;
  const compare = (board: string | null): void => {
    if (notice && board !== null && seen !== undefined && board !== seen) notice.hidden = false;
  };
  const pause = (): number => (news.heard() ? WITH_NEWS : WITHOUT);
  let etag: string | undefined;
  const poller = poll(async () => {
    const headers: Record<string, string> = etag === undefined ? {} : { "If-None-Match": etag };
    const answer = await fetch("/partials/freshness", { headers, cache: "no-store" });
    if (answer.status === 304) return pause();
    if (answer.status === 401) {
      tellOfTheEnd(notice);
      return pause();
    }
    if (!answer.ok) throw new Error(`freshness answered ${answer.status}`);
    etag = answer.headers.get("ETag") ?? undefined;
    const open = place.querySelector("details")?.open ?? false;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...parsed.body.childNodes);
    const panel = place.querySelector("details");
    if (panel) panel.open = open;
    compare(answer.headers.get("T5G-Board"));
    return pause();
  }, WITHOUT);
  news.on("data", ({ board }) => {
    compare(board);
  });
  news.on("sources", () => poller.now());
  // The session may be over.
  news.onRefused(() => poller.now());
  notice?.querySelector("a")?.addEventListener("click", (event) => {
    event.preventDefault();
    window.location.reload();
  });
}
