// Stands for Clerk: a Backend API with a real RSA key set, and the little of a Frontend API and a status page
// that an audit of a site asks for.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import http from "node:http";
import { keys } from "./keys.mjs";

/** The instance the publishable key belongs to. The `kid` of its JWKS is its id, as with Clerk. */
export const INSTANCE = "ins_lab";
export const OTHER = "ins_other";

function instance(id) {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: id };
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  return { id, jwks: { keys: [jwk] }, pem };
}

const known = { [INSTANCE]: instance(INSTANCE), [OTHER]: instance(OTHER) };

/** The key that verifies sessions without asking anybody. */
export const jwtKey = known[INSTANCE].pem;

const owners = { [keys.good]: INSTANCE, [keys.goodTest]: INSTANCE, [keys.other]: OTHER };

const problem = (code, message) => ({ errors: [{ message, long_message: message, code }], clerk_trace_id: "trace_lab" });

const json = (answer, status, body) => {
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify(body));
};

function backend(request, answer, state) {
  const path = request.url.split("?")[0];
  state.asked.push(`${request.method} ${path}`);
  request.resume();
  if (state.down) return json(answer, 503, problem("service_unavailable", "Service unavailable"));
  const secret = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const owner = known[owners[secret]];
  if (!owner) return json(answer, 401, problem("clerk_key_invalid", "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct."));
  const live = !secret.startsWith("sk_test_");
  const host = live ? keys.hostLive : keys.hostTest;
  const answers = {
    "/v1/jwks": owner.jwks,
    "/v1/instance": { object: "instance", id: owner.id, environment_type: live ? "production" : "development", allowed_origins: null },
    "/v1/domains": {
      data: [{ object: "domain", id: "dmn_lab", name: "acme.shop", is_satellite: false, frontend_api_url: `https://${host}`, accounts_portal_url: "https://accounts.acme.shop", proxy_url: null, development_origin: "", cname_targets: [] }],
      total_count: 1,
    },
  };
  if (answers[path]) return json(answer, 200, answers[path]);
  return json(answer, 404, problem("resource_not_found", "not found"));
}

function frontend(request, answer, { development }) {
  request.resume();
  const path = request.url.split("?")[0];
  const host = development ? keys.hostTest : keys.hostLive;
  const answers = {
    "/.well-known/jwks.json": known[INSTANCE].jwks,
    "/.well-known/openid-configuration": { issuer: `https://${host}`, jwks_uri: `https://${host}/.well-known/jwks.json` },
    "/v1/health": { status: "healthy" },
    "/v1/environment": { auth_config: {}, display_config: { instance_environment_type: development ? "development" : "production" }, user_settings: {}, maintenance_mode: false },
    "/api/v2/summary.json": { status: { indicator: "none", description: "All Systems Operational" }, components: [], incidents: [], scheduled_maintenances: [] },
    "/api/v2/status.json": { status: { indicator: "none", description: "All Systems Operational" } },
  };
  if (answers[path]) return json(answer, 200, answers[path]);
  return json(answer, 404, problem("resource_not_found", "not found"));
}

export async function listen(handler) {
  const server = http.createServer(handler);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: server.address().port,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Starts both. `down`: the Backend API answers 503; `unreachable`: its port is closed. */
export async function stub({ down = false, unreachable = false, development = false }) {
  const state = { down, asked: [] };
  const api = await listen((request, answer) => backend(request, answer, state));
  const front = await listen((request, answer) => frontend(request, answer, { development }));
  if (unreachable) await api.stop();
  return {
    backend: `http://127.0.0.1:${api.port}`,
    frontend: `http://127.0.0.1:${front.port}`,
    asked: state.asked,
    stop: async () => {
      if (!unreachable) await api.stop();
      await front.stop();
    },
  };
}
