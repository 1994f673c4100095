// A real identity provider that nobody here wrote: SimpleSAMLphp from the distribution, with people of our own.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LEADER, endProcess } from "./process.mjs";

const PROGRAM = "/usr/share/simplesamlphp/www";
const PATIENCE = 60_000;

/** Makes a key and a certificate that signs itself; both as PEM. */
export async function keyPair(folder, name) {
  const [key, cert] = [join(folder, `${name}.pem`), join(folder, `${name}.crt`)];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30"];
  await promisify(execFile)("openssl", [...request, "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** PHP's writing of a value. */
function php(value) {
  if (typeof value === "string") return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(php).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.entries(value).map(([key, inner]) => `${/^\d+$/.test(key) ? key : php(key)} => ${php(inner)}`);
    return `[${pairs.join(", ")}]`;
  }
  return String(value);
}

/**
 * Starts one for the people given (`{name: {password, attributes}}`) and the service provider at `sp`. Gives where it
 * is, its certificate, and how to end it.
 */
export async function startIdentityProvider(people, sp) {
  if (!existsSync(PROGRAM)) {
    throw new Error("SimpleSAMLphp is missing; on Debian: apt-get install --no-install-recommends simplesamlphp php-cli php-xml php-curl php-mbstring");
  }
  const folder = await mkdtemp(join(tmpdir(), "t5g-idp-"));
  const place = (name) => join(folder, name);
  for (const name of ["config", "metadata", "cert", "www", "log", "data", "temp", "sessions"]) await mkdir(place(name));
  await symlink(PROGRAM, place("www/simplesaml"));
  const pair = await keyPair(place("cert"), "idp");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const entityId = `${url}/simplesaml/saml2/idp/metadata.php`;

  const config = {
    baseurlpath: `${url}/simplesaml/`,
    certdir: place("cert/"),
    loggingdir: place("log/"),
    datadir: place("data/"),
    tempdir: place("temp"),
    secretsalt: "salt of an identity provider for tests",
    "auth.adminpassword": "nobody signs in as administrator here",
    "enable.saml20-idp": true,
    "module.enable": { exampleauth: true, core: true, saml: true },
    "metadata.sources": [{ type: "flatfile", directory: place("metadata") }],
    "store.type": "phpsession",
    "session.phpsession.savepath": place("sessions"),
    "session.cookie.secure": false,
    "logging.handler": "file",
    "technicalcontact_email": "nobody@example.com",
    showerrors: true,
    timezone: "UTC",
  };
  const passwords = Object.entries(people).map(([name, { password, attributes }]) => [`${name}:${password}`, attributes]);
  const sources = { people: { 0: "exampleauth:UserPass", ...Object.fromEntries(passwords) } };
  const hosted = { host: "__DEFAULT__", privatekey: "idp.pem", certificate: "idp.crt", auth: "people", "saml20.sign.assertion": true, "saml20.sign.response": true, "sign.logout": true };
  const remote = {
    AssertionConsumerService: sp.acs,
    SingleLogoutService: sp.sls,
    "simplesaml.nameidattribute": "rhatUUID",
    "saml20.sign.assertion": true,
    "saml20.sign.response": true,
    "sign.logout": true,
    "validate.logout": true,
    certData: sp.cert.replaceAll(/-----[A-Z ]+-----|\s/g, ""),
  };
  await writeFile(place("config/config.php"), `<?php\n$config = ${php(config)};\n`);
  await writeFile(place("config/authsources.php"), `<?php\n$config = ${php(sources)};\n`);
  await writeFile(place("metadata/saml20-idp-hosted.php"), `<?php\n$metadata[${php(entityId)}] = ${php(hosted)};\n`);
  await writeFile(place("metadata/saml20-sp-remote.php"), `<?php\n$metadata[${php(sp.entityId)}] = ${php(remote)};\n`);

  const environment = { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: place("config"), PHP_CLI_SERVER_WORKERS: "4" };
  const child = spawn("php", ["-d", "error_reporting=E_ALL & ~E_DEPRECATED", "-S", `127.0.0.1:${port}`, "-t", place("www")], { ...LEADER, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const stop = async () => {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  };
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      const answer = await fetch(entityId);
      if (answer.ok && (await answer.text()).includes("EntityDescriptor")) break;
      if (Date.now() > end) throw new Error(`it answers ${answer.status}`);
    } catch (error) {
      if (Date.now() > end || child.exitCode !== null) {
        await stop();
        throw new Error(`the identity provider did not start; it said:\n${said}`, { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, entityId, sso: `${url}/simplesaml/saml2/idp/SSOService.php`, slo: `${url}/simplesaml/saml2/idp/SingleLogoutService.php`, cert: pair.cert, stop };
}
