// Background work in a real browser: run now, watch, stop, try again, pause, filter; by mouse, by keyboard, without
// scripts, in both themes. The upstreams are made slow where a run has to last.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { until } from "../support/product.mjs";
import { useProduct } from "../support/session.mjs";

/** Reads each case that changed on its own: with slow upstreams and many changes it lasts. */
const LONG = "details_sync";
/** Asks nobody and ends at once; its schedule does not fire while these tests run. */
const SHORT = "cache_stats";

const session = useProduct({ ready: idle });
const { onPage } = session;

async function api(path, options) {
  const answer = await fetch(`${session.product.url}/api/monitor${path}`, options);
  return { status: answer.status, body: await answer.json() };
}

async function idle() {
  await until("nothing is at work", async () => (await api("/runs?q=state:open&size=1")).body.total === 0);
}

/** Makes every answer of the upstreams take that long. */
async function slow(ms) {
  assert.ok(session.product.upstreams, "set T5G_E2E_UPSTREAMS too, or T5G_BINARY alone");
  const answer = await fetch(`${session.product.upstreams}/_sim/latency`, { method: "POST", body: JSON.stringify({ ms }) });
  assert.equal(answer.status, 204);
}

/** Lets the world live on until many cases have changed that LONG has not read yet. */
async function muchToRead() {
  const answer = await fetch(`${session.product.upstreams}/_sim/advance`, { method: "POST", body: JSON.stringify({ days: 4 }) });
  assert.ok(answer.ok, await answer.text());
  await api("/tasks/case_sync/runs", { method: "POST" });
  await idle();
}

/** Starts a task by its button on the overview; the browser is on the run's page then. */
async function runNow(page, task) {
  await page.goto("/monitor");
  await page.getByRole("button", { name: `Run now ${task}` }).click();
  await page.waitForURL("**/monitor/runs/*");
}

const standing = (page) => page.locator(".standing .badge");

/** The state that the page shows, without loading it again. */
async function stands(page, state) {
  await standing(page).filter({ hasText: state }).waitFor({ timeout: 30_000 });
}

