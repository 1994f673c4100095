// The table in a real browser: filter, values, order, columns, pages, rows that open, links that another browser
// opens identically, files, keyboard, phone, both themes, hostile text, no scripts.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { accessibilityFaults, openPage } from "../support/browser.mjs";
import { startStore } from "../support/replicas.mjs";
import { NOTHING, useProduct } from "../support/session.mjs";

const session = useProduct({ expected: NOTHING, patience: 10_000 });
const { onPage } = session;

const keys = (page) => page.locator("main tbody > tr[id]").evaluateAll((rows) => rows.map((row) => row.id));
const found = async (page) => Number(/([\d]+) cards?/.exec(await page.locator("[data-part=lead]").innerText())?.[1]);
const ready = (page) => page.locator(".table-page.alive").waitFor();
/** Does something that asks for other rows, and waits until they are drawn. */
async function asked(page, work) {
  const drawn = () => page.locator("[data-table]").getAttribute("data-drawn");
  const before = Number((await drawn()) ?? "0");
  await work();
  await page.waitForFunction((last) => Number(document.querySelector("[data-table]").dataset.drawn ?? "0") > last, before);
}

async function filter(page, text) {
  await page.fill("#filter", text);
  await asked(page, () => page.press("#filter", "Enter"));
}

test("a filter narrows the rows, says so in the address, and what is wrong where", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    const all = await found(page);
    await filter(page, "sev:urgent,high -is:closed");
    assert.ok((await found(page)) < all);
    assert.match(decodeURIComponent(page.url()), /\?q=sev:urgent,high\+-is:closed$/);
    const badges = await page.locator("#cards tbody td.c-severity").allInnerTexts();
    assert.ok(badges.length > 0 && badges.every((words) => ["Urgent", "High"].includes(words.trim())), badges.join());
    await filter(page, "sev:hihg");
    assert.equal(await page.locator(".filter-problem mark").innerText(), "hihg");
    assert.equal(await page.locator("#filter").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator(".scroll").isVisible(), false);
    await page.goBack();
    await page.waitForFunction((text) => document.querySelector("#filter").value === text, "sev:urgent,high -is:closed");
    await page.locator(".scroll").waitFor();
    await page.goBack();
    await page.waitForFunction((all) => document.querySelector("[data-part=lead]").textContent.startsWith(all), String(all));
    await page.goForward();
    await page.locator(".chip").waitFor();
  }));

test("the box completes fields, values and names", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await page.locator("#filter").pressSequentially("sta");
    await page.locator("#completions li").first().waitFor();
    assert.equal(await page.locator("#filter").getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#filter").inputValue(), "status:");
    await page.locator("#completions li", { hasText: "Eng Working" }).waitFor();
    await page.locator("#filter").pressSequentially("eng");
    await page.locator("#completions li").first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll("#completions li").length === 1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    assert.equal(await page.locator("#filter").inputValue(), 'status:"Eng Working"');
    await asked(page, () => page.keyboard.press("Enter"));
    const statuses = await page.locator("#cards tbody td.c-status").allInnerTexts();
    assert.ok(statuses.length > 0 && statuses.every((words) => words.trim() === "Eng Working"), statuses.join());
  }));

test("a value beside the table leaves as many rows as it says", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    for (const name of ["sev", "status"]) {
      const label = page.locator(`[data-key=${name}] label:not(.zero)`).first();
      const count = Number(await label.locator("b").innerText());
      await asked(page, () => label.click());
      assert.equal(await found(page), count);
    }
    assert.equal(await page.locator(".chip").count(), 2);
    assert.match(page.url(), /[?&]sev=.*&status=/);
    const zeros = await page.locator("[data-key=sev] label").count();
    assert.ok(zeros >= 4, "values that would leave nothing are still there");
    await asked(page, () => page.locator(".chip").first().click());
    assert.equal(await page.locator(".chip").count(), 1);
  }));

