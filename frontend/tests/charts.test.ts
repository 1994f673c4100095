import assert from "node:assert/strict";
import test from "node:test";
import { numberOf, numbersOf, spread } from "../src/charts/read";

test("a cell is a number, or unknown", () => {
  assert.deepEqual(["12", " 0 ", "3.5", "—", "", "1e3", "-1", "0x1"].map(numberOf), [12, 0, 3.5, null, null, null, null, null]);
});

test("a table becomes columns by name, the earliest row first", () => {
  const rows = [["2026-11-02", "4", "—"], ["2026-11-01", "3", "1"]];
  const numbers = numbersOf(["open", "new"], rows, true);
  assert.deepEqual(numbers.labels, ["2026-11-01", "2026-11-02"]);
  assert.deepEqual(numbers.columns.get("open"), [3, 4]);
  assert.deepEqual(numbers.columns.get("new"), [1, null]);
  assert.deepEqual(numbersOf(["a"], [["x", "1"], ["y"]], false).columns.get("a"), [1, null]);
});

test("words at the ends of lines do not lie on each other", () => {
  assert.deepEqual(spread([50, 10, 52], 14, 0, 100), [50, 10, 64]);
  assert.deepEqual(spread([99, 98, 97], 14, 0, 100), [100, 86, 72]);
  assert.deepEqual(spread([], 14, 0, 100), []);
});
