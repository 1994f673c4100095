// Signing in and out in a real browser at a real identity provider, with two servers behind one address. At the end
// no secret of all that stands in a log.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessibilityFaults, startBrowser } from "../support/browser.mjs";
import { keyPair, startIdentityProvider } from "../support/identity-provider.mjs";
import { startAddress, startStore } from "../support/replicas.mjs";

const SECRET_KEY = "a-secret-key-of-this-end-to-end-run-0123456789";
const groups = (...names) => names.map((name) => `cn=${name},ou=adhoc,ou=managedGroups,dc=example,dc=com`);
const person = (name, password, ...memberOf) => ({
  password,
  attributes: { rhatUUID: [`uuid-${name}`], givenName: [name], mail: [`${name}@example.com`], memberOf: groups(...memberOf) },
});
const PEOPLE = {
  ada: person("ada", "password-of-ada", "employees", "field-team"),
  eve: person("eve", "password-of-eve", "field-admins"),
  oda: person("oda", "password-of-oda", "field-operators"),
  bob: person("bob", "password-of-bob", "field-teamwork", "employees"),
};

let folder, address, provider, store, browser;
let servers = [];
/** Everything that must not be found in a log. */
const secrets = new Set([SECRET_KEY, ...Object.values(PEOPLE).map(({ password }) => password)]);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "t5g-keys-"));
  const [tls, sp] = [await keyPair(folder, "localhost"), await keyPair(folder, "sp")];
  address = await startAddress(tls);
  const entityId = `${address.url}/saml/metadata`;
  provider = await startIdentityProvider(PEOPLE, { entityId, acs: `${address.url}/?acs`, sls: `${address.url}/?sls`, cert: sp.cert });
  const redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
  const saml = {
    strict: true,
    sp: {
      entityId,
      assertionConsumerService: { url: `${address.url}/?acs`, binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" },
      singleLogoutService: { url: `${address.url}/?sls`, binding: redirect },
      x509cert: sp.cert,
      privateKey: sp.key,
    },
    idp: {
      entityId: provider.entityId,
      singleSignOnService: { url: provider.sso, binding: redirect },
      singleLogoutService: { url: provider.slo, binding: redirect },
      x509cert: provider.cert,
    },
    security: { authnRequestsSigned: true, logoutRequestSigned: true, logoutResponseSigned: true, wantMessagesSigned: true, wantAssertionsSigned: true },
  };
  secrets.add(sp.key.split("\n")[3]);
  store = await startStore({
    saml_settings: JSON.stringify(saml),
    secret_key: SECRET_KEY,
    rbac: "field-team",
    T5G_ACCESS_ADMINS: "cn=field-admins",
    T5G_ACCESS_OPERATORS: "cn=field-operators",
    T5G_BASE_URL: address.url,
    T5G_TRUSTED_PROXIES: "127.0.0.1, ::1",
    alert_email: "help@example.com",
  });
  await restart();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const server of servers) await server.stop();
  await address?.stop();
  await provider?.stop();
  await store?.remove();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Two servers, in place of those before. */
async function restart(environment = {}) {
  const before = servers;
  servers = [await store.serve(environment), await store.serve(environment)];
  address.behind.splice(0, address.behind.length, ...servers.map((server) => server.url));
  for (const server of before) await server.stop();
}

/** Runs `work` in a browser of its own; remembers every secret that passes by. */
async function inBrowser(work, options = {}) {
  const context = await browser.newContext({ baseURL: address.url, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    const fields = new URLSearchParams(request.postData() ?? "");
    const query = new URL(request.url()).searchParams;
    for (const name of ["SAMLResponse", "RelayState", "csrf"]) {
      for (const value of [fields.get(name), query.get(name)]) if (value && value.length > 20) secrets.add(value);
    }
  });
  try {
    await work(page, context);
    for (const cookie of await context.cookies(address.url)) if (cookie.value.length > 20) secrets.add(cookie.value);
  } finally {
    await context.close();
  }
}

/** Fills in the identity provider's form. */
async function enter(page, name) {
  await page.locator("input[name=username]").fill(name);
  await page.locator("input[name=password]").fill(PEOPLE[name].password);
  await page.locator("input[name=password]").press("Enter");
}

/** Goes to `path` as somebody who has to sign in on the way. */
async function signIn(page, name, path = "/sources") {
  await page.goto(path);
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await enter(page, name);
  await page.waitForURL(`${address.url}${path}`);
}

test("somebody signs in and is where they wanted to go", () =>
  inBrowser(async (page, context) => {
    await page.goto("/table/all?q=sev%3AHigh");
    assert.equal(new URL(page.url()).pathname, "/");
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
    assert.ok(page.url().startsWith(provider.url), page.url());
    await enter(page, "ada");
    await page.waitForURL("**/table/all?q=sev%3AHigh");
    assert.equal(await page.locator(".menu-name").innerText(), "ada");
    const cookies = Object.fromEntries((await context.cookies(address.url)).map((cookie) => [cookie.name, cookie]));
    const sid = cookies["__Host-sid"];
    assert.deepEqual([sid.secure, sid.httpOnly, sid.sameSite, sid.path, sid.domain], [true, true, "Lax", "/", "localhost"]);
    assert.equal(cookies["__Host-saml_flow"], undefined, "used up");
    assert.equal(await page.evaluate(() => document.cookie.includes("sid")), false);
    for (let round = 0; round < 6; round += 1) {
      const answer = await page.goto("/sources");
      assert.equal(answer.status(), 200, "whichever server is asked");
    }
    assert.equal((await page.goto("/audit")).status(), 403);
  }));

