// Several servers of the product over one store, behind one https address that gives each request to the next one.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LEADER, endProcess } from "./process.mjs";

const PATIENCE = 60_000;

/** The https address; servers come behind it later. `seen` fills with what must not be found in any log. */
export async function startAddress({ key, cert }) {
  const behind = [];
  let turn = 0;
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    if (behind.length === 0) return outgoing.writeHead(502).end();
    const target = behind[turn++ % behind.length];
    const headers = { ...incoming.headers, "x-forwarded-for": incoming.socket.remoteAddress };
    const forward = request(target, { method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const url = `https://localhost:${server.address().port}`;
  return { url, behind, stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

/** A store with made-up documents, and what starts servers over it. */
export async function startStore(environment) {
  const binary = process.env.T5G_BINARY;
  if (!binary) throw new Error("set T5G_BINARY to the t5g binary");
  const folder = await mkdtemp(join(tmpdir(), "t5g-sign-on-"));
  const logs = [];
  const env = { HOME: folder, PATH: process.env.PATH, T5G_DATA_DIR: folder, T5G_LOG_LEVEL: "debug", ...environment };
  const run = (args, more = {}) => promisify(execFile)(binary, args, { cwd: folder, env: { ...env, ...more }, maxBuffer: 1 << 26 });
  await run(["fake", "-n", "40", "-o", join(folder, "fake.json")]);
  await run(["import", join(folder, "fake.json")]);

  /** Starts one server; `more` goes into its environment. Gives its address and how to end it. */
  const serve = async (more = {}) => {
    const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0"], { ...LEADER, cwd: folder, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
    const log = { text: "" };
    logs.push(log);
    child.stderr.on("data", (chunk) => (log.text += chunk));
    const url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`t5g serve told no address; it said:\n${log.text}`)), PATIENCE);
      let out = "";
      child.once("exit", (code) => reject(new Error(`t5g serve ended with ${code}; it said:\n${log.text}`)));
      child.stdout.on("data", (chunk) => {
        out += chunk;
        log.text += chunk;
        const found = /http:\/\/[\w.\-[\]:]+:\d+/.exec(out);
        if (found) {
          clearTimeout(timer);
          resolve(found[0]);
        }
      });
    });
    return { url, stop: () => endProcess(child) };
  };
  return { run, serve, logged: () => logs.map((log) => log.text).join("\n"), remove: () => rm(folder, { recursive: true, force: true }) };
}
