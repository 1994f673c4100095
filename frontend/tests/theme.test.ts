import assert from "node:assert/strict";
import test from "node:test";
import { nextTheme } from "../src/theme";

test("the theme goes round: system, light, dark", () => {
  assert.equal(nextTheme("auto"), "light");
  assert.equal(nextTheme("light"), "dark");
  assert.equal(nextTheme("dark"), "auto");
});

test("an unknown theme counts as the system's", () => {
  assert.equal(nextTheme(undefined), "light");
  assert.equal(nextTheme("<b>"), "light");
});
