// What open pages are told: newer data, how far a refresh is, in every page and after a reload; and the page on which
// the API is tried. The upstreams are made slow where a refresh has to last.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { until } from "../support/product.mjs";
import { useProduct } from "../support/session.mjs";

const session = useProduct({ expected: /status of 4(00|04|06)/, ready: idle });
const { onPage } = session;

async function idle() {
  await until("nothing is at work", async () => {
    const answer = await fetch(`${session.product.url}/api/monitor/runs?q=state:open&size=1`);
    return (await answer.json()).total === 0;
  });
}

/** Tells the made-up upstreams something. */
async function upstreams(what, body) {
  assert.ok(session.product.upstreams, "set T5G_E2E_UPSTREAMS too, or T5G_BINARY alone");
  const answer = await fetch(`${session.product.upstreams}/_sim/${what}`, { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
}

/** Waits until the page hears news. */
async function listens(page) {
  await page.waitForResponse((response) => response.url().endsWith("/api/v1/events"));
}

/** Opens an address until it hears news and is as new as they are: data may have come since it was asked for. */
async function openListening(page, path) {
  await until(`${path} is the newest`, async () => {
    const heard = listens(page);
    await page.goto(path);
    await heard;
    await page.waitForTimeout(500);
    return !(await notice(page).isVisible());
  });
}

const notice = (page) => page.locator("[data-newer]");
const words = (page) => page.locator("[data-refresh-bar] [data-words]");

test("a second page is told quietly that newer data has come, and shows it when its reader wants", () =>
  onPage({}, (one) =>
    onPage({}, async (two) => {
      await openListening(one, "/home");
      await openListening(two, "/table/all");
      const before = await two.locator("html").getAttribute("data-board");
      assert.equal(await notice(two).isVisible(), false);
      await two.locator("#q, #search").first().fill("half a word");
      await upstreams("advance", { days: 3 });
      await one.request.post("/api/refresh/cases", { headers: { "Sec-Fetch-Site": "same-origin" } });
      await notice(two).waitFor({ state: "visible", timeout: 30_000 });
      await notice(one).waitFor({ state: "visible", timeout: 30_000 });
      assert.equal(await two.locator("html").getAttribute("data-board"), before, "nothing was reloaded under the reader's hands");
      assert.equal(await two.locator("#q, #search").first().inputValue(), "half a word");
      assert.deepEqual(await accessibilityFaults(two), []);
      await idle();
      await two.waitForTimeout(1_000);
      const reloaded = two.waitForEvent("load");
      await notice(two).getByRole("link", { name: "Show it" }).click();
      await reloaded;
      assert.equal(await notice(two).isVisible(), false);
      assert.notEqual(await two.locator("html").getAttribute("data-board"), before);
    }),
  ));

test("a refresh is seen in two pages and after a reload, to its end", () =>
  onPage({}, (one) =>
    onPage({}, async (two) => {
      await openListening(one, "/home");
      await openListening(two, "/sources");
      await upstreams("latency", { ms: 900 });
      try {
        await one.getByRole("button", { name: "Refresh" }).click();
        await words(one).filter({ hasText: /\w/ }).waitFor();
        await words(two).filter({ hasText: /\w/ }).waitFor({ timeout: 10_000 });
        assert.equal(await two.getByRole("button", { name: "Refresh" }).isDisabled(), true, "it runs already");
        await two.reload();
        await words(two).filter({ hasText: /\w/ }).waitFor({ timeout: 10_000 });
        assert.doesNotMatch(await words(two).innerText(), /done|failed/);
      } finally {
        await upstreams("latency", { ms: 0 });
      }
      for (const page of [one, two]) await words(page).filter({ hasText: "Refresh done" }).waitFor({ timeout: 60_000 });
      assert.equal(await one.getByRole("button", { name: "Refresh" }).isDisabled(), false);
    }),
  ));

test("where news cannot come, the page asks now and then", () =>
  onPage({}, async (page) => {
    await page.route("**/api/v1/events", (route) => route.fulfill({ status: 204, body: "" }));
    await page.goto("/home");
    await page.getByRole("button", { name: "Refresh" }).click();
    await words(page).filter({ hasText: /Refresh done/ }).waitFor({ timeout: 60_000 });
  }, /EventSource/));

test("a hidden tab holds no connection", () =>
  onPage({}, async (page) => {
    await page.addInitScript(() => {
      globalThis.opened = [];
      const Real = globalThis.EventSource;
      globalThis.EventSource = class extends Real {
        constructor(...all) {
          super(...all);
          globalThis.opened.push(this);
        }
      };
    });
    await openListening(page, "/home");
    const turn = (hidden) =>
      page.evaluate((value) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
        document.dispatchEvent(new Event("visibilitychange"));
        return globalThis.opened.map((one) => one.readyState === 2);
      }, hidden);
    assert.deepEqual(await turn(true), [true]);
    assert.deepEqual(await turn(false), [true, false]);
  }));

const TRY = "/api/docs#listCards";

test("the API is tried on its page", () =>
  onPage({}, async (page) => {
    await page.goto(TRY);
    const cards = page.locator("#listCards");
    await cards.getByLabel("q", { exact: true }).fill("is:open");
    await cards.getByLabel("limit").fill("2");
    await cards.getByLabel("fields").fill("key,severity");
    await cards.getByRole("button", { name: "Send" }).click();
    await cards.locator("[data-said]").filter({ hasText: /^200/ }).waitFor();
    const body = JSON.parse(await cards.locator("[data-text]").innerText());
    assert.equal(body.items.length, 2);
    assert.deepEqual(Object.keys(body.items[0]), ["key", "severity"]);
    assert.match(await cards.locator("[data-curl]").innerText(), /^curl -H .*\/api\/v1\/cards\?q=is%3Aopen&limit=2/);
    await cards.getByLabel("Accept").selectOption("text/csv");
    await cards.getByRole("button", { name: "Send" }).click();
    await cards.locator("[data-text]").filter({ hasText: /^key,severity/ }).waitFor();
    await cards.getByLabel("q", { exact: true }).fill("(");
    await cards.getByRole("button", { name: "Send" }).click();
    await cards.locator("[data-said]").filter({ hasText: /^400/ }).waitFor();

    await page.locator("#getCard > summary").click();
    const one = page.locator("#getCard");
    await one.getByLabel("key").fill(body.items[0].key);
    await one.getByRole("button", { name: "Send" }).click();
    await one.locator("[data-text]").filter({ hasText: body.items[0].key }).waitFor();

    await page.locator("#listen > summary").click();
    const events = page.locator("#listen");
    await events.getByRole("button", { name: "Send" }).click();
    await events.locator("[data-text]").filter({ hasText: "event: data" }).waitFor();
    await events.getByRole("button", { name: "Stop" }).click();
    await events.locator("[data-said]").filter({ hasText: "(stopped)" }).waitFor();
  }));

test("reading the API's page needs no script, nor does asking for a list", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/api/docs");
    await page.locator("#listCards > summary").click();
    await page.locator("#listCards").getByLabel("limit").fill("1");
    await page.locator("#listCards").getByRole("button", { name: "Send" }).click();
    await page.waitForURL(/\/api\/v1\/cards\?/);
    assert.match(await page.locator("body").innerText(), /"total"/);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on the API's page in ${colorScheme}`, () =>
    onPage({ colorScheme }, async (page) => {
      await page.goto(TRY);
      await page.locator("#listCards").getByRole("button", { name: "Send" }).click();
      await page.locator("#listCards [data-said]").filter({ hasText: /^200/ }).waitFor();
      await page.locator("#startRun > summary").click();
      assert.deepEqual(await accessibilityFaults(page), []);
    }));
}

test("the API's page fits a phone", () =>
  onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    await page.goto(TRY);
    await page.locator("#listCards").getByRole("button", { name: "Send" }).click();
    await page.locator("#listCards [data-said]").filter({ hasText: /^200/ }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
  }));
