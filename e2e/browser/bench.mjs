// What pages cost a browser and its reader, measured on the product that T5G_E2E_URL names: sizes, first bytes, time
// until the table is usable, memory, time until an answer is drawn. Prints `name<TAB>value<TAB>unit`.
import { Agent, get } from "node:http";
import { openPage, startBrowser } from "./support/browser.mjs";

const url = process.env.T5G_E2E_URL?.replace(/\/$/, "");
if (!url) throw new Error("set T5G_E2E_URL to a running server");

const KB = 1000;
const OVER_THE_WIRE = 200;
const COLD = 7;
const TABLE = "/table/all";

/** What scripts of the table ask for. */
const VIEWS = [
  ["facets", "sev=High&sev=Urgent&status=Debugging"],
  ["condition", "q=sev:%3E=high+age:%3E14d+-is:closed"],
  ["words", "q=panic+timeout"],
  ["no match", "q=nowhere-to-be-found"],
  ["sorted by three", "sort=-days,summary,-comment"],
  ["all at once", "q=panic+age:%3E7d&sev=High&sort=-updated,assignee&rows=200"],
];

const figure = (name, value, unit) => console.log(`${name}\t${value.toFixed(3)}\t${unit}`);
const at = (percent, values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor((sorted.length * percent) / 100), sorted.length - 1)];
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks for an address: its body's size as sent, and after how many milliseconds its first byte came. */
function ask(path, packed) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const headers = packed ? { "Accept-Encoding": "gzip" } : {};
    get(url + path, { agent, headers }, (answer) => {
      const first = performance.now() - begin;
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const body = Buffer.concat(chunks);
        if (answer.statusCode === 200) resolve({ first, body });
        else reject(new Error(`${path} answered ${answer.statusCode}`));
      });
    }).on("error", reject);
  });
}

/** Pages with a name in their address are one kind each, whatever the name. */
function kind(path) {
  const [, first, ...rest] = path.split("/");
  if (rest.length === 0 || ["table", "updates", "trends", "weekly"].includes(first)) return path;
  return ["monitor", "api"].includes(first) ? `/${first}/${rest[0]}${rest.length > 1 ? "/…" : ""}` : `/${first}/…`;
}

/** Every kind of page that links lead to, from the first one on: its size, whole and packed. */
async function sizes() {
  const seen = new Set(["/home"]);
  for (const queue = ["/home"]; queue.length > 0; ) {
    const path = queue.shift();
    const { body } = await ask(path, false);
    const packed = await ask(path, true);
    figure(`${kind(path)}: HTML`, body.length / KB, "kB");
    figure(`${kind(path)}: HTML, packed`, packed.body.length / KB, "kB");
    for (const [, href] of body.toString().matchAll(/<a\b[^>]*?\bhref="(\/[^"?#]*)["?#]/g)) {
      const isPage = !/\.\w+$/.test(href) && !href.startsWith("/audit/export") && !/^\/api(?!\/docs)/.test(href);
      if (!isPage || seen.has(kind(href))) continue;
      seen.add(kind(href));
      queue.push(href.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"'));
    }
  }
}

async function firstBytes() {
  const many = async (path) => {
    await ask(path, true);
    const times = [];
    for (let n = 0; n < OVER_THE_WIRE; n += 1) times.push((await ask(path, true)).first);
    return times;
  };
  for (const path of ["/home", TABLE, "/stats"]) {
    const times = await many(path);
    figure(`${path}: first byte, median`, at(50, times), "ms");
    figure(`${path}: first byte, 95th percentile`, at(95, times), "ms");
  }
  for (const [name, view] of VIEWS) {
    figure(`rows, ${name}: first byte, 95th percentile`, at(95, await many(`${TABLE}/rows?${view}`)), "ms");
  }
}

/** Notes when the table's script has taken over, and what the browser says of paint and shifts. */
function watch() {
  globalThis.bench = { shifts: 0 };
  new MutationObserver(() => {
    if (globalThis.bench.usable === undefined && document.querySelector(".table-page.alive")) {
      globalThis.bench.usable = performance.now();
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.bench.paint = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.bench.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

/** The page in a browser that has nothing of it. */
async function cold(browser) {
  const { page, troubles, close } = await openPage(browser, url);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let sent = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (sent += encodedDataLength));
  await page.addInitScript(watch);
  await page.goto(TABLE, { waitUntil: "load" });
  await page.locator(".table-page.alive").waitFor();
  await page.waitForTimeout(300);
  const told = await page.evaluate(() => globalThis.bench);
  const found = { ...told, sent, page, session };
  if (troubles.length > 0) throw new Error(troubles.join("\n"));
  return { found, close };
}

async function heap(session) {
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
}

/** How long until the rows of another view are drawn, from the key or click on. */
async function drawn(page, work) {
  const number = () => page.evaluate(() => Number(document.querySelector("[data-table]").dataset.drawn ?? "0"));
  const before = await number();
  const begin = performance.now();
  await work();
  await page.waitForFunction((last) => Number(document.querySelector("[data-table]").dataset.drawn ?? "0") > last, before, { polling: 5 });
  return performance.now() - begin;
}

async function use(page) {
  const times = [];
  const say = async (text) => {
    await page.fill("#filter", text);
    times.push(await drawn(page, () => page.press("#filter", "Enter")));
  };
  for (const text of ["panic", "sev:>=high age:>14d", "status:debugging", "nowhere-to-be-found", ""]) await say(text);
  for (const column of ["account", "days", "summary", "severity"]) {
    times.push(await drawn(page, () => page.locator(`th.c-${column} a`).click()));
  }
  for (const facet of ["sev", "status", "prio"]) {
    times.push(await drawn(page, () => page.locator(`[data-key=${facet}] label:not(.zero)`).first().click()));
  }
  return times;
}

await sizes();
await firstBytes();
const browser = await startBrowser();
try {
  const all = [];
  for (let n = 0; n < COLD; n += 1) {
    const { found, close } = await cold(browser);
    all.push(found);
    if (n === COLD - 1) {
      figure(`${TABLE}: JavaScript heap`, await heap(found.session), "MB");
      const times = await use(found.page);
      figure(`${TABLE}: from key or click until drawn, median of ${times.length}`, at(50, times), "ms");
      figure(`${TABLE}: from key or click until drawn, longest`, Math.max(...times), "ms");
      figure(`${TABLE}: JavaScript heap after that`, await heap(found.session), "MB");
    }
    await close();
  }
  figure(`${TABLE}: usable, cold, median of ${COLD}`, at(50, all.map(({ usable }) => usable)), "ms");
  figure(`${TABLE}: usable, cold, longest`, Math.max(...all.map(({ usable }) => usable)), "ms");
  figure(`${TABLE}: largest paint, median`, at(50, all.map(({ paint }) => paint)), "ms");
  figure(`${TABLE}: layout shift, largest`, Math.max(...all.map(({ shifts }) => shifts)), "(CLS)");
  figure(`${TABLE}: everything that is sent cold`, at(50, all.map(({ sent }) => sent)) / KB, "kB");
} finally {
  await browser.close();
}
