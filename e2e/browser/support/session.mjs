// One product and one browser for a file of tests: started before its tests, ended after them.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { openPage, startBrowser } from "./browser.mjs";
import { startProduct } from "./product.mjs";

/** The browser itself says so when a test asks for what is not there. */
const NOT_THERE = /status of 404/;
/** For `expected`: nothing is. */
export const NOTHING = /(?!)/;

/**
 * Starts both, then does `ready` with them. `product` and `browser` are there once the tests run. `expected`: troubles
 * that pages of these tests may have.
 */
export function useProduct({ expected = NOT_THERE, patience = 30_000, ready } = {}) {
  const session = { product: undefined, browser: undefined, onPage };

  before(async () => {
    session.product = await startProduct();
    session.browser = await startBrowser();
    await ready?.(session);
  });

  after(async () => {
    await session.browser?.close();
    await session.product?.stop();
  });

  /** Runs `work` on a page and fails if anything forbidden happened meanwhile. */
  async function onPage(options, work, but = expected) {
    const { page, troubles, close } = await openPage(session.browser, session.product.url, options);
    page.setDefaultTimeout(patience);
    try {
      await work(page);
      assert.deepEqual(troubles.filter((trouble) => !but.test(trouble)), []);
    } finally {
      await close();
    }
  }

  return session;
}