test("shift sorts by one more column, and the address says it", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await asked(page, () => page.locator("th.c-severity a").click());
    assert.match(page.url(), /sort=severity$/, "a second click on the leading column turns it round");
    await asked(page, () => page.locator("th.c-days a").click({ modifiers: ["Shift"] }));
    assert.match(decodeURIComponent(page.url()), /sort=severity,-days$/);
    assert.equal(await page.locator("th[aria-sort]").count(), 1);
    assert.equal(await page.locator("th.c-days sup").innerText(), "2");
    const order = ["Low", "Normal", "High", "Urgent"];
    const rows = await page.locator("#cards tbody > tr[id]").evaluateAll((all) =>
      all.map((row) => [row.querySelector(".c-severity").innerText.trim(), parseInt(row.querySelector(".c-days").innerText, 10)]),
    );
    for (const [place, [severity, days]] of rows.entries()) {
      const [before, older] = rows[place - 1] ?? ["Low", Infinity];
      const step = order.indexOf(severity) - order.indexOf(before);
      assert.ok(step > 0 || (step === 0 && days <= older), `${before} ${older}, then ${severity} ${days}`);
    }
    const first = await keys(page);
    await asked(page, () => page.getByRole("link", { name: "Next" }).click());
    assert.match(page.url(), /page=2$/);
    assert.notDeepEqual(await keys(page), first);
    await page.goBack();
    await page.waitForFunction((id) => document.querySelector("#cards tbody > tr[id]").id === id, first[0]);
    assert.deepEqual(await keys(page), first);
  }));

test("rows that scripts draw look like those that the server renders", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    const body = () => page.locator("#cards tbody").evaluate((tbody) => tbody.innerHTML.replace(/\s+/g, " ").replace(/> </g, "><").trim());
    const tidy = (html) => html.replace(/ class=""/g, "").replace(/ data-dt-[a-z]+="[^"]*"/g, "");
    await ready(page);
    const rendered = tidy(await body());
    await asked(page, () => page.getByRole("link", { name: "Next" }).click());
    await asked(page, () => page.getByRole("link", { name: "Previous" }).click());
    assert.equal(tidy(await body()), rendered);
  }));

test("rows open in place, one or all, and the address holds them open", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    const button = page.locator("#cards tbody .c-open button").first();
    const key = await button.getAttribute("value");
    await button.click();
    await page.locator("tr.opened .detail").waitFor();
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    assert.equal(new URL(page.url()).searchParams.get("open"), key);
    assert.ok((await page.locator("tr.opened").innerText()).includes("Comments"));
    await page.reload();
    await ready(page);
    assert.equal(await page.locator("tr.opened").count(), 1);
    await page.locator("#cards tbody .c-open button").first().click();
    assert.equal(await page.locator("tr.opened").count(), 0);
    assert.equal(new URL(page.url()).search, "");
    await page.getByRole("button", { name: "Open all rows" }).click();
    await page.waitForFunction(() => document.querySelectorAll("tr.opened").length === document.querySelectorAll("#cards tbody > tr[id]").length);
    assert.equal(new URL(page.url()).searchParams.get("open"), "all");
    await page.getByRole("link", { name: "Close all" }).click();
    assert.equal(await page.locator("tr.opened").count(), 0);
  }));

test("a view opens identically in another browser, an old address too", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await page.locator("[data-key=sev] label", { hasText: "High" }).click();
    await page.locator(".chip").waitFor();
    await filter(page, 'age:>2d "a" OR 한글 OR "&#"');
    await asked(page, () => page.locator("th.c-account a").click());
    const [address, rows] = [page.url(), await keys(page)];
    assert.ok(rows.length > 0);
    await onPage({}, async (other) => {
      await other.goto(address);
      assert.deepEqual(await keys(other), rows);
      assert.equal(await other.locator("#filter").inputValue(), 'age:>2d "a" OR 한글 OR "&#"');
      assert.equal(await other.locator("[data-key=sev] input:checked").getAttribute("value"), "High");
      assert.equal(await other.locator("th.c-account").getAttribute("aria-sort"), "ascending");
    });
    await onPage({}, async (other) => {
      const old = new URLSearchParams({
        order: '[[13,"desc"],[1,"asc"]]',
        "search.search": "a",
        "searchPanes.preSelect": '[{"column":2,"rows":["High","Urgent"]}]',
      });
      await other.goto(`/table/all?${old}`);
      assert.equal(decodeURIComponent(new URL(other.url()).search), "?q=a&sev=High&sev=Urgent&sort=-days,case");
      assert.equal(await other.locator("[data-key=sev] input:checked").count(), 2);
      assert.equal(await other.locator("th.c-days").getAttribute("aria-sort"), "descending");
      assert.ok((await keys(other)).length > 0);
    });
  }));

