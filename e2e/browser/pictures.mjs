// Writes the pictures of the documents: docs/images/*.png, from a demo with made-up data. They are looked at before
// they are committed; `cargo xtask pictures` runs this.
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, startBrowser } from "./support/browser.mjs";
import { startProduct, until } from "./support/product.mjs";

/** No picture may be larger: they are in the repository for ever. */
const LARGEST = 150_000;
/** Name, page, theme, height. */
const PICTURES = [
  ["home", "/home", "light", 660],
  ["table", "/table/all?q=is%3Aopen+sev%3Ahigh+has%3Aissue", "light", 580],
  ["stats", "/stats", "dark", 640],
  ["plan", "/cards/plan", "light", 660],
];

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../docs/images");
await mkdir(folder, { recursive: true });
const product = await startProduct();
let browser;
try {
  await until("the cold start is over", async () => (await fetch(`${product.url}/api/stats`)).ok && !(await (await fetch(`${product.url}/sources`)).text()).includes("never refreshed"));
  await fetch(`${product.url}/cards/plan`, { method: "POST", redirect: "manual" });
  await until("cards are planned", async () => (await (await fetch(`${product.url}/cards/plan`)).text()).includes("Do it now"));
  browser = await startBrowser();
  for (const [name, path, colorScheme, height] of PICTURES) {
    const { page, troubles, close } = await openPage(browser, product.url, { colorScheme, viewport: { width: 1440, height } });
    await page.goto(path);
    await page.waitForTimeout(1_000); // charts draw themselves in
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file, animations: "disabled" });
    await close();
    const { size } = await stat(file);
    console.log(`${file}: ${size} bytes`);
    if (size > LARGEST) throw new Error(`${name}.png has ${size} bytes; at most ${LARGEST}`);
    if (troubles.length > 0) throw new Error(`${path}: ${troubles.join("; ")}`);
  }
} finally {
  await browser?.close();
  await product.stop();
}
