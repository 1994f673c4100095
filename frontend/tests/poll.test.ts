import assert from "node:assert/strict";
import test from "node:test";
import { type Page, poll } from "../src/poll";

/** A page whose timers fire when the test says so. */
class FakePage implements Page {
  hidden = false;
  planned: { work: () => void; milliseconds: number; id: number }[] = [];
  private listener: () => void = () => undefined;
  private count = 0;
  onVisibility(listener: () => void): void {
    this.listener = listener;
  }
  later(work: () => void, milliseconds: number): number {
    this.count += 1;
    this.planned.push({ work, milliseconds, id: this.count });
    return this.count;
  }
  cancel(timer: number): void {
    this.planned = this.planned.filter(({ id }) => id !== timer);
  }
  async fire(): Promise<void> {
    const next = this.planned.shift();
    assert.ok(next, "nothing is planned");
    next.work();
    await new Promise((resolve) => setImmediate(resolve));
  }
  show(): void {
    this.hidden = false;
    this.listener();
  }
}

test("a hidden page asks nothing and goes on when it is shown", async () => {
  const page = new FakePage();
  let rounds = 0;
  poll(async () => ((rounds += 1), 10), 5, 100, page);
  page.hidden = true;
  await page.fire();
  assert.equal(rounds, 0);
  page.show();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rounds, 1);
  assert.deepEqual(page.planned.map(({ milliseconds }) => milliseconds), [10]);
});

test("failures are retried with growing pauses, at most a minute", async () => {
  const page = new FakePage();
  const warn = console.warn;
  console.warn = () => undefined;
  try {
    poll(async () => Promise.reject(new Error("down")), 0, 20_000, page);
    const pauses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await page.fire();
      pauses.push(page.planned[0]?.milliseconds ?? -1);
    }
    assert.deepEqual(pauses, [20_000, 40_000, 60_000, 60_000]);
  } finally {
    console.warn = warn;
  }
});
