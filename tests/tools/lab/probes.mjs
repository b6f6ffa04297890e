// The probes: what an audit asks of a site from outside. GET, HEAD and OPTIONS, and POST to the webhook alone.
//
// A forged token is a well-formed JWT with 256 random bytes for a signature: it can authenticate nobody.
import { createHmac, randomBytes } from "node:crypto";
import { keys } from "./keys.mjs";
import { INSTANCE } from "./stub.mjs";

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-dest": "document" };
const ANY = { accept: "*/*" };
const JSON_ONLY = { accept: "application/json" };

const now = () => Math.floor(Date.now() / 1000);
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** `kind`: bogus-kid, real-kid, expired or foreign-azp. */
export function forged(kind) {
  const at = now();
  const header = { alg: "RS256", kid: kind === "bogus-kid" ? "ins_clerkaudit000" : INSTANCE, typ: "JWT" };
  const claims = {
    azp: kind === "foreign-azp" ? "https://clerk-audit.invalid" : "https://acme.shop",
    exp: kind === "expired" ? at - 3600 : at + 60,
    iat: kind === "expired" ? at - 3660 : at - 5,
    iss: `https://${keys.hostLive}`,
    nbf: kind === "expired" ? at - 3670 : at - 15,
    sid: "sess_audit",
    sub: "user_audit",
  };
  return `${part(header)}.${part(claims)}.${randomBytes(256).toString("base64url")}`;
}

const decoded = (text) => JSON.parse(Buffer.from(text, "base64url").toString());

/** Which kind of forged token this is; the order decides where several things are odd. */
export function kindOfToken(token) {
  try {
    const [header, claims] = token.replace(/^Bearer /, "").split(".").slice(0, 2).map(decoded);
    if (header.kid !== INSTANCE) return "bogus-kid";
    if (claims.exp < now()) return "expired";
    return /\.invalid$/.test(claims.azp ?? "") ? "foreign-azp" : "real-kid";
  } catch {
    return "malformed";
  }
}

const event = () =>
  JSON.stringify({ object: "event", type: "clerk_audit.ping", timestamp: Date.now(), instance_id: "ins_clerk_audit", data: { object: "clerk_audit", id: "clerk_audit_probe" } });

export function sign(secret, id, at, body) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;
}

const WEBHOOK = "/api/webhooks/clerk";
const fresh = () => `msg_clerkaudit_${randomBytes(8).toString("hex")}`;

function hook(secret, { offset = 0, altered = false, id = fresh(), signatures = (one) => one } = {}) {
  const body = event();
  const at = String(now() + offset);
  const signature = signatures(sign(secret, id, at, body));
  const headers = { "content-type": "application/json", "svix-id": id, "svix-timestamp": at, "svix-signature": signature };
  return { method: "POST", path: WEBHOOK, headers, body: altered ? body.replace("clerk_audit_probe", "clerk_audit_other") : body };
}

/** W1–W10; without `signed` only those that need no secret. */
function webhook(signed) {
  const body = event();
  const json = { "content-type": "application/json" };
  const unsigned = { method: "POST", path: WEBHOOK, headers: json, body };
  const fake = { ...unsigned, headers: { ...json, "svix-id": "test-id", "svix-timestamp": String(now()), "svix-signature": "test-sig" } };
  const first = [unsigned, fake, hook(keys.wrongWebhook)];
  const repeated = fresh();
  const rest = [
    hook(keys.webhook, { offset: -600 }),
    hook(keys.webhook, { offset: 600 }),
    hook(keys.webhook, { altered: true }),
    hook(keys.webhook, { id: repeated }),
    hook(keys.webhook, { id: repeated }),
    hook(keys.webhook, { signatures: (one) => `v1,${randomBytes(32).toString("base64")} ${one}` }),
    ...["GET", "HEAD", "OPTIONS"].map((method) => ({ method, path: WEBHOOK, headers: ANY })),
  ];
  return signed ? [...first, ...rest] : first;
}

const get = (path, headers = ANY) => ({ method: "GET", path, headers });
const uat = () => ({ cookie: `__client_uat=${now()}` });

const shapes = (path) => [
  get(path, HTML),
  get(path, { ...ANY, rsc: "1", "next-url": "/" }),
  get(path),
  get(path, JSON_ONLY),
  { method: "HEAD", path, headers: ANY },
  { method: "OPTIONS", path, headers: ANY },
];

const token = (path, kind) => get(path, { ...ANY, authorization: `Bearer ${forged(kind)}` });

/** Other spellings of a path. Some are for servers that decode twice or ignore case. */
const spellings = (path) => [
  `${path}/`,
  `/${path}`,
  path.toUpperCase(),
  path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  `${path}/%2e`,
  `${path}%2f`,
  `${path}%20`,
  `${path}.json`,
  `${path}.rsc`,
  `${path};x`,
  `/.${path}`,
  `/x/..${path}`,
  `/x/%2e%2e${path}`,
  `/_next/data/lab${path}.json`,
  `${path}?x=.svg`,
];

/** Five origins nobody allowed. */
export const origins = (host) => ["https://clerk-audit.invalid", "null", `http://${host}`, `https://${host}.clerk-audit.invalid`, `https://clerk-audit-${host}`];

const preflight = (path, origin) => ({ method: "OPTIONS", path, headers: { ...ANY, "access-control-request-method": "GET", origin } });

const HEALTH = ["/api/health", "/api/clerk-health", "/healthz", "/health"];
const FILES = ["/.env", "/.env.local", "/.env.production", "/.git/config", "/.clerk/", "/.dev.vars"];

const short = () => [
  get("/"),
  get("/", HTML),
  get("/", { ...HTML, ...uat() }),
  token("/", "bogus-kid"),
  token("/", "real-kid"),
  token("/", "expired"),
  token("/", "foreign-azp"),
  get("/dashboard", HTML),
  get("/dashboard"),
  get("/api/orders", JSON_ONLY),
  get("/api/open", JSON_ONLY),
  get("/api/health", JSON_ONLY),
  get("/logo.svg"),
  get("/clerk-audit-unknown-path"),
  get("/clerk-audit-unknown-path", HTML),
];

const full = (host) => [
  get("/sign-in", HTML),
  ...["/dashboard", "/account", "/reports", "/api/orders", "/api/me", "/api/open"].flatMap(shapes),
  token("/api/orders", "bogus-kid"),
  token("/api/orders", "real-kid"),
  ...["/dashboard", "/reports", "/api/orders"].flatMap(spellings).map((path) => get(path)),
  get("/%zz"),
  get("/dashboard", { ...ANY, "x-middleware-subrequest": Array(5).fill("middleware").join(":") }),
  ...["/api/orders", "/api/open"].flatMap((path) => origins(host).flatMap((origin) => [preflight(path, origin), get(path, { ...ANY, origin })])),
  ...HEALTH.slice(1).map((path) => get(path, JSON_ONLY)),
  ...FILES.map((path) => get(path)),
  get("/favicon.ico"),
];

/** All that is asked in a scenario, without asking the same twice. */
export function probes(scenario, isFull, host) {
  const hooks = webhook(isFull || scenario.startsWith("webhook"));
  const all = [...short(), ...(isFull ? full(host) : []), ...hooks];
  const seen = new Set();
  return all.filter((one) => {
    const key = one.body ? Symbol() : JSON.stringify([one.method, one.path, Object.entries(one.headers).filter(([name]) => name !== "authorization"), one.headers.authorization && kindOfToken(one.headers.authorization)]);
    return !seen.has(key) && seen.add(key);
  });
}
