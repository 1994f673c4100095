import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORTCUTS, actionOf } from "../src/shortcuts";

test("each key stands once, and does what the list says", () => {
  const keys = SHORTCUTS.flatMap((one) => one.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(
    ["/", "j", "k", "?", "Enter", "Esc", "x", ""].map(actionOf),
    ["search", "next", "previous", "help", undefined, undefined, undefined, undefined],
  );
  assert.ok(SHORTCUTS.every(({ words }) => words !== ""));
});