test("columns are chosen and ordered, and stay while one filters", () =>
  onPage({}, async (page) => {
    const headings = () => page.locator("thead th[data-name]").evaluateAll((all) => all.map((th) => th.dataset.name));
    await page.goto("/table/all?cols=case,summary,severity");
    await ready(page);
    assert.deepEqual(await headings(), ["case", "summary", "severity"]);
    await page.locator("[data-columns] > summary").click();
    await page.getByRole("checkbox", { name: "Daily Telco List", exact: true }).check();
    await page.getByRole("button", { name: "Show these" }).click();
    await page.waitForURL(/daily/);
    await ready(page);
    assert.deepEqual(await headings(), ["case", "summary", "severity", "daily"]);
    await page.locator("[data-columns] > summary").click();
    await page.getByRole("button", { name: "Move Daily Telco List to the left" }).click();
    await page.waitForURL(/daily%2Cseverity/);
    await ready(page);
    assert.deepEqual(await headings(), ["case", "summary", "daily", "severity"]);
    assert.equal(await page.locator("[data-columns]").getAttribute("open"), "", "the menu stays for the next step");
    await page.keyboard.press("Escape");
    await filter(page, "is:open");
    assert.deepEqual(await headings(), ["case", "summary", "daily", "severity"]);
    assert.equal(await page.locator("#cards tbody tr").first().locator("td, th").count(), 5);
  }));

test("files have the rows of the view; copying takes them all", () =>
  onPage({ permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true }, async (page) => {
    await page.goto("/table/all?sev=High&sort=case");
    await ready(page);
    const [rows, count] = [await keys(page), await found(page)];
    for (const [name, ending] of [["CSV", "csv"], ["JSON", "json"], ["NDJSON", "ndjson"], ["Markdown", "md"]]) {
      const download = page.waitForEvent("download");
      await page.locator(".exports").getByRole("link", { name, exact: true }).click();
      const file = await download;
      assert.match(file.suggestedFilename(), new RegExp(`^t5g-all-\\d{4}-\\d\\d-\\d\\d\\.${ending}$`));
      const text = await readFile(await file.path(), "utf8");
      assert.ok(rows.every((key) => text.includes(key)), `${name} has the page's rows`);
      if (ending === "ndjson") assert.equal(text.trim().split("\n").length, count);
    }
    await page.getByRole("button", { name: "Copy" }).click();
    await page.locator("[data-said]", { hasText: `${count} rows copied.` }).waitFor({ state: "attached" });
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text.trim().split("\n").length, count + 1);
    assert.ok(text.startsWith("Case#\tSeverity\t"));
  }));

test("a journey by keyboard alone: filter, go to a row, open it, sort, leave", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await page.keyboard.press("/");
    await page.keyboard.type("sev:high");
    await asked(page, () => page.keyboard.press("Enter"));
    // Out of the box, so that letters are keys.
    await page.keyboard.press("Tab");
    await page.locator("#cards tbody .c-open button").first().waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const first = (await keys(page))[0];
    assert.equal(await page.evaluate(() => document.activeElement.value), first);
    await page.keyboard.press("Enter");
    await page.locator("tr.opened .detail").waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("tr.opened").count(), 0);
    await page.locator("thead th.c-case a").focus();
    await asked(page, () => page.keyboard.press("Enter"));
    assert.match(page.url(), /sort=case/);
  }));

test("a failing server leaves the rows where they are and says so", async () => {
  const { page, close } = await openPage(session.browser, session.product.url, {});
  try {
    await page.goto("/table/all");
    await ready(page);
    const rows = await keys(page);
    await page.route("**/table/all/rows?*", (route) => route.abort());
    await page.locator("thead th.c-case a").click();
    await page.locator("[data-said]", { hasText: "cannot be reached" }).waitFor({ state: "attached" });
    assert.deepEqual(await keys(page), rows);
  } finally {
    await close();
  }
});

for (const colorScheme of ["light", "dark"]) {
  for (const path of ["/table/all", "/table/all?open=all&rows=25", "/table/all?q=sev:hihg", "/table/trends", "/table/all?cols=case,daily,days&sev=High"]) {
    test(`axe finds nothing on ${path} in ${colorScheme}`, () =>
      onPage({ colorScheme }, async (page) => {
        await page.goto(path);
        await ready(page);
        await page.locator("[data-columns] > summary").click();
        assert.deepEqual(await accessibilityFaults(page), []);
      }));
  }
}

