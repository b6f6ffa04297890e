// Makes the npm packages: the launcher, and one with the program for each platform. No package has an install
// script: npm itself picks the one whose `os` and `cpu` fit.
//
//   node build.mjs main --out DIR
//   node build.mjs platform --binary FILE --target TRIPLE --out DIR
//
// Each leaves a folder and a tarball in DIR, and prints the path of the tarball.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");

// Linux is linked statically, so that one package serves glibc and musl alike: no `libc` field.
const platforms = {
  "aarch64-apple-darwin": { os: "darwin", cpu: "arm64" },
  "x86_64-apple-darwin": { os: "darwin", cpu: "x64" },
  "aarch64-unknown-linux-musl": { os: "linux", cpu: "arm64" },
  "x86_64-unknown-linux-musl": { os: "linux", cpu: "x64" },
  "x86_64-pc-windows-msvc": { os: "win32", cpu: "x64" },
};
const packageName = ({ os, cpu }) => `@clerk-audit/${os}-${cpu}`;

function fail(message) {
  console.error(`build.mjs: ${message}`);
  process.exit(2);
}

/** A value of [package] in Cargo.toml, the one place with the version. */
function cargo(key) {
  const section = readFileSync(join(root, "Cargo.toml"), "utf8").split(/^\[(?!package\])/m)[0];
  const line = section.match(new RegExp(`^${key} = "(.*)"$`, "m"));
  return line ? line[1] : fail(`Cargo.toml has no ${key}`);
}

function common(name, description) {
  return {
    name,
    version: cargo("version"),
    description,
    license: cargo("license"),
    // Where provenance is checked against; the workflow knows which repository it runs in.
    ...(process.env.GITHUB_REPOSITORY && {
      repository: {
        type: "git",
        url: `git+${process.env.GITHUB_SERVER_URL}/${process.env.GITHUB_REPOSITORY}.git`,
      },
    }),
  };
}

function main() {
  const names = Object.values(platforms).map(packageName).sort();
  return {
    manifest: {
      ...common("clerk-audit", cargo("description")),
      keywords: ["clerk", "authentication", "audit", "security", "ci"],
      bin: { "clerk-audit": "bin/clerk-audit.js" },
      engines: { node: ">=18" },
      files: ["bin"],
      optionalDependencies: Object.fromEntries(names.map((name) => [name, cargo("version")])),
    },
    files: [
      [join(here, "bin/clerk-audit.js"), "bin/clerk-audit.js"],
      [join(root, "LICENSE"), "LICENSE"],
      [join(root, ".github/npm/README.md"), "README.md"],
    ],
    program: "bin/clerk-audit.js",
  };
}

function platform({ binary, target }) {
  const fits = platforms[target] ?? fail(`--target is one of ${Object.keys(platforms).join(", ")}`);
  const program = fits.os === "win32" ? "clerk-audit.exe" : "clerk-audit";
  return {
    manifest: {
      ...common(packageName(fits), `clerk-audit for ${fits.os} on ${fits.cpu}`),
      os: [fits.os],
      cpu: [fits.cpu],
      files: [program],
      // The launcher asks for the file by its path in the package, and Yarn must unpack it for that.
      preferUnplugged: true,
    },
    files: [
      [binary ?? fail("--binary is missing"), program],
      [join(root, "LICENSE"), "LICENSE"],
    ],
    program,
  };
}

function write(made, out) {
  const folder = join(out, made.manifest.name.replace("@", "").replace("/", "-"));
  rmSync(folder, { recursive: true, force: true });
  for (const [from, to] of made.files) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  chmodSync(join(folder, made.program), 0o755);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(made.manifest, null, 2)}\n`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const said = execFileSync(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", out, folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell: process.platform === "win32",
  });
  return join(out, JSON.parse(said)[0].filename);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { binary: { type: "string" }, target: { type: "string" }, out: { type: "string" } },
});
const makers = { main, platform };
const maker = makers[positionals[0]] ?? fail("say what is made: main or platform");
const out = resolve(values.out ?? fail("--out is missing"));
mkdirSync(out, { recursive: true });
console.log(write(maker(values), out));
