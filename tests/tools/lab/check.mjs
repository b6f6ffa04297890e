// The program against the lab: what it says of each scenario, beside what it should say.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { APPS, built } from "./apps.mjs";
import { keys } from "./keys.mjs";
import { recorder } from "./proxy.mjs";
import { audited, pairs, start } from "./scenarios.mjs";

/**
 * `args` of the program, with {site}, {backend}, {frontend}; then what each check says: of `all`, unless an entry of
 * `kinds`, `scenarios` or `pairs` says otherwise, the later the stronger. An expectation is an outcome, or several
 * with `|`. A check the program does not have counts as wrong, and so does a finding of a live check that no
 * expectation names. `tests/site_parity/audited.rs` reads the same table.
 */
const expected = JSON.parse(readFileSync(new URL("./expect.json", import.meta.url), "utf8"));

/** How the program is called for a running app: with the good keys, whatever the deployed ones are. */
export function invocation(running) {
  const places = { site: running.site, backend: running.clerk.backend, frontend: running.clerk.frontend };
  const fill = (text) => text.replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
  const variant = running.development ? "development" : "live";
  const own = {
    ...built(APPS[running.app].kind, variant),
    CLERK_SECRET_KEY: running.development ? keys.goodTest : keys.good,
    CLERK_WEBHOOK_SIGNING_SECRET: keys.webhook,
  };
  return { args: expected.args.map(fill), env: own };
}

function run(program, { args, env }, folder) {
  const child = spawn(program, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (bytes) => (said.out += bytes));
  child.stderr.on("data", (bytes) => (said.err += bytes));
  const patience = setTimeout(() => child.kill("SIGKILL"), 120_000);
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => {
      clearTimeout(patience);
      done({ code, ...said });
    });
  });
}

/** Status by id of all live checks, out of the JSON report. */
function verdicts(report) {
  const found = {};
  const visit = (value) => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === "object") {
      const status = value.outcome ?? value.status;
      if (typeof value.id === "string" && typeof status === "string") found[value.id] = status.toUpperCase();
      Object.values(value).forEach(visit);
    }
  };
  visit(JSON.parse(report));
  return found;
}

function wanted(app, scenario) {
  const { all, kinds, scenarios, pairs: exact } = expected;
  const old = app.includes("core2") ? kinds.core2 : {};
  return { ...all, ...kinds[APPS[app].kind], ...old, ...scenarios[scenario], ...exact[`${app}-${scenario}`] };
}

/** Runs the program against every pair, prints the table, says whether all is as expected. */
export async function check(scratch, program, names, folder) {
  if (folder) mkdirSync(folder, { recursive: true });
  let good = true;
  for (const { app, scenario } of pairs(names)) {
    const running = await start(scratch, app, scenario);
    const recording = folder && (await recorder(running.site, { clerk: running.clerk.backend }));
    try {
      const site = recording?.site ?? running.site;
      const done = await run(program, invocation({ ...running, site }), running.folder);
      recording?.write(join(folder, `${app}-${scenario}.json`), { ...running, project: audited(app, scenario) });
      good = compare(`${app}-${scenario}`, done, wanted(app, scenario)) && good;
    } finally {
      await recording?.stop();
      await running.stop();
    }
  }
  return good;
}

function compare(name, done, wants) {
  let said;
  try {
    said = verdicts(done.out);
  } catch {
    console.log(`${name}: exit ${done.code}, no report\n${done.err.slice(-1000)}`);
    return false;
  }
  console.log(`${name}: exit ${done.code}`);
  let good = true;
  const found = Object.keys(said).filter((id) => /^(site\/|webhooks\/endpoint-)/.test(id) && /^(FAIL|WARN|ERROR)$/.test(said[id]));
  const unnamed = Object.fromEntries(found.filter((id) => !wants[id]).map((id) => [id, "no finding"]));
  for (const [id, want] of Object.entries({ ...wants, ...unnamed })) {
    const got = said[id] ?? "(no such check)";
    const right = want.split("|").includes(got);
    good &&= right;
    console.log(`  ${right ? "  " : "✗ "}${id.padEnd(42)}${got.padEnd(8)}${right ? "" : ` expected ${want}`}`);
  }
  return good;
}
