// The refresh button and its bar. A running refresh is shown to everybody, whoever started it, and after a reload. News
// say how far it is; where none come, the server is asked.
import type { News } from "./events";
import { poll } from "./poll";
import { post } from "./post";

/** What `/status/<id>` answers. */
export interface Status {
  state: "PENDING" | "PROGRESS" | "SUCCESS" | "FAILURE";
  current: number;
  total: number;
  status: string;
  locked?: string;
}

/** What the bar shows for a status: a fraction (`undefined`: length unknown), words, and whether it is over. */
export function describe(status: Status): { fraction: number | undefined; words: string; over: boolean } {
  switch (status.state) {
    case "PENDING":
      return { fraction: undefined, words: "Refresh is waiting to start", over: false };
    case "PROGRESS": {
      const known = status.total > 0;
      const fraction = known ? Math.min(status.current / status.total, 1) : undefined;
      const count = known ? ` (${status.current} of ${status.total})` : "";
      return { fraction, words: `${status.status || "Refreshing"}${count}`, over: false };
    }
    case "SUCCESS":
      return { fraction: 1, words: status.locked ?? "Refresh done", over: true };
    case "FAILURE":
      return { fraction: undefined, words: `Refresh failed: ${status.status}`, over: true };
  }
}

const IDLE = 15_000;
const RUNNING = 1_000;
/** How soon it is noticed that no more news come, or that they missed something. */
const WITH_NEWS = 5_000;

async function statusAt(address: string): Promise<Status> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return (await answer.json()) as Status;
}

/** Makes the refresh button work and shows a running refresh. */
export function bindRefresh(news: News): void {
  // Those who may not refresh have no form, and see what others do all the same.
  const form = document.querySelector<HTMLFormElement>("form[data-refresh]");
  const bar = document.querySelector<HTMLElement>("[data-refresh-bar]");
  if (!bar) return;
  const button = form?.querySelector("button");
  const meter = bar.querySelector("progress");
  const words = bar.querySelector("[data-words]");
  let running: string | undefined;

  const show = (text: string, fraction: number | undefined, failed: boolean): void => {
    bar.hidden = false;
    bar.classList.toggle("failed", failed);
    if (words && words.textContent !== text) words.textContent = text;
    if (meter) {
      meter.hidden = failed;
      if (fraction === undefined) meter.removeAttribute("value");
      else meter.value = fraction;
    }
  };
  const idle = (): void => {
    running = undefined;
    if (button) button.disabled = false;
  };

  const tell = (status: Status): boolean => {
    const { fraction, words: text, over } = describe(status);
    show(text, fraction, status.state === "FAILURE");
    if (over) idle();
    else if (button) button.disabled = true;
    return over;
  };

  news.on("refresh", (status) => {
    running = status.place;
    tell(status);
  });

  const poller = poll(async () => {
    if (running === undefined) {
      if (news.heard()) return WITH_NEWS;
      const answer = await post("/progress/status");
      const address = answer.status === 202 ? answer.headers.get("Location") : null;
      if (address === null) return IDLE;
      running = address;
      if (button) button.disabled = true;
    }
    const over = tell(await statusAt(running));
    // News may break off before they tell the end.
    if (news.heard()) return WITH_NEWS;
    return over ? IDLE : RUNNING;
  }, 1_000);

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button) button.disabled = true;
    show("Asking for a refresh", undefined, false);
    post(form.action)
      .then(async (answer) => {
        const address = answer.headers.get("Location");
        if (answer.status !== 202 || address === null) {
          const problem = (await answer.json()) as { detail?: string };
          throw new Error(problem.detail ?? `the server answered ${answer.status}`);
        }
        running = address;
        poller.now();
      })
      .catch((error: unknown) => {
        show(`Refresh could not be started: ${error instanceof Error ? error.message : String(error)}`, undefined, true);
        idle();
      });
  });
}
