// The pages in a real browser: readable, usable by keyboard and on a phone, without scripts, in both themes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { until } from "../support/product.mjs";
import { useProduct } from "../support/session.mjs";

const PAGES = ["/home", "/table/all", "/table/", "/sources", "/table/all?q=nothing-has-this-text", "/views", "/nowhere"];

const session = useProduct();
const { onPage } = session;

for (const colorScheme of ["light", "dark"]) {
  for (const path of PAGES) {
    test(`axe finds nothing on ${path} in ${colorScheme}`, () =>
      onPage({ colorScheme }, async (page) => {
        await page.goto(path);
        assert.deepEqual(await accessibilityFaults(page), []);
      }));
  }
}

for (const path of PAGES) {
  test(`${path} fits a phone`, () =>
    onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, "the page scrolls sideways");
    }));
}

for (const width of [1240, 1280, 1400, 1760]) {
  test(`the bar is one line at ${width} px, whatever the chip says`, () =>
    onPage({ viewport: { width, height: 800 } }, async (page) => {
      await page.goto("/home");
      const height = () => page.locator("header.bar").evaluate((bar) => bar.offsetHeight);
      const before = await height();
      const words = page.locator(".fresh > summary > span");
      await words.evaluate((span) => span.replaceChildren("escalations held back: 12 min ago, and more words than fit"));
      assert.equal(await height(), before);
      assert.ok(before < 60, `${before} px are more than a line`);
      assert.ok((await page.getByRole("button", { name: "Refresh" }).count()) === 1, "what is not seen is heard");
    }));
}

test("on paper the rows begin below the head of their page", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).page), "wide", "head and rows on one sheet");
    const urgent = page.locator(".badge.urgent").first();
    assert.notEqual(await urgent.evaluate((badge) => getComputedStyle(badge).color), "rgb(255, 255, 255)", "white words on paper");
  }));

test("reading needs no scripts", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/home");
    assert.ok((await page.locator(".tile").count()) >= 5);
    await page.locator("nav").getByText("Cases").click();
    await page.waitForURL("**/table/all");
    const first = await page.locator("main tbody tr").first().getAttribute("id");
    await page.getByRole("link", { name: "Case#" }).click();
    await page.waitForURL("**/table/all?*");
    assert.match(page.url(), /sort=case/);
    assert.ok((await page.locator("main tbody tr").count()) > 0);
    await page.goto(`/table/all?open=${first}`);
    assert.equal(await page.locator("tr.opened").count(), 1);
    assert.equal(await page.locator("[data-theme-toggle]").isVisible(), false, "a button that needs a script is hidden");
  }));

test("a figure leads to as many rows as it says", () =>
  onPage({}, async (page) => {
    await page.goto("/home");
    for (const tile of await page.locator("a.tile").all()) {
      const figure = Number(await tile.locator("b").innerText());
      const href = await tile.getAttribute("href");
      const table = await page.request.get(href);
      const shown = /([\d]+) cards? of \d+ that pass/.exec(await table.text());
      assert.equal(Number(shown?.[1]), figure, href);
    }
  }));

test("the theme goes round and is remembered without a flash", () =>
  onPage({ colorScheme: "light" }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto("/home");
    const light = await ground();
    const button = page.locator("[data-theme-toggle]");
    await button.click();
    await button.click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark", "the server rendered the choice");
    assert.equal(await ground(), dark);
  }));

test("the keyboard reaches everything", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "filter");
    await page.keyboard.type("/");
    assert.equal(await page.locator("#filter").inputValue(), "/", "a typed slash stays a slash");
    await page.locator(".fresh > summary").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".fresh-panel").isVisible(), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".fresh-panel").isVisible(), false);
  }));

test("a refresh shows how far it is, to who reloads too", () =>
  onPage({}, async (page) => {
    await page.goto("/home");
    await page.getByRole("button", { name: "Refresh" }).click();
    const words = page.locator("[data-refresh-bar] [data-words]");
    await words.filter({ hasText: /\w/ }).waitFor();
    await page.reload();
    const runs = async () =>
      (await page.request.post("/progress/status", { headers: { "Sec-Fetch-Site": "same-origin" } })).status() === 202;
    // It may come to its end before the page is there again.
    await until("the bar is shown, or nothing runs", async () => (await words.filter({ hasText: /\w/ }).isVisible()) || !(await runs()));
    assert.equal(await page.locator("h1").innerText(), "Home");
  }));
