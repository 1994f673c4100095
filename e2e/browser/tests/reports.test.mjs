// Reports, the weekly report and one card's page in a real browser: what is copied, what works without scripts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { useProduct } from "../support/session.mjs";

const NOTES = "All is well.\nMostly.\n\n<b>Second</b> paragraph";

const session = useProduct({ ready: findCard });
const { onPage } = session;
/** The address of a card that has comments and issues, as far as there is one. */
let card;
let pages;

async function findCard({ product }) {
  const cards = Object.entries(await (await fetch(`${product.url}/api/cards`)).json());
  const full = cards.find(([, one]) => one.comments?.length && one.issues?.length) ?? cards[0];
  card = `/card/${full[0]}`;
  pages = ["/updates/", "/updates/all", "/updates/all?page=2", "/updates/all?account=nobody-has-this-name", "/trends/", "/weekly/", card, "/card/NONE-1"];
}

/** What lies in the clipboard, by kind, as another page of ours sees it. */
async function clipboard(page) {
  const reader = await page.context().newPage();
  try {
    await reader.goto("/weekly.txt");
    await reader.bringToFront();
    return await reader.evaluate(async () => {
      const found = {};
      for (const item of await navigator.clipboard.read({ unsanitized: ["text/html"] })) {
        for (const type of item.types) found[type] = await (await item.getType(type)).text();
      }
      return found;
    });
  } finally {
    await reader.close();
    await page.bringToFront();
  }
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on the reports in ${colorScheme}`, () =>
    onPage({ colorScheme }, async (page) => {
      for (const path of pages) {
        await page.goto(path);
        assert.deepEqual(await accessibilityFaults(page), [], path);
      }
    }));
}

test("the reports fit a phone", () =>
  onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    for (const path of pages) {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, `${path} scrolls sideways`);
    }
  }));

test("without scripts the reports can be read, walked and jumped in", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/home");
    await page.getByRole("navigation", { name: "Main" }).getByText("Reports").click();
    await page.waitForURL("**/updates/");
    await page.getByRole("navigation", { name: "Reports" }).getByText("All").click();
    await page.waitForURL("**/updates/all");
    const jump = page.locator(".index ol ul a").last();
    const key = (await jump.getAttribute("href")).slice(1);
    await jump.click();
    assert.equal(await page.locator("article:target").getAttribute("id"), key);
    const seen = new Set(await page.locator("article.entry").evaluateAll((all) => all.map((one) => one.id)));
    await page.getByRole("link", { name: "Next" }).click();
    for (const id of await page.locator("article.entry").evaluateAll((all) => all.map((one) => one.id))) {
      assert.equal(seen.has(id), false, `${id} stands on both pages`);
    }
    await page.locator("article.entry h4 a").first().click();
    await page.waitForURL("**/card/*");
    assert.equal(await page.locator("#timeline").count(), 1);
    await page.goto("/weekly/");
    assert.equal(await page.locator("[data-copy-tools]").isVisible(), false, "buttons that need a script are hidden");
    assert.equal(await page.locator("[data-report] h3").count(), 6);
    assert.match(await (await page.request.get("/weekly.md")).text(), /^# Weekly report/);
  }));

test("all pages of the report together hold as many cards as it says", () =>
  onPage({}, async (page) => {
    const cards = Object.keys(await (await page.request.get("/api/cards")).json());
    const found = [];
    await page.goto("/updates/all");
    for (;;) {
      found.push(...(await page.locator("article.entry").evaluateAll((all) => all.map((one) => one.id))));
      const next = page.locator("a[rel=next]");
      if ((await next.count()) === 0) break;
      await next.click();
    }
    assert.deepEqual(found.sort(), cards.sort());
  }));

test("the weekly report is copied with formatting and as plain text at once", () =>
  onPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto("/weekly/");
    await page.getByRole("button", { name: "Copy with formatting" }).click();
    await page.getByText("Copied with formatting.").waitFor();
    const copied = await clipboard(page);
    assert.deepEqual(Object.keys(copied).sort(), ["text/html", "text/plain"]);
    assert.match(copied["text/html"], /<h2[^>]*>Weekly report, \d{4}-\d\d-\d\d to /);
    assert.match(copied["text/html"], /<a href="https:\/\/access\.redhat\.com\/support\/cases\/#\/case\/\d+"/);
    assert.match(copied["text/html"], new RegExp(`<a href="${session.product.url}/table/`), "links to pages here are whole");
    assert.doesNotMatch(copied["text/html"], / (class|id|data-[a-z]+)=|<script|<button/);
    assert.equal(copied["text/plain"], await (await page.request.get("/weekly.txt")).text());
  }));