test("the pages of access have no faults that axe finds, in both themes and on a phone", async () => {
  for (const options of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: { width: 390, height: 844 } }]) {
    await inBrowser(async (page) => {
      await signIn(page, "eve");
      for (const path of ["/tokens", "/users", "/audit", "/?slo"]) {
        await page.goto(path);
        assert.deepEqual(await accessibilityFaults(page), [], path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.equal(over, 0, `${path} scrolls sideways`);
      }
      await page.goto("/users");
      await page.locator("main tbody a").first().click();
      assert.deepEqual(await accessibilityFaults(page), [], "one person");
    }, options);
  }
});

test("somebody in no group of ours is told whom to ask", () =>
  inBrowser(async (page, context) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
    await enter(page, "bob");
    await page.getByRole("heading", { name: "No access" }).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.ok(await page.getByText("You are known as bob").isVisible());
    assert.equal(await page.getByRole("link", { name: "help@example.com" }).count(), 1);
    assert.equal((await context.cookies(address.url)).some((cookie) => cookie.name === "__Host-sid"), false);
  }));

/** What can be done to background work, and from which page's address. */
const DEEDS = [
  "/monitor/tasks/cache_stats/run",
  "/monitor/tasks/cache_stats/pause",
  "/monitor/tasks/cache_stats/resume",
  "/monitor/queues/sync/pause",
  "/monitor/queues/sync/resume",
  "/monitor/runs/019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f/cancel",
  "/monitor/runs/019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f/retry",
];

/** The status of a POST from the page itself. */
const post = (page, path) => page.evaluate(async (to) => (await fetch(to, { method: "POST" })).status, path);

test("a viewer neither sees background work nor does anything to it", () =>
  inBrowser(async (page) => {
    await signIn(page, "ada");
    assert.equal(await page.getByRole("link", { name: "Operations" }).count(), 0);
    for (const path of ["/monitor", "/monitor/tasks/cache_stats", "/api/monitor/runs"]) {
      assert.equal((await page.goto(path)).status(), 403, path);
    }
    await page.goto("/sources");
    for (const path of DEEDS) {
      assert.equal(await post(page, path), 403, path);
      assert.equal(await post(page, `/api${path.replace(/\/run$/, "/runs")}`), 403, `/api${path}`);
    }
  }));

/** What can be decided about what is written to other services; no such plan, step or run is there. */
const NO_PLAN = "/journal/019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f";
const DECISIONS = [`${NO_PLAN}/release`, `${NO_PLAN}/reject`, `${NO_PLAN}/steps/1/undo`, `${NO_PLAN}/steps/1/again`];
const WRITES = ["/cards/plan", "/cards/plan/do?run=019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f", ...DECISIONS];
/** Whatever leads to any of it. */
const LEADS = ["a", "form"].flatMap((tag) => ["/cards/plan", "/journal"].map((path) => `${tag}[${tag === "a" ? "href" : "action"}^="${path}"]`)).join(", ");

test("a viewer gets no button that writes, and is refused what it would do", async () => {
  await inBrowser(async (page) => {
    await signIn(page, "ada", "/home");
    const key = Object.keys(await page.evaluate(async () => (await fetch("/api/cards")).json()))[0];
    for (const path of ["/home", "/table/all", "/sources", `/card/${key}`]) {
      assert.equal((await page.goto(path)).status(), 200, path);
      assert.equal(await page.locator(LEADS).count(), 0, path);
    }
    for (const path of ["/cards/plan", "/cards/plan/live", "/journal", NO_PLAN, ...DECISIONS, "/api/v1/plans", "/api/v1/journal"]) {
      assert.equal((await page.goto(path)).status(), 403, path);
    }
    await page.goto("/home");
    const api = [...DECISIONS.slice(0, 2).map((path) => path.replace("/journal/", "/api/v1/plans/")), "/api/refresh/create_jira_cards"];
    for (const path of [...WRITES, ...api]) assert.equal(await post(page, path), 403, path);
  });
  await inBrowser(async (page) => {
    await signIn(page, "oda", "/cards/plan");
    assert.ok((await page.locator(LEADS).count()) > 0, "operators are led there");
    for (const path of DECISIONS) assert.equal(await post(page, path), 404, `${path}: let in, but there is no such plan`);
  });
});

