// What can be wrong with a deployment, and an app in each of these states.
import { spawn } from "node:child_process";
import net from "node:net";
import { APPS, built, install, make, nextProgram, plain, sources, versions } from "./apps.mjs";
import { keys } from "./keys.mjs";
import { jwtKey, stub } from "./stub.mjs";

/**
 * `variant` of the files, `env` on top of the good one (`null`: unset), `stub` options, `full`: the full set of
 * probes is sent, else the short one; `code`: the variant that is audited where it is not the one that runs.
 */
export const SCENARIOS = {
  good: { full: true },
  "wrong-key": { env: { CLERK_SECRET_KEY: keys.wrong } },
  "revoked-key": { env: { CLERK_SECRET_KEY: keys.revoked } },
  "other-instance": { env: { CLERK_SECRET_KEY: keys.other } },
  "missing-key": { env: { CLERK_SECRET_KEY: null } },
  "missing-publishable-key": { env: { CLERK_PUBLISHABLE_KEY: null }, kinds: ["express"] },
  development: { variant: "development", env: { CLERK_SECRET_KEY: keys.goodTest }, stub: { development: true } },
  networkless: { env: { CLERK_JWT_KEY: jwtKey } },
  "backend-503": { stub: { down: true } },
  "backend-unreachable": { stub: { unreachable: true } },
  parties: { env: { CLERK_AUTHORIZED_PARTIES: "https://acme.shop" } },
  bypass: { variant: "bypass", env: { CLERK_EMERGENCY_BYPASS: "true" } },
  /** What is deployed is older than the code that is audited. */
  "older-deploy": { variant: "unguarded", code: "live" },
  "behind-auth": { variant: "behind-auth" },
  "webhook-open": { variant: "webhook-open", kinds: ["express"] },
  "webhook-wrong-secret": { env: { CLERK_WEBHOOK_SIGNING_SECRET: keys.otherWebhook } },
};

/** Of an app with an old SDK, what is different from a new one. */
const OF_OLD = ["good", "wrong-key", "other-instance", "networkless", "parties"];

/** All pairs of app and scenario that mean something. */
export function pairs(only = []) {
  const all = Object.keys(APPS).flatMap((app) =>
    Object.entries(SCENARIOS)
      .filter(([name, { kinds }]) => (!kinds || kinds.includes(APPS[app].kind)) && (!app.includes("core2") || OF_OLD.includes(name)))
      .map(([name]) => ({ app, scenario: name })),
  );
  return all.filter(({ app, scenario }) => !only.length || only.some((one) => [app, scenario, `${app}-${scenario}`].includes(one)));
}

const freePort = () =>
  new Promise((done, failed) => {
    const server = net.createServer();
    server.on("error", failed);
    server.listen(0, "localhost", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  return new Promise((done) => {
    child.on("exit", done);
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3000).unref();
  });
}

function environment(app, scenario, backend, port) {
  const { variant = "live", env = {} } = SCENARIOS[scenario];
  const all = {
    ...plain(),
    ...built(APPS[app].kind, variant),
    CLERK_SECRET_KEY: keys.good,
    CLERK_WEBHOOK_SIGNING_SECRET: keys.webhook,
    CLERK_API_URL: backend,
    PORT: String(port),
    ...env,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** The code that is audited in a scenario, by file. */
export function audited(app, scenario) {
  const { variant = "live", code = variant } = SCENARIOS[scenario];
  return sources(app, code);
}

/** Starts the app and what stands for Clerk. `site` is its address; `stop` ends all. */
export async function start(scratch, app, scenario) {
  const { kind } = APPS[app];
  const { variant = "live", code = variant, stub: options = {} } = SCENARIOS[scenario];
  const root = install(scratch, app);
  const folder = make(root, app, variant);
  const clerk = await stub(options);
  const port = await freePort();
  // By name: with `-H 127.0.0.1` Next.js takes what middleware lets through for a foreign address and hangs.
  const args = kind === "next" ? [nextProgram(root), "start", "-p", String(port), "-H", "localhost"] : ["server.mjs"];
  const child = spawn(process.execPath, args, { cwd: folder, env: environment(app, scenario, clerk.backend, port), stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  child.stderr.on("data", (bytes) => (said += bytes));
  const until = Date.now() + 60_000;
  while (!/Ready in/.test(said)) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop(child);
      await clerk.stop();
      throw new Error(`${app} did not start:\n${said.slice(-2000)}`);
    }
    await pause(50);
  }
  return {
    app,
    scenario,
    folder: make(root, app, code),
    clerk,
    site: `http://localhost:${port}`,
    development: variant === "development",
    versions: versions(root),
    said: () => said,
    stop: async () => {
      await stop(child);
      await clerk.stop();
    },
  };
}