test("a phone has the values behind a button, and nothing scrolls sideways", () =>
  onPage({ viewport: { width: 390, height: 844 }, hasTouch: true }, async (page) => {
    for (const path of ["/table/all", "/table/all?open=all", "/table/all?q=sev:hihg", "/table/trends"]) {
      await page.goto(path);
      await ready(page);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, path);
    }
    await page.goto("/table/all");
    await ready(page);
    assert.equal(await page.locator(".facets").isVisible(), false);
    await page.locator("[data-facets]").tap();
    await page.locator(".facets").waitFor();
    await asked(page, () => page.locator("[data-key=sev] label", { hasText: "High" }).tap());
    assert.match(page.url(), /sev=High/);
    await page.locator(".apply a").tap();
    assert.equal(await page.locator(".facets").isVisible(), false);
    assert.deepEqual(await accessibilityFaults(page), []);
  }));

test("without scripts every step is a link or a form", () =>
  onPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/table/all");
    await page.fill("#filter", "is:open");
    await page.locator("[data-key=sev] input[value=High]").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/sev=High/);
    const severities = await page.locator("#cards tbody td.c-severity").allInnerTexts();
    assert.ok(severities.length > 0 && severities.every((words) => words.trim() === "High"));
    await page.locator("th.c-days a").click();
    await page.waitForURL(/sort=-days/);
    await page.locator("#cards tbody .c-open button").first().click();
    await page.waitForURL(/open=/);
    assert.equal(await page.locator("tr.opened").count(), 1);
    await page.locator("#cards tbody .c-open button").first().click();
    await page.waitForURL((url) => !url.searchParams.has("open"));
    assert.match(page.url(), /sev=High.*sort=-days/, "the view stays");
    assert.equal(await page.locator("[data-copy]").isVisible(), false, "what needs a script is hidden");
  }));

test("the script's memory stays small while one pages and filters", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    for (let round = 0; round < 10; round += 1) {
      await asked(page, () => page.getByRole("link", { name: "Next" }).click());
      await asked(page, () => page.getByRole("link", { name: "Previous" }).click());
    }
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    assert.ok(usedSize < 30 * 1024 * 1024, `${usedSize} bytes`);
  }));

const HOSTILE = [
  "<img src=x onerror=alert(1)>\"'&</title><script>alert(2)</script>",
  "=HYPERLINK(\"javascript:alert(1)\")",
  "\u202e\u0000 right to left \u2066 שלום مرحبا",
  "😀👩‍👩‍👧 한글 Ｆｕｌｌ",
  "x".repeat(1_000_000),
];

/** Cards with that text wherever text can be. */
function hostileCards() {
  const cards = HOSTILE.map((text, n) => {
    const person = { displayName: text, accountId: text, emailAddress: text };
    const card = {
      case_number: `0000000${n}`, account: text, summary: text, description: text, product: text,
      case_status: n === 4 ? "Closed" : text, case_created: "2026-01-01T10:00:00Z", severity: n === 4 ? "High" : text.slice(0, 200),
      case_updated_date: text, card_status: text, priority: text, labels: [text], tags: [text], assignee: person,
      contributor: [person], comments: [[text, "2026-11-20T10:00:00.000+0000"], ["javascript:alert(1)", text]],
      escalated: true, escalated_link: "javascript:alert(1)", group_name: text,
      bugzilla: [{ bugzillaLink: "javascript:alert(1)", bugzillaNumber: text, summary: text }],
      issues: [{ id: text, url: "javascript:alert(1)", title: text, status: text, jira_severity: text }],
    };
    return [`EVIL-${n}`, card];
  });
  return Object.fromEntries(cards);
}

