// Statistics, accounts and engineers in a real browser: charts are drawn, follow the theme, hide and show; figures lead
// to their rows; names of any kind have a page; all of it by keyboard, on a phone, without scripts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { useProduct } from "../support/session.mjs";

const session = useProduct({ ready: addNames });
const { onPage } = session;
/** Pages to look at: the fixed ones, and the account and engineer that head the lists. */
const pages = ["/stats", "/accounts", "/engineers", "/figures/open_cases", "/figures/bugs.unique", "/account/nobody%20is%20called%20so"];

async function addNames({ product }) {
  for (const list of ["/accounts", "/engineers"]) {
    const html = await (await fetch(product.url + list)).text();
    const first = /<th scope="row" class="name full"><a class="plain" href="([^"]+)"/.exec(html)?.[1];
    assert.ok(first, `${list} is empty`);
    pages.push(first.replaceAll("&amp;", "&"));
  }
}

/** How many different colours a canvas shows; an empty one shows one. */
function coloursOf(canvas) {
  return canvas.evaluate((element) => {
    const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 4).join());
    return seen.size;
  });
}

/** A picture of a canvas, to tell whether it changed. */
const picture = (canvas) => canvas.evaluate((element) => element.toDataURL());

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    for (const path of pages) {
      await onPage({ colorScheme }, async (page) => {
        await page.goto(path);
        for (const summary of await page.locator("main details > summary").all()) await summary.click();
        // The bar on top stays in sight; scrolled, it lies over whatever is there.
        await page.evaluate(() => window.scrollTo(0, 0));
        assert.deepEqual(await accessibilityFaults(page), [], path);
      });
    }
  });
}

test("every page fits a phone", async () => {
  for (const path of pages) {
    await onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, `${path} scrolls sideways`);
    });
  }
});

test("every chart of the statistics is drawn, named and follows the theme", () =>
  onPage({ colorScheme: "light" }, async (page) => {
    await page.goto("/stats");
    const charts = await page.locator("figure[data-chart]").all();
    assert.ok(charts.length > 4, `${charts.length} charts`);
    for (const chart of charts) {
      const canvas = chart.locator("canvas");
      assert.ok((await coloursOf(canvas)) > 5, `${await chart.getAttribute("id")} is empty`);
      const words = await chart.locator("figcaption p").innerText();
      assert.ok(words.length > 10 && (await canvas.getAttribute("aria-label")).includes(words));
    }
    const canvas = page.locator("figure[data-chart='bars'][data-kind='high'] canvas").first();
    const orange = await canvas.evaluate((element) => {
      const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) count += data[at] === 0xe1 && data[at + 1] === 0x7a && data[at + 2] === 0x14 ? 1 : 0;
      return count;
    });
    assert.ok(orange > 100, "bars have the colour of their severity");
    const light = await picture(canvas);
    await page.locator("[data-theme-toggle]").click();
    await page.locator("[data-theme-toggle]").click();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    assert.notEqual(await picture(canvas), light, "the chart has the colours of the theme");
  }));

test("lines are hidden and shown, one by one and all at once, by keyboard too", () =>
  onPage({}, async (page) => {
    await page.goto("/stats?range=all");
    const canvas = page.locator("#chart-escalations canvas");
    const all = await picture(canvas);
    const line = page.getByRole("button", { name: "Total Escalations" });
    await line.focus();
    await page.keyboard.press("Space");
    assert.equal(await line.getAttribute("aria-pressed"), "false");
    assert.notEqual(await picture(canvas), all, "the line is gone");
    await page.getByRole("button", { name: "Hide all" }).click();
    const pressed = await page.locator("button.line[aria-pressed='true']").count();
    assert.equal(pressed, 0);
    const none = await picture(canvas);
    await page.getByRole("button", { name: "Show all" }).click();
    assert.equal(await page.locator("button.line[aria-pressed='false']").count(), 0);
    assert.equal(await picture(canvas), all);
    assert.notEqual(none, all);
  }));

