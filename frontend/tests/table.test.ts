import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, nextSort, ofForm, pageOf, readSort, sameShape, withOpen, withSort, writeSort } from "../src/table/address";
import { completed } from "../src/table/complete";

const params = (text: string) => new URLSearchParams(text);

test("an order survives the way through an address", () => {
  assert.deepEqual(readSort("-days,case"), [
    { name: "days", descending: true },
    { name: "case", descending: false },
  ]);
  assert.equal(writeSort(readSort("-days,case")), "-days,case");
  assert.deepEqual(readSort(""), []);
});

test("a click sorts by one column, with shift by one more, a second one turns round", () => {
  const after = (sort: string, name: string, largest: boolean, add: boolean) =>
    writeSort(nextSort(readSort(sort), name, largest, add));
  assert.equal(after("-severity,-prio", "days", true, false), "-days");
  assert.equal(after("-days", "days", true, false), "days");
  assert.equal(after("-days", "case", false, true), "-days,case");
  assert.equal(after("-days,case", "days", true, true), "days,case");
});

test("the usual order and the first page are said by saying nothing", () => {
  const usual = "-severity,-prio";
  assert.equal(withSort(params("q=x&sort=days&page=3&open=K-1"), readSort(usual), usual).toString(), "q=x");
  assert.equal(withSort(params("q=x"), readSort("-days"), usual).toString(), "q=x&sort=-days");
  assert.equal(addressOf("/table/all", params("")), "/table/all");
});

test("pages are counted from 1 in addresses, nonsense is the first", () => {
  assert.deepEqual(["page=3", "", "page=0", "page=x", "page=1.5"].map((text) => pageOf(params(text))), [2, 0, 0, 0, 0]);
});

test("open rows stand in the address by key, or as all", () => {
  assert.equal(withOpen(params("q=x&open=K-1"), ["K-2", "K-3"]).toString(), "q=x&open=K-2&open=K-3");
  assert.equal(withOpen(params("open=K-1"), "all").toString(), "open=all");
});

test("a form's empty fields are left out", () => {
  const entries: [string, string][] = [["q", " "], ["sev", "High"], ["sev", "Low"], ["is", ""]];
  assert.equal(ofForm(entries).toString(), "sev=High&sev=Low");
});

test("a view with other columns is another page", () => {
  assert.ok(sameShape(params("q=1&cols=a"), params("cols=a&page=2")));
  assert.ok(!sameShape(params("cols=a"), params("")));
  assert.ok(!sameShape(params(""), params("rows=100")));
  assert.ok(!sameShape(params(""), params("col=case")));
});

test("a completion takes its place by characters, not by code units", () => {
  const completion = { from: 3, to: 6, insert: "high", help: "" };
  assert.deepEqual(completed("😀x:hih y", completion), { text: "😀x:high y", cursor: 8 });
});