test("notes are edited before copying, stay after a reload, and are text", () =>
  onPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto("/weekly/");
    await page.getByLabel(/^Notes/).fill(NOTES);
    await page.reload();
    assert.equal(await page.getByLabel(/^Notes/).inputValue(), NOTES);
    assert.equal(await page.locator("[data-notes-shown] p").count(), 2, "they are seen in the report, and printed");
    await page.getByRole("button", { name: "Copy with formatting" }).click();
    await page.getByText("Copied with formatting.").waitFor();
    const { "text/html": html, "text/plain": plain } = await clipboard(page);
    assert.match(html, /<p[^>]*>All is well\.<br[^>]*>Mostly\.<\/p><p[^>]*>&lt;b&gt;Second&lt;\/b&gt; paragraph<\/p>/);
    assert.match(plain, /^Weekly report[^\n]*\n\nAll is well\.\nMostly\.\n\n<b>Second<\/b> paragraph\n\n- Open cases: \d+/);
    for (const [name, path] of [["Copy Markdown", "/weekly.md"], ["Copy for Slack", "/weekly.slack.txt"]]) {
      await page.getByRole("button", { name }).click();
      await page.getByText(/^Copied (as Markdown|for Slack)\.$/).waitFor();
      const served = await (await page.request.get(path)).text();
      const copied = (await clipboard(page))["text/plain"];
      assert.equal(copied.replace(`${NOTES}\n\n`, ""), served, name);
      assert.ok(copied.includes(NOTES), name);
    }
  }));

test("over plain HTTP, where scripts have no clipboard, both forms are copied too", () =>
  onPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.addInitScript(() => {
      // What a page sees that did not come over https.
      Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined });
      delete window.ClipboardItem;
    });
    await page.goto("/weekly/");
    await page.getByLabel(/^Notes/).fill("A note");
    await page.getByRole("button", { name: "Copy with formatting" }).click();
    await page.getByText("Copied with formatting.").waitFor();
    const both = await clipboard(page);
    assert.match(both["text/html"], /<h2[^>]*>Weekly report.*<p[^>]*>A note<\/p>/s);
    assert.match(both["text/plain"], /^Weekly report[^\n]*\n\nA note\n\n/);
    await page.getByRole("button", { name: "Copy Markdown" }).click();
    await page.getByText("Copied as Markdown.").waitFor();
    assert.match((await clipboard(page))["text/plain"], /^# Weekly report[^\n]*\n\nA note\n\n/);
    assert.equal(await page.evaluate(() => String(getSelection())), "", "nothing stays marked");
  }));

test("the keyboard copies the weekly report", () =>
  onPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto("/weekly/");
    await page.locator("button[data-copy=rich]:enabled").waitFor();
    await page.getByLabel(/^Notes/).focus();
    await page.keyboard.type("Typed");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Copied with formatting.").waitFor();
    assert.match((await clipboard(page))["text/plain"], /\n\nTyped\n\n/);
  }));

test("printed, the weekly report is the report alone", () =>
  onPage({}, async (page) => {
    await page.goto("/weekly/");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".copy").isVisible(), false);
    assert.equal(await page.locator("header.bar").isVisible(), false);
    assert.equal(await page.locator("[data-report] h2").isVisible(), true);
  }));

test("what other people wrote does nothing and leads away safely", () =>
  onPage({}, async (page) => {
    await page.goto(card);
    for (const link of await page.locator(".rich a[href]").all()) {
      assert.match(await link.getAttribute("href"), /^(https?:|mailto:)/);
      assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
      assert.equal(await link.getAttribute("target"), "_blank");
    }
    const foreign = ".rich :not(a, b, blockquote, br, cite, code, dd, del, div, dl, dt, em, hr, i, ins, kbd, li, ol, p, pre, s, samp, strong, sub, sup, table, tbody, td, tfoot, th, thead, tr, tt, u, ul)";
    for (const path of [card, "/updates/all"]) {
      await page.goto(path);
      assert.equal(await page.locator(foreign).count(), 0, path);
    }
  }));
