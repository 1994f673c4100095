import assert from "node:assert/strict";
import test from "node:test";
import { paragraphs, withNotes } from "../src/weekly";

test("notes come behind the title", () => {
  assert.equal(withNotes("# Title\n\n- a\n", " mine\n"), "# Title\n\nmine\n\n- a\n");
  assert.equal(withNotes("# Title", "mine"), "# Title\n\nmine\n");
});

test("without notes the text is as it was", () => {
  assert.equal(withNotes("# Title\n\n- a\n", " \n"), "# Title\n\n- a\n");
});

test("notes keep their paragraphs and lines", () => {
  assert.deepEqual(paragraphs("a\n b\n\n\n<c>\n"), [["a", "b"], ["<c>"]]);
  assert.deepEqual(paragraphs("  "), []);
});
