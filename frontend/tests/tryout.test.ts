import assert from "node:assert/strict";
import test from "node:test";
import { type Wish, addressOf, curlOf, legible, quoted } from "../src/tryout";

const WISH: Wish = {
  method: "GET",
  path: "/api/v1/cards/{key}",
  places: { key: "A/B 한" },
  query: [
    ["fields", "key,summary"],
    ["q", ""],
  ],
  accept: undefined,
  body: undefined,
};

test("the address holds what was filled in, escaped", () => {
  assert.equal(addressOf(WISH), "/api/v1/cards/A%2FB%20%ED%95%9C?fields=key%2Csummary");
  assert.equal(addressOf({ ...WISH, path: "/api/v1", query: [] }), "/api/v1");
});

test("the command line asks the same, whatever stands in it", () => {
  const wish = { ...WISH, method: "POST", path: "/x", query: [["q", "a&b"]] as const, accept: "text/csv", body: `{"a": "it's"}` };
  assert.equal(
    curlOf(wish, "http://h:1"),
    `curl -X POST -H "Authorization: Bearer $T5G_TOKEN" -H 'Accept: text/csv' -H 'Content-Type: application/json' -d '{"a": "it'\\''s"}' 'http://h:1/x?q=a%26b'`,
  );
  assert.equal(quoted("plain/word"), "plain/word");
});

test("JSON is shown with indents, everything else as it came", () => {
  assert.equal(legible('{"a":1}', "application/problem+json"), '{\n  "a": 1\n}');
  assert.equal(legible("{a", "application/json"), "{a");
  assert.equal(legible("a,b", "text/csv"), "a,b");
});
