// The product under test: the one whose address T5G_E2E_URL names, or a `t5g demo` of our own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LEADER, endProcess } from "./process.mjs";

const PATIENCE = 60_000;

/** Starts it, with more arguments for the demo; waits for its first cards, and gives its address, that of its made-up upstreams, and how to end it. */
export async function startProduct(more = []) {
  const given = process.env.T5G_E2E_URL;
  const bare = (address) => address?.replace(/\/$/, "");
  if (given) return { url: bare(given), upstreams: bare(process.env.T5G_E2E_UPSTREAMS), stop: async () => undefined };
  const binary = process.env.T5G_BINARY;
  if (!binary) throw new Error("set T5G_E2E_URL to a running server, or T5G_BINARY to the t5g binary");
  const folder = await mkdtemp(join(tmpdir(), "t5g-browser-"));
  const child = spawn(binary, ["demo", "--listen", "127.0.0.1:0", "--data", folder, ...more], { ...LEADER, stdio: ["ignore", "pipe", "pipe"] });
  const stop = async () => {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    let said = "";
    child.stderr.on("data", (chunk) => (said += chunk));
    const url = await addressOf(child);
    await until(`${url} has cards`, async () => Object.keys(await (await fetch(`${url}/api/cards`)).json()).length > 0);
    const upstreams = /(http:\/\/[\w.\-[\]:]+:\d+)\/_sim\//.exec(said)?.[1];
    return { url, upstreams, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first address that it prints on standard output. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`t5g demo printed no address; it said:\n${said}`)), PATIENCE);
    const over = (then) => (value) => {
      clearTimeout(timer);
      then(value);
    };
    child.once("error", over(reject));
    child.once("exit", (code) => over(reject)(new Error(`t5g demo ended with ${code}; it said:\n${said}`)));
    child.stderr.on("data", (chunk) => (said += chunk));
    let out = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      out += chunk;
      const found = /http:\/\/[\w.\-[\]:]+:\d+/.exec(out);
      if (found) over(resolve)(found[0]);
    });
  });
}

/** Waits until something holds, for at most a minute. */
export async function until(what, holds) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain until ${what}`, { cause: last });
}
