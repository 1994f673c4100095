import assert from "node:assert/strict";
import test from "node:test";
import { describe } from "../src/refresh";

test("a run of unknown length has no fraction", () => {
  const shown = describe({ state: "PROGRESS", current: 3, total: 0, status: "cards" });
  assert.deepEqual(shown, { fraction: undefined, words: "cards", over: false });
});

test("a run of known length says how far it is", () => {
  const shown = describe({ state: "PROGRESS", current: 5, total: 20, status: "cards" });
  assert.deepEqual(shown, { fraction: 0.25, words: "cards (5 of 20)", over: false });
});

test("more done than expected is full, not more", () => {
  assert.equal(describe({ state: "PROGRESS", current: 30, total: 20, status: "" }).fraction, 1);
});

test("the end says how it ended", () => {
  assert.equal(describe({ state: "SUCCESS", current: 1, total: 1, status: "" }).words, "Refresh done");
  assert.equal(
    describe({ state: "FAILURE", current: 0, total: 0, status: "Jira answered 500" }).words,
    "Refresh failed: Jira answered 500",
  );
});