test("an operator steers background work, and an administrator reads who did what", async () => {
  await inBrowser(async (page) => {
    await signIn(page, "oda", "/monitor");
    await page.getByRole("button", { name: "Pause the schedule of cache_stats" }).click();
    await page.getByRole("button", { name: "Resume the schedule of cache_stats" }).click();
    await page.getByRole("button", { name: "Run now cache_stats" }).click();
    await page.waitForURL("**/monitor/runs/*");
    await page.getByText("asked for by oda").waitFor();
    await page.goto("/home");
    for (const path of DEEDS.slice(-2)) assert.equal(await post(page, path), 404, "let in, but there is no such run");
    assert.equal((await page.goto("/audit")).status(), 403);
  });
  await inBrowser(async (page) => {
    await signIn(page, "eve", "/audit");
    const done = await page.locator("main").innerText();
    for (const deed of [/oda[^]*cache_stats/, /job/i, /schedule/i]) assert.match(done, deed);
  });
});

test("signing out ends the session here and at the identity provider", () =>
  inBrowser(async (page, context) => {
    await signIn(page, "ada");
    const other = await context.newPage();
    await page.locator(".menu > summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/?out");
    assert.ok(await page.getByText("You are signed out.").isVisible());
    await other.goto("/sources");
    assert.equal(new URL(other.url()).pathname, "/");
    await other.getByRole("link", { name: "Sign in with single sign-on" }).click();
    await other.locator("input[name=password]").waitFor();
  }));

test("the identity provider ends the session from its side", () =>
  inBrowser(async (page) => {
    await signIn(page, "ada");
    await page.goto(`${provider.slo}?ReturnTo=${encodeURIComponent(`${provider.url}/simplesaml/`)}`);
    await page.waitForLoadState("networkidle");
    await page.goto("/sources");
    assert.equal(new URL(page.url()).pathname, "/");
  }));

test("an answer that is brought twice is refused, also at the other server", () =>
  inBrowser(async (page, context) => {
    let form;
    await page.route("**/?acs", async (route) => {
      form = { body: route.request().postData(), cookie: (await route.request().allHeaders()).cookie };
      await route.continue();
    });
    await signIn(page, "ada");
    for (const _ of servers) {
      const again = await context.request.post("/?acs", {
        headers: { "content-type": "application/x-www-form-urlencoded", cookie: form.cookie },
        data: form.body,
        maxRedirects: 0,
      });
      assert.equal(again.status(), 403);
    }
  }));

test("one server goes, the session stays", () =>
  inBrowser(async (page) => {
    await signIn(page, "ada");
    address.behind.splice(0, 1);
    await servers[0].stop();
    assert.equal((await page.goto("/sources")).status(), 200);
    await restart();
    assert.equal((await page.goto("/sources")).status(), 200, "also after both were started anew");
  }));

test("a token is made, used, and revoked by the command line", () =>
  inBrowser(async (page, context) => {
    await signIn(page, "eve", "/tokens");
    await page.getByLabel("Name").fill("from the browser");
    await page.locator("input[name=scope][value=read]").check();
    await page.getByRole("button", { name: "Make the token" }).click();
    const token = await page.locator("code.secret").innerText();
    secrets.add(token);
    const fresh = await browser.newContext({ baseURL: address.url, ignoreHTTPSErrors: true });
    const ask = () => fresh.request.get("/api/cards", { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await ask()).status(), 200);
    const listed = JSON.parse((await store.run(["token", "list", "--json"])).stdout);
    const mine = listed.find((one) => one.name === "from the browser");
    await store.run(["token", "revoke", mine.id]);
    assert.equal((await ask()).status(), 401);
    assert.equal((await ask()).status(), 401, "at both servers");
    const made = (await store.run(["token", "create", "--name", "by hand", "--scope", "read", "--days", "1"])).stdout.trim();
    secrets.add(made);
    const byHand = await fresh.request.get("/api/cards", { headers: { authorization: `Bearer ${made}` } });
    assert.equal(byHand.status(), 200);
    await fresh.close();
    await page.goto("/audit?action=token.revoke");
    assert.ok(await page.getByText("command line").first().isVisible());
  }));

test("doctor finds single sign-on well", async () => {
  const report = await store.run(["doctor", "--json"]).catch((failed) => failed);
  const findings = JSON.parse(report.stdout);
  const of = (what) => findings.filter((finding) => finding.what.startsWith(what));
  assert.equal(of("single sign-on")[0].state, "ok", JSON.stringify(findings));
  assert.equal(of("identity provider's clock")[0].state, "ok", JSON.stringify(findings));
  assert.match(of("identity provider's certificate")[0].found, /expires on|good until/);
});

test("a session that was not used ends, and signing in again leads back", () =>
  inBrowser(async (page) => {
    await restart({ T5G_ACCESS_SESSION_IDLE: "2s" });
    await signIn(page, "ada");
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await page.goto("/table/all");
    assert.ok(await page.getByText("Your session has ended").isVisible());
    await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
    // The identity provider still knows who it is.
    await page.waitForURL("**/table/all");
    await restart();
  }));

test("no log holds a secret of this run", () => {
  const logged = store.logged();
  assert.ok(logged.length > 10_000 && logged.includes("answered"), "there is something to look through");
  assert.ok(secrets.size > 15, "secrets were gathered");
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      assert.equal(logged.includes(form), false, `a log holds ${secret.slice(0, 12)}…`);
    }
  }
});
