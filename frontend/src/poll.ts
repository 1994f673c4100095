// Repeats a piece of work while the page is visible; hidden tabs ask nothing.

/** What a round says: how many milliseconds until the next one. */
export type Round = () => Promise<number>;

/** A schedule of rounds that rests while the page is hidden. */
export interface Poller {
  /** Runs the next round now. */
  now(): void;
}

/** The parts of the page that a poller needs; tests bring their own. */
export interface Page {
  readonly hidden: boolean;
  onVisibility(listener: () => void): void;
  later(work: () => void, milliseconds: number): number;
  cancel(timer: number): void;
}

const browser: Page = {
  get hidden() {
    return document.hidden;
  },
  onVisibility: (listener) => document.addEventListener("visibilitychange", listener),
  later: (work, milliseconds) => window.setTimeout(work, milliseconds),
  cancel: (timer) => window.clearTimeout(timer),
};

/** Starts polling. A round that throws is tried again after `pauseAfterError`, doubled up to a minute. */
export function poll(round: Round, first: number, pauseAfterError = 5_000, page: Page = browser): Poller {
  let timer: number | undefined;
  let busy = false;
  let failures = 0;

  const plan = (milliseconds: number): void => {
    if (timer !== undefined) page.cancel(timer);
    timer = page.later(run, milliseconds);
  };
  const run = (): void => {
    timer = undefined;
    if (busy || page.hidden) return;
    busy = true;
    round()
      .then((pause) => {
        failures = 0;
        return pause;
      })
      .catch((error: unknown) => {
        console.warn("t5g: asking the server failed, trying again", error);
        failures += 1;
        return Math.min(pauseAfterError * 2 ** (failures - 1), 60_000);
      })
      .then((pause) => {
        busy = false;
        plan(pause);
      });
  };
  page.onVisibility(() => {
    if (!page.hidden && timer === undefined && !busy) run();
  });
  plan(first);
  return { now: () => plan(0) };
}
