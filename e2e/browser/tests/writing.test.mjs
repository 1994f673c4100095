// What is written to other services, in a real browser: the plan as it would be now, a plan that waits and is released,
// the journal, undoing; by mouse, by keyboard, without scripts, in both themes, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, openPage, startBrowser } from "../support/browser.mjs";
import { startProduct, until } from "../support/product.mjs";

const TASK = "portal2jira_sync";

let product;
let browser;

before(async () => {
  // In a larger world there are soon more new cases than are made without asking.
  product = await startProduct(["--cases", "1600"]);
  browser = await startBrowser();
  // Nothing else makes cards or fetches cases while these tests look.
  for (const task of [TASK, "case_sync", "card_sync", "priority_sync", "tag_bz"]) await api(`/monitor/tasks/${task}/pause`, { method: "POST" });
  await idle();
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

async function api(path, options) {
  const answer = await fetch(`${product.url}/api${path}`, options);
  return { status: answer.status, body: await answer.json() };
}

async function idle() {
  await until("nothing is at work", async () => (await api("/monitor/runs?q=state:open&size=1")).body.total === 0);
}

/** Runs a task to its end and gives its result. */
async function run(task, args) {
  const started = await api(`/monitor/tasks/${task}/runs`, { method: "POST", body: JSON.stringify({ arguments: args ?? null }) });
  assert.equal(started.status, 202, JSON.stringify(started.body));
  let view;
  await until(`${task} has ended`, async () => {
    view = (await api(`/monitor/runs/${started.body.run}`)).body.run;
    return ["done", "failed", "cancelled"].includes(view.state);
  });
  assert.equal(view.state, "done", view.error);
  return view.result;
}

/** Lets the world live on until there are more new cases than are made without asking, or at least some. */
async function newCases(most) {
  for (let days = 0; days < 60; days += 1) {
    const { plan } = await run(TASK, { dry_run: true });
    const cases = plan.items.filter((item) => !item.last).length;
    if (most ? plan.held !== null : cases > 0) return cases;
    const answer = await fetch(`${product.upstreams}/_sim/advance`, { method: "POST", body: JSON.stringify({ days: 3 }) });
    assert.ok(answer.ok, await answer.text());
    await run("case_sync");
    await run("details_sync");
  }
  throw new Error("no new cases came");
}

/** Has a plan that waits: its id. */
async function waits() {
  await newCases(true);
  const { held } = await run(TASK);
  assert.ok(held, "a plan waits");
  return held;
}

async function plan(id) {
  return (await api(`/v1/plans/${id}`)).body;
}

/** Runs `work` on a page and fails if anything forbidden happened meanwhile. */
async function onPage(options, work) {
  const { page, troubles, close } = await openPage(browser, product.url, options);
  try {
    await work(page);
    assert.deepEqual(troubles.filter((trouble) => !/status of 4(04|09)/.test(trouble)), []);
  } finally {
    await close();
  }
}

test("the plan as it would be now is made on demand and tells every field", () =>
  onPage({}, async (page) => {
    const cases = await newCases(false);
    await page.goto("/cards/plan");
    await page.getByRole("button", { name: /^Plan( again)?$/ }).click();
    await page.waitForURL("**/cards/plan");
    await page.getByText(/^Planned just now/).waitFor();
    const items = page.locator("section.item");
    assert.ok((await items.count()) >= Math.min(cases, 1));
    const first = items.first();
    assert.match(await first.locator("dl.facts").first().innerText(), /Assignee/);
    const step = first.locator(".step", { hasText: "Make the card" }).first();
    await step.locator("summary").first().click();
    const told = await step.innerText();
    for (const label of ["Project", "Priority", "Labels", "Summary", "Description"]) assert.ok(told.includes(label), label);
    assert.ok((await first.locator(".step", { hasText: "Post to Slack channel" }).count()) > 0);
  }));

test("a plan that waits is released from the page, and each step is in the journal", () =>
  onPage({}, async (page) => {
    const id = await waits();
    await page.goto("/home");
    await page.getByRole("link", { name: /Plans that wait/ }).click();
    assert.equal(await page.locator("tbody tr[data-row]").count(), 1);
    await page.goto("/cards/plan");
    assert.match(await page.locator(".waits").innerText(), /waits for a decision/);
    await page.getByRole("link", { name: /^Release/ }).click();
    const dialog = page.getByRole("dialog", { name: "Release this plan?" });
    await dialog.getByRole("link", { name: "Not now" }).click();
    assert.equal((await plan(id)).state, "held", "nothing happened");
    await page.getByRole("link", { name: /^Release/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Release it" }).click();
    await page.waitForURL(`**/journal/${id}`);
    // The page follows what happens by itself.
    await page.locator(".standing .badge").filter({ hasText: "Done" }).waitFor({ timeout: 60_000 });
    await idle();
    const done = await plan(id);
    assert.ok(done.all_steps.every((step) => ["done", "skipped"].includes(step.state)), JSON.stringify(done.all_steps.map((step) => [step.what, step.state, step.error])));
    const created = done.all_steps.filter((step) => step.effect.do === "create_card");
    assert.ok(created.length > 0);
    const key = created[0].after.key;
    await page.goto(`/journal?about=${created[0].about.replace("case ", "")}`);
    assert.ok((await page.locator("tbody tr[data-row]").count()) >= 3);
    await run("card_sync");
    await until("the board has the card", async () => (await api(`/v1/cards/${key}`)).status === 200);
    await page.goto(`/card/${key}`);
    assert.match(await page.locator("[aria-labelledby=written]").innerText(), /Assigned because/);
  }));

/** A step that can be undone, with its plan; `undefined` while there is none. */
async function findUndoable() {
  // Letters about many new cases are plans of cards too, without any card.
  for (const { id } of (await api("/v1/plans?kind=cards&state=done&limit=20")).body.items) {
    const whole = await plan(id);
    const step = whole.all_steps.find((one) => ["enter_sprint", "set_link"].includes(one.effect.do) && one.wrote);
    if (step) return { id, step };
  }
  return undefined;
}

/** The same; makes cards if there are none. */
async function undoable() {
  const found = await findUndoable();
  if (found) return found;
  await api(`/v1/plans/${await waits()}/release`, { method: "POST" });
  await idle();
  const made = await findUndoable();
  assert.ok(made, "something can be undone");
  return made;
}

test("a step is undone after the page has shown what would be written", () =>
  onPage({}, async (page) => {
    const { id, step } = await undoable();
    await page.goto(`/journal/${id}#step-${step.seq}`);
    const row = page.locator(`#step-${step.seq}`);
    if ((await row.locator("details").first().getAttribute("open")) === null) await row.locator("summary").first().click();
    await row.getByRole("link", { name: /^Undo/ }).click();
    const dialog = page.getByRole("dialog", { name: "Undo this step?" });
    assert.match(await dialog.innerText(), /What would be written/);
    await dialog.getByRole("button", { name: "Undo it" }).click();
    await page.waitForURL("**/monitor/runs/*");
    await page.locator(".standing .badge").filter({ hasText: "Done" }).waitFor({ timeout: 60_000 });
    await page.locator("[aria-labelledby=writes] tbody tr").first().waitFor();
    const undone = (await api("/v1/plans?kind=undo&limit=1")).body.items[0];
    assert.equal(undone.state, "done");
  }));

test("a plan is released by keyboard alone", () =>
  onPage({}, async (page) => {
    const id = await waits();
    await page.goto("/cards/plan");
    const link = page.getByRole("link", { name: /^Release/ });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Not now");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/journal/${id}`);
    await idle();
    assert.notEqual((await plan(id)).state, "held");
  }));

test("nothing of it needs a script", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    const id = await waits();
    await page.goto("/cards/plan");
    await page.getByRole("link", { name: /^Reject/ }).click();
    await page.waitForURL("**/reject");
    await page.getByRole("button", { name: "Reject it" }).click();
    await page.waitForURL(`**/journal/${id}`);
    assert.match(await page.locator(".standing").innerText(), /Rejected/);
    await page.getByRole("link", { name: /^Release/ }).click();
    await page.getByRole("button", { name: "Release it" }).click();
    await page.waitForURL(`**/journal/${id}`);
    await page.goto(`/journal/${id}/release`);
    assert.match(await page.locator(".conflict").innerText(), /does not wait for a decision/);
    await page.goto("/cards/plan");
    await page.getByRole("button", { name: /^Plan( again)?$/ }).click();
    await page.waitForURL("**/cards/plan");
    await idle();
    await page.goto("/journal?kind=deliveries");
    assert.ok((await page.locator("tbody tr[data-row]").count()) > 0);
  }));

/** Every page, with something on it. */
async function pages() {
  const { id, step } = await undoable();
  const held = await waits();
  return ["/cards/plan", "/journal", "/journal?kind=deliveries", "/journal?kind=plans", "/journal?state=failed", `/journal/${id}`, `/journal/${held}/release`, `/journal/${id}/steps/${step.seq}/undo`, "/home"];
}

test("axe finds nothing on any page, and every page fits a phone", async () => {
  const all = await pages();
  for (const colorScheme of ["light", "dark"]) {
    await onPage({ colorScheme }, async (page) => {
      for (const path of all) {
        await page.goto(path);
        assert.deepEqual(await accessibilityFaults(page), [], `${path} in ${colorScheme}`);
      }
    });
  }
  await onPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    for (const path of all) {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, `${path} scrolls sideways`);
    }
  });
});
