import assert from "node:assert/strict";
import test from "node:test";
import { pauseOf, saying } from "../src/live";
import { type Mark, match } from "../src/patch";

/** `LI:a` is an element with a key, `#text` a node without. */
function marks(text: string): Mark[] {
  return text.split(" ").filter(Boolean).map((one) => {
    const [name = "", key = ""] = one.split(":");
    return { name, key };
  });
}

test("what has a key is found wherever it went", () => {
  assert.deepEqual(match(marks("LI:a LI:b LI:c"), marks("LI:c LI:x LI:a")), [2, undefined, 0]);
});

test("what has no key is found by name and in order", () => {
  assert.deepEqual(match(marks("#text P #text UL"), marks("#text UL P")), [0, 3, undefined]);
  assert.deepEqual(match(marks("P P"), marks("P P P")), [0, 1, undefined]);
});

test("no node becomes two, and kinds are not mixed up", () => {
  assert.deepEqual(match(marks("LI:a"), marks("LI:a LI:a")), [0, undefined]);
  assert.deepEqual(match(marks("LI:a P"), marks("P:a LI")), [undefined, undefined]);
  assert.deepEqual(match([], marks("P")), [undefined]);
});

test("the server says when to ask again, within reason", () => {
  assert.equal(pauseOf("15000"), 15_000);
  assert.equal(pauseOf("1"), 500);
  assert.equal(pauseOf("99999999"), 60_000);
  assert.equal(pauseOf("soon"), 2_000);
  assert.equal(pauseOf(null), 2_000);
});

test("only news are said", () => {
  assert.equal(saying("a is running", "a is done"), "a is done");
  assert.equal(saying("a is done", "a is done"), undefined);
  assert.equal(saying(undefined, "a is done"), undefined);
});