async function stop(page) {
  await page.getByRole("link", { name: "Stop" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Stop it" }).click();
  await stands(page, "Cancelled");
}

test("run now, watch it move, stop it, try it again", () =>
  onPage({}, async (page) => {
    await muchToRead();
    await slow(1_500);
    try {
      await runNow(page, LONG);
      await stands(page, "Running");
      const words = page.locator(".now-panel .meter > span");
      const counted = words.filter({ hasText: /[1-9]\d* of \d+/ });
      await counted.waitFor({ timeout: 30_000 });
      const first = await words.innerText();
      await page.waitForFunction(
        (before) => document.querySelector(".now-panel .meter > span")?.textContent !== before,
        first,
        { timeout: 30_000 },
      );
      await page.getByRole("link", { name: "Stop" }).click();
      const dialog = page.getByRole("dialog", { name: "Stop this run?" });
      assert.match(await dialog.innerText(), /It has been at work/);
      await dialog.getByRole("link", { name: "Let it be" }).click();
      assert.equal(await dialog.count(), 0);
      await stop(page);
      assert.match(await page.locator(".why").innerText(), /stopped by local/);
    } finally {
      await slow(0);
    }
    await page.getByRole("link", { name: "Try again" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
    await stands(page, "Done");
    assert.equal(await page.locator("[aria-labelledby=attempts] tbody tr").count(), 2);
    assert.ok((await page.locator("[aria-labelledby=calls] tbody tr").count()) > 0, "its calls are listed");
    assert.ok((await page.locator(".outcome-figures li").count()) >= 4, "what it changed is told in figures");
  }));

test("the overview follows what happens and keeps what the reader does", () =>
  onPage({}, async (page) => {
    await page.goto("/monitor");
    await page.locator(".howto summary").click();
    const box = page.getByRole("searchbox", { name: "Filter", exact: true });
    await box.fill("half a thou");
    await page.getByRole("button", { name: `Pause the schedule of ${SHORT}` }).focus();
    const { body } = await api(`/tasks/${SHORT}/runs`, { method: "POST" });
    const row = page.locator(`#runs tr[data-key="${body.run}"]`);
    await row.filter({ hasText: "Done" }).waitFor();
    assert.equal(await page.locator(".howto").getAttribute("open"), "");
    assert.equal(await box.inputValue(), "half a thou");
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, `Pause the schedule of ${SHORT}`);
    await page.getByRole("button", { name: "Live" }).click();
    const { body: second } = await api(`/tasks/${SHORT}/runs`, { method: "POST" });
    await until("it is done", async () => (await api(`/runs/${second.run}`)).body.run.state === "done");
    await page.waitForTimeout(3_000);
    assert.equal(await page.locator(`#runs tr[data-key="${second.run}"]`).count(), 0, "held still");
    await page.getByRole("button", { name: "Live" }).click();
    await page.locator(`#runs tr[data-key="${second.run}"]`).waitFor();
  }));

test("a schedule is paused and taken up again", () =>
  onPage({}, async (page) => {
    await page.goto("/monitor");
    const row = page.locator(`#task-${SHORT}`);
    await row.getByRole("button", { name: "Pause" }).click();
    await row.getByText("by local").waitFor();
    assert.equal((await api(`/tasks/${SHORT}`)).body.schedule.paused.by, "local");
    await page.goto(`/monitor/tasks/${SHORT}`);
    await page.getByRole("button", { name: "Resume the schedule" }).click();
    await page.getByRole("button", { name: "Pause the schedule" }).waitFor();
    assert.match(page.url(), new RegExp(`/monitor/tasks/${SHORT}$`));
    assert.equal((await api(`/tasks/${SHORT}`)).body.schedule.paused, null);
  }));

test("a paused queue says why its runs wait", () =>
  onPage({}, async (page) => {
    await page.goto("/monitor");
    await page.getByRole("button", { name: "Pause queue sync" }).click();
    await page.getByRole("button", { name: "Resume queue sync" }).waitFor();
    try {
      await runNow(page, SHORT);
      await page.getByText("Its queue sync is paused by local, since").waitFor();
    } finally {
      await api("/queues/sync/resume", { method: "POST" });
    }
    await stands(page, "Done");
  }));

test("the filter is in the address and its counts match the rows", () =>
  onPage({}, async (page) => {
    await page.goto("/monitor");
    const box = page.getByRole("searchbox", { name: "Filter", exact: true });
    await box.fill("task:case_sync asked:<1d");
    await box.press("Enter");
    await page.waitForURL(/q=task%3Acase_sync/);
    const done = page.getByRole("list", { name: "Runs by state" }).getByRole("link", { name: /^Done/ });
    const figure = Number(/\d+/.exec(await done.innerText())?.[0]);
    assert.ok(figure > 0);
    await done.click();
    await page.waitForURL(/state%3Adone/);
    assert.equal(await box.inputValue(), "task:case_sync asked:<1d state:done");
    const shown = Number(/of (\d+) runs?/.exec(await page.locator("#runs .pager").innerText())?.[1]);
    assert.ok(shown >= figure, `${shown} rows where ${figure} were counted`);
    assert.equal(await page.locator("#runs tbody tr").count(), Math.min(shown, 50));
    await box.fill("state:nonsense");
    await box.press("Enter");
    await page.locator("#filter-problem").waitFor();
    assert.equal(await page.locator("#filter-problem mark").innerText(), "nonsense");
    assert.equal(await page.locator("#runs tbody tr").count(), 0);
  }));

test("everything works by keyboard alone", () =>
  onPage({}, async (page) => {
    await muchToRead();
    await slow(600);
    try {
      await page.goto("/monitor");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      for (let press = 0; press < 80; press += 1) {
        await page.keyboard.press("Tab");
        if ((await page.evaluate(() => document.activeElement?.textContent)) === `Run now ${LONG}`) break;
      }
      await page.keyboard.press("Enter");
      await page.waitForURL("**/monitor/runs/*");
      await stands(page, "Running");
      const link = page.getByRole("link", { name: "Stop" });
      await link.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Let it be");
      await page.keyboard.press("Escape");
      assert.equal(await page.getByRole("dialog").count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Stop");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await stands(page, "Cancelled");
    } finally {
      await slow(0);
    }
  }));

test("nothing of it needs a script", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await muchToRead();
    await slow(600);
    try {
      await runNow(page, LONG);
      assert.equal(await page.getByRole("button", { name: "Live" }).count(), 0);
      const address = page.url();
      await page.getByRole("link", { name: /Stop|Cancel/ }).click();
      await page.waitForURL("**/cancel");
      await page.getByRole("button", { name: "Stop it" }).click();
      await page.waitForURL(address);
      await until("it is cancelled", async () => (await api(`/runs/${address.split("/").pop()}`)).body.run.state === "cancelled");
      await page.goto(`${address}/cancel`);
      assert.match(await page.locator(".conflict").innerText(), /nothing to do any more/);
      await page.goto(`/monitor?q=task:${LONG}+state:cancelled`);
      assert.ok((await page.locator("#runs tbody tr").count()) > 0);
    } finally {
      await slow(0);
    }
    await idle();
  }));

test("a conflict is explained in words", () =>
  onPage({}, async (page) => {
    const done = (await api("/runs?q=state:done&size=1")).body.runs[0].id;
    const late = await page.request.post(`/monitor/runs/${done}/cancel`, { headers: { "Sec-Fetch-Site": "same-origin" } });
    assert.equal(late.status(), 409);
    assert.match(await late.text(), /it cannot be stopped any more/);
    const retried = await api(`/runs/${done}/retry`, { method: "POST" });
    assert.equal(retried.status, 409);
    assert.match(retried.body.detail, /start the task anew instead/);
  }));

/** Every page, with a run behind it. */
async function pages() {
  const { body } = await api("/runs?q=state:done&size=1");
  const run = `/monitor/runs/${body.runs[0].id}`;
  return ["/monitor", "/monitor?q=state:nonsense", `/monitor/tasks/${LONG}`, run, `${run}/retry`, "/sources"];
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on any page in ${colorScheme}`, () =>
    onPage({ colorScheme }, async (page) => {
      for (const path of await pages()) {
        await page.goto(path);
        assert.deepEqual(await accessibilityFaults(page), [], path);
      }
    }));
}

test("every page fits a phone", () =>
  onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    for (const path of await pages()) {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, `${path} scrolls sideways`);
    }
  }));
