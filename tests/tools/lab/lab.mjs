// The lab: apps with Clerk's real packages on loopback, in every state a deployment can be in, and what they answer.
//
//     node lab.mjs record [NAME …]                 asks every app in every scenario, writes fixtures/parity/site/*.json
//     node lab.mjs serve APP SCENARIO              leaves one running and prints how to audit it; ends with Ctrl-C
//     node lab.mjs proxy URL FILE                  stands before a running app and writes what passes, in the same form
//     node lab.mjs check --audit PROGRAM [NAME …]  runs the program against each and compares with expect.json
//                                                  with `--record FOLDER`, writes what it asked and got, in the same form,
//                                                  with `project`, the audited code; a body that came before is a number
//     node lab.mjs list                            names them all
//
// NAME is an app, a scenario or `app-scenario`. `--scratch FOLDER` says where the apps are installed and built (else a
// folder of its own beside the system's temporary files, kept for the next run). Node 20 and npm; the network is needed
// for npm alone, and only once. `check` exits 0 when all is as expected, 1 when not, 77 when npm cannot install.
//
// What a transcript holds: `app`, `versions` as installed, `scenario`, `recorded`, and `probes` in the order they were
// sent. Keys are placeholders of the project's tests (`{{pk_live:…}}`), the app is `http://site.test`, tokens are
// `<forged:kind>`, webhook posts `<signed:kind>`; `ms` is rounded to three seconds. Several values of
// one header are joined by line ends. Bodies are cut (`kept` in transcript.mjs says where).
//
//   apps.mjs       the apps: versions, files, installing and building
//   scenarios.mjs  what is wrong with each deployment, starting and stopping
//   stub.mjs       stands for Clerk's Backend API, Frontend API and status page
//   keys.mjs       keys, made at run time
//   probes.mjs     what is asked
//   transcript.mjs asking, and writing down without what changes from run to run
//   proxy.mjs      a reverse proxy that records
//   check.mjs      the program against the lab, expect.json what it should say
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { APPS, install } from "./apps.mjs";
import { check, invocation } from "./check.mjs";
import { probes } from "./probes.mjs";
import { recorder } from "./proxy.mjs";
import { SCENARIOS, pairs, start } from "./scenarios.mjs";
import { ask, transcript } from "./transcript.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = resolve(here, "../../../fixtures/parity/site");

async function record(scratch, names) {
  mkdirSync(fixtures, { recursive: true });
  for (const { app, scenario } of pairs(names)) {
    const running = await start(scratch, app, scenario);
    try {
      const written = transcript({ site: running.site, clerk: running.clerk.backend });
      // The first requests of a fresh server take their time; they are not written down.
      for (const path of ["/logo.svg", "/", "/api/health"]) await ask(running.site, { method: "GET", path, headers: {} });
      for (const probe of probes(scenario, SCENARIOS[scenario].full, new URL(running.site).host)) {
        written.add(probe, await ask(running.site, probe));
      }
      written.write(join(fixtures, `${app}-${scenario}.json`), running);
      const keysFetched = running.clerk.asked.filter((one) => one === "GET /v1/jwks").length;
      console.log(`${app}-${scenario}: ${written.probes.length} answers, the Backend API was asked for keys ${keysFetched} times`);
    } finally {
      await running.stop();
    }
  }
}

const interrupted = () => new Promise((done) => ["SIGINT", "SIGTERM"].forEach((name) => process.once(name, done)));

async function serve(scratch, [app, scenario]) {
  if (!APPS[app] || !SCENARIOS[scenario]) return usage();
  const running = await start(scratch, app, scenario);
  const { args, env } = invocation(running);
  // The keys the audit is to know. Beside the app, not in it: Next.js would read them too.
  const file = join(scratch, `audit-${app}-${scenario}.env`);
  writeFileSync(file, Object.entries(env).map(([name, value]) => `${name}=${value}\n`).join(""), { mode: 0o600 });
  console.log(`site:     ${running.site}\nbackend:  ${running.clerk.backend}\nfrontend: ${running.clerk.frontend}\nproject:  ${running.folder}`);
  console.log(`audit:    cd ${running.folder} && clerk-audit --env-file ${file} ${args.join(" ")}`);
  await interrupted();
  await running.stop();
  return undefined;
}

async function proxy([target, file]) {
  if (!target || !file) return usage();
  const about = { app: "proxied", versions: {}, scenario: "proxied" };
  const recording = await recorder(target, { changed: () => recording.write(file, about) });
  console.log(recording.site);
  await interrupted();
  await recording.stop();
  return undefined;
}

function usage() {
  console.error("usage: node lab.mjs record|serve|proxy|check|list … (see the top of the file)");
  process.exitCode = 2;
}

/** Takes `--name value` out of the arguments. */
function option(args, name) {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

async function main() {
  const [mode, ...args] = process.argv.slice(2);
  const scratch = resolve(option(args, "scratch") ?? join(tmpdir(), "clerk-audit-lab"));
  const audit = option(args, "audit");
  const folder = option(args, "record");
  if (mode === "list") return console.log(pairs(args).map(({ app, scenario }) => `${app}-${scenario}`).join("\n"));
  if (mode === "record") return record(scratch, args);
  if (mode === "serve") return serve(scratch, args);
  if (mode === "proxy") return proxy(args);
  if (mode !== "check" || !audit) return usage();
  try {
    for (const app of new Set(pairs(args).map((one) => one.app))) install(scratch, app);
  } catch (error) {
    console.error(`npm cannot install the apps, so nothing was checked: ${error.message}`);
    process.exitCode = 77;
    return undefined;
  }
  process.exitCode = (await check(scratch, resolve(audit), args, folder)) ? 0 : 1;
  return undefined;
}

await main();