test("hostile text in every field is text, in rows, values, details, completions and files", async () => {
  const store = await startStore({ T5G_ACCESS_LOGIN_DISABLED: "true" });
  const folder = await mkdtemp(join(tmpdir(), "t5g-hostile-"));
  try {
    await writeFile(join(folder, "cards.json"), JSON.stringify({ cards: hostileCards() }));
    await store.run(["import", join(folder, "cards.json")]);
    const server = await store.serve();
    const { page, troubles, close } = await openPage(session.browser, server.url, {});
    const dialogs = [];
    page.on("dialog", (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
    try {
      const response = await page.goto("/table/all?open=all");
      assert.ok((await response.body()).length < 2 * 1024 * 1024, "a word of a megabyte is cut");
      await ready(page);
      assert.equal(await page.locator("tr.opened").count(), HOSTILE.length);
      await asked(page, () => page.locator("thead th.c-case a").click());
      await page.getByRole("button", { name: "Open all rows" }).click();
      await page.waitForFunction((n) => document.querySelectorAll("tr.opened").length === n, HOSTILE.length);
      await asked(page, () => page.locator("[data-key=account] label").first().click());
      await page.locator("#filter").pressSequentially("account:");
      await page.locator("#completions li").first().waitFor();
      assert.equal(await page.locator("main img, main script, main [onerror], a[href^='javascript:' i]").count(), 0);
      assert.ok((await page.locator("main").innerText()).includes("<img src=x onerror=alert(1)>") || (await found(page)) === 1);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(over, 0, "a long word breaks");
      const csv = await (await page.request.get("/table/all.csv")).text();
      assert.ok(csv.includes("'=HYPERLINK") && !/(^|[,"\n])=HYPERLINK/.test(csv));
      assert.deepEqual([troubles, dialogs], [[], []]);
    } finally {
      await close();
      await server.stop();
    }
  } finally {
    await store.remove();
    await rm(folder, { recursive: true, force: true });
  }
});

test("rows follow what is typed, and what cannot be read yet changes nothing", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    const all = await found(page);
    await asked(page, () => page.locator("#filter").pressSequentially("sev:urgent"));
    const some = await found(page);
    assert.ok(some > 0 && some < all);
    assert.match(decodeURIComponent(page.url()), /\?q=sev:urgent$/);
    const rows = await keys(page);
    const [unreadable] = await Promise.all([
      page.waitForResponse((response) => /\/rows\?.*sev%3Aurgent\+%28/.test(response.url())),
      page.locator("#filter").pressSequentially(" ("),
    ]);
    assert.equal((await unreadable.json()).unreadable, true);
    assert.deepEqual(await keys(page), rows);
    assert.equal(await page.locator("#filter-problem").count(), 0);
    assert.match(decodeURIComponent(page.url()), /\?q=sev:urgent$/);
    // Said to be the filter, the fault is told.
    await page.keyboard.press("Escape");
    await asked(page, () => page.press("#filter", "Enter"));
    assert.equal(await page.locator("#filter-problem").count(), 1);
    // All that was typed is one step of the way back.
    await asked(page, () => page.goBack());
    assert.equal(await found(page), some);
    await asked(page, () => page.goBack());
    assert.equal(await found(page), all);
  }));

test("? shows the keys of the page, and switches them off and on", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await dialog.waitFor();
    assert.deepEqual(await dialog.locator("kbd").allInnerTexts(), ["/", "j", "k", "Enter", "Esc", "?"]);
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.keyboard.press("j");
    assert.equal(await page.locator("td.c-open button:focus").count(), 0, "the dialog has the floor");
    await dialog.getByRole("button", { name: "Switch keys off" }).click();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.locator("h1").click();
    await page.keyboard.press("?");
    await page.keyboard.press("j");
    assert.equal(await page.locator("dialog").count(), 0);
    assert.equal(await page.locator("td.c-open button:focus").count(), 0);
    await page.getByRole("button", { name: "Keys" }).first().click();
    await dialog.getByRole("button", { name: "Switch keys on" }).click();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.locator("h1").click();
    await page.keyboard.press("j");
    assert.equal(await page.locator("tr:first-child td.c-open button:focus").count(), 1);
    await page.goto("/home");
    await page.keyboard.press("?");
    assert.deepEqual(await dialog.locator("kbd").allInnerTexts(), ["/", "Esc", "?"], "only what does something here");
  }));

test("a view is saved for everybody, with what scripts made of it, and removed", () =>
  onPage({}, async (page) => {
    await page.goto("/table/all");
    await ready(page);
    await filter(page, "sev:urgent -is:closed");
    const [address, rows] = [new URL(page.url()), await keys(page)];
    await page.getByText("Save view", { exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill("Urgent & open <한글>");
    await page.getByRole("button", { name: "Save for everybody" }).click();
    await page.waitForURL("**/views");
    assert.deepEqual(await accessibilityFaults(page), []);
    const other = await openPage(session.browser, session.product.url, {});
    try {
      await other.page.goto("/views");
      await other.page.getByRole("link", { name: "Urgent & open <한글>" }).click();
      await ready(other.page);
      assert.equal(other.page.url(), address.href);
      assert.deepEqual(await keys(other.page), rows);
    } finally {
      await other.close();
    }
    await page.getByRole("button", { name: /Remove/ }).click();
    await page.getByRole("heading", { name: "No saved views" }).waitFor();
  }));