test("the days shown are chosen, and the address says which", () =>
  onPage({}, async (page) => {
    await page.goto("/stats");
    const days = () => page.locator("#series-table tbody tr").count();
    await page.getByRole("link", { name: "All", exact: true }).click();
    await page.waitForURL(/range=all/);
    const all = await days();
    const newest = await page.locator("#series-table tbody th").first().textContent();
    await page.locator("input[name=from]").fill(newest.trim());
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.waitForURL(/from=/);
    assert.equal(await days(), 1);
    assert.ok(all >= 1);
    await page.goBack();
    assert.equal(await days(), all);
  }));

test("a figure leads to as many rows as it says", () =>
  onPage({}, async (page) => {
    const counted = async (address) => {
      let [rows, next] = [0, address];
      while (next) {
        const html = await (await page.request.get(next)).text();
        rows += html.split('<tr id="').length - 1 + html.split('<tr data-row="').length - 1;
        next = /href="([^"]+)" rel="next"/.exec(html)?.[1].replaceAll("&amp;", "&");
      }
      return rows;
    };
    for (const path of ["/stats", ...pages.slice(-2)]) {
      await page.goto(path);
      const figures = await page.locator("[data-figure]").evaluateAll((all) => all.map((one) => [one.getAttribute("href"), Number(one.dataset.figure)]));
      assert.ok(figures.length > 20, path);
      for (const [href, figure] of figures) assert.equal(await counted(href), figure, href);
    }
  }));

test("a bar of a histogram leads to the cards in it", () =>
  onPage({}, async (page) => {
    await page.goto("/stats");
    const chart = page.locator("figure[data-chart='bars']").first();
    const canvas = chart.locator("canvas");
    await canvas.scrollIntoViewIfNeeded();
    const rows = await chart.locator("tbody tr").evaluateAll((all) => all.map((row) => Number(row.cells[1].textContent)));
    const tallest = rows.indexOf(Math.max(...rows));
    const box = await canvas.boundingBox();
    // Axis and padding take the left tenth and the lowest fifth.
    const left = 46;
    await page.mouse.click(box.x + left + ((box.width - left) * (tallest + 0.5)) / rows.length, box.y + box.height * 0.7);
    await page.waitForURL("**/figures/relief?**");
    assert.equal(Number(await page.locator("[data-rows]").getAttribute("data-rows")), rows[tallest]);
  }));

test("from a list to a page and on, by keyboard alone", () =>
  onPage({}, async (page) => {
    await page.goto("/home");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Accounts" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/accounts");
    const box = page.getByLabel("Name");
    const name = await page.locator("main tbody th a").first().innerText();
    await box.focus();
    await page.keyboard.type(name.toUpperCase());
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    await page.locator("main tbody th a").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/account/**");
    assert.equal(await page.locator("h1").innerText(), name);
    await page.getByRole("link", { name: "In the table" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/table/all?account=*");
  }));

test("names of any kind are asked for as they are", () =>
  onPage({}, async (page) => {
    for (const [path, name] of [["/account/A%2FB%20%26%20Co%2B%22x%22%20100%25", 'A/B & Co+"x" 100%'], ["/account?name=..", ".."], ["/engineer/%ED%95%9C%EA%B8%80", "한글"]]) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 404);
      assert.equal(await page.locator("main b").innerText(), name);
    }
  }));

test("without scripts the tables stand", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/stats");
    assert.equal(await page.locator(".canvas-box").first().isVisible(), false);
    assert.equal(await page.locator("[data-hide-all]").isVisible(), false, "a button that needs a script is hidden");
    await page.locator("details:has(#series-table) > summary").click();
    assert.ok((await page.locator("#series-table tbody tr").count()) >= 1);
    assert.equal(await page.locator("#series-table").isVisible(), true);
    assert.ok((await page.locator(".bars rect").count()) > 5, "bars are made by the server");
  }));

test("pages without a chart load no chart script", () =>
  onPage({}, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto("/accounts");
    assert.ok(!asked.some((url) => url.includes("charts-")));
    await page.goto("/stats");
    assert.ok(asked.some((url) => url.includes("charts-")));
  }));
