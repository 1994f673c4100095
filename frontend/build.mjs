// Bundles scripts and styles, gives every file a name made of its content, writes each also compressed, and
// a manifest from plain name to hashed name. The binary embeds what lies in dist/.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const dist = join(root, "dist");

const bundle = await build({
  absWorkingDir: root,
  entryPoints: { app: "src/main.ts", charts: "src/charts/main.ts", table: "src/table/main.ts", style: "styles/main.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  outdir: "dist",
  write: false,
  legalComments: "none",
  logLevel: "warning",
});

const files = bundle.outputFiles.map((file) => ({ name: basename(file.path), content: Buffer.from(file.contents) }));
for (const name of await readdir(join(root, "static"))) {
  files.push({ name, content: await readFile(join(root, "static", name)) });
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const manifest = {};
for (const { name, content } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  manifest[name] = hashed;
  await writeFile(join(dist, hashed), content);
  await writeFile(join(dist, `${hashed}.gz`), gzipSync(content, { level: 9 }));
  await writeFile(
    join(dist, `${hashed}.br`),
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
  console.log(`${hashed}\t${content.length} bytes`);
}
await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
