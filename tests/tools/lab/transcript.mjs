// One request and its answer in the form the transcripts hold: without keys, tokens, times and ports.
import { writeFileSync } from "node:fs";
import http from "node:http";
import { redact, keys } from "./keys.mjs";
import { kindOfToken, sign } from "./probes.mjs";

/** Every transcript says so: the day the facts were taken, not of the run. */
const RECORDED = "2026-11-21";

/** Request headers that can make a difference. Those of the connection, and who asks, do not. */
const REQUEST = /^(accept|authorization|content-type|cookie|next-.*|origin|access-control-.*|purpose|range|rsc|sec-fetch-.*|svix-.*|webhook-.*|x-middleware-.*|x-forwarded-.*)$/;

/** Answer headers that change from run to run or belong to the connection. */
const NOISE = /^(connection|content-length|date|etag|keep-alive|last-modified|transfer-encoding)$/;

/**
 * Bodies are long. Of the first page as a browser asks for it all is kept, as a page names its keys at the end; of an
 * answer to a navigation too, as a refusal by the page stands at its end, under status 200. Of errors, the beginning.
 */
function kept({ path, headers }, answer) {
  if (answer.status >= 400) return 256;
  // Of scripts it is of interest that they are there.
  if (/^\/_next\/static\//.test(path)) return 32;
  const whole = path === "/" && /^text\/html/.test(headers.accept ?? "") && !headers.cookie;
  return whole || /x-component/.test(answer.headers["content-type"] ?? "") ? 16_384 : 2048;
}

const now = () => Math.floor(Date.now() / 1000);

/** Which of W1 to W9 a POST to the webhook is; `seen` holds the ids that came before. */
function kindOfHook(headers, body, seen) {
  const id = headers["svix-id"];
  const at = headers["svix-timestamp"];
  const given = (headers["svix-signature"] ?? "").split(" ").filter(Boolean);
  if (!given.length) return undefined;
  if (given.some((one) => !one.startsWith("v1,"))) return "fake";
  if (!given.includes(sign(keys.webhook, id, at, body))) {
    return given.includes(sign(keys.webhook, id, at, body.replace("clerk_audit_other", "clerk_audit_probe"))) ? "altered" : "wrong-key";
  }
  if (at < now() - 300) return "stale";
  if (at > now() + 300) return "future";
  if (given.length > 1) return "two-signatures";
  if (seen.has(id)) return "repeated";
  seen.add(id);
  return "good";
}

function requestOf(request, seen) {
  const kept = Object.entries(request.headers).filter(([name]) => REQUEST.test(name.toLowerCase()));
  const headers = Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (headers.authorization) headers.authorization = `Bearer <forged:${kindOfToken(headers.authorization)}>`;
  if (headers.cookie) headers.cookie = headers.cookie.replace(/(__client_uat\w*)=\d{9,}/g, "$1=<now>");
  const kind = request.method === "POST" && kindOfHook(headers, request.body ?? "", seen);
  if (kind) {
    headers["svix-id"] = "<id>";
    headers["svix-timestamp"] = "<time>";
    headers["svix-signature"] = `<signed:${kind}>`;
  }
  return { method: request.method, path: unnamed(request.path), headers: sorted(headers) };
}

/** The program asks for names that nobody has, each time for another. */
const unnamed = (text) => text.replace(/(clerk-audit-)[0-9a-f]{12}/gi, "$1<name>");

const sorted = (headers) => Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What stands for the address of the app, of Clerk's stand-in and for whatever is different at every run. */
function steady(text, { site, clerk, chunks }) {
  const encoded = encodeURIComponent(site);
  const { host, hostname } = new URL(site);
  // Next.js 15 gives each request an id, which is in the keys of its metadata.
  const [, id = "no id"] = /"([\w-]{21})v\\?",\{/.exec(text) ?? [];
  return unnamed(redact(text))
    .replaceAll(id, "<id>")
    .replaceAll(site, "http://site.test")
    .replaceAll(encoded, encodeURIComponent("http://site.test"))
    .replaceAll(host, "site.test")
    .replaceAll(hostname, "hostname.test")
    .replaceAll(clerk ?? "http://none.invalid", "http://backend.test")
    .replace(/(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]+/g, (token) => `<forged:${kindOfToken(token)}>`)
    .replace(/\/clerk_\d{10,}/g, "/clerk_<time>")
    .replace(CHUNK, (whole, folder, name) => `${folder}/${numbered(chunks, name)}.js`)
    .replace(/\b\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, "<date>")
    .replace(/"timestamp":\d{10,}/g, '"timestamp":"<time>"');
}

function answerOf(answer, request, context) {
  const headers = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!NOISE.test(name)) headers[name] = steady(Array.isArray(value) ? value.join("\n") : value, context);
  }
  const body = [...steady(answer.body.toString(), context)].slice(0, kept(request, answer)).join("");
  // Clerk's own retries take two to four seconds, at random.
  const ms = Math.round(answer.ms / 3000) * 3000;
  return { status: answer.status, headers: sorted(headers), body, ms };
}

/** A body that came before is the number of the probe that has it. */
function shared(probes) {
  const first = new Map();
  return probes.map((one, at) => {
    const { body } = one.answer;
    if (!first.has(body)) first.set(body, at);
    return body.length > 8 && first.get(body) !== at ? { ...one, answer: { ...one.answer, body: first.get(body) } } : one;
  });
}

const CHUNK = /(static\/chunks)\/([\w/.~%-]+)\.js/g;

/** Names of scripts hold hashes that depend on the folder of the app: they are counted instead. */
function numbered(chunks, name) {
  if (!chunks.has(name)) chunks.set(name, chunks.size + 1);
  return chunks.get(name);
}

/**
 * Collects probes; `context` has `site` and perhaps `clerk`, the addresses to be replaced. With `once`, of those who ask
 * the same the first only.
 */
export function transcript(context, once = false) {
  context.chunks = new Map();
  const probes = [];
  const seen = new Set();
  const told = new Set();
  return {
    add: (request, answer) => {
      const one = { request: requestOf(request, seen), answer: answerOf(answer, request, context) };
      // `origin` holds the host of the app where the auditor makes it up from it.
      one.request.headers = Object.fromEntries(Object.entries(one.request.headers).map(([name, value]) => [name, steady(value, context)]));
      one.request.path = one.request.path.replace(CHUNK, (whole, folder, name) => `${folder}/${numbered(context.chunks, name)}.js`);
      const asked = JSON.stringify(one.request);
      if (once && told.has(asked)) return one;
      told.add(asked);
      probes.push(one);
      return one;
    },
    write: (file, { app, versions, scenario, project }) => {
      const head = { app, versions, scenario, recorded: RECORDED, project };
      const lines = (once ? shared(probes) : probes).map((one) => `  ${JSON.stringify(one)}`).join(",\n");
      const text = JSON.stringify(head).replace(/}$/, `,"probes":[\n${lines}\n]}\n`);
      writeFileSync(file, text);
    },
    probes,
  };
}

/** Sends one request as it is, without tidying its path, and reads the whole answer. No redirect is followed. */
export function ask(site, { method, path, headers, body }) {
  const { hostname, port } = new URL(site);
  const began = Date.now();
  return new Promise((done, failed) => {
    const request = http.request({ hostname, port, method, path, headers: { ...headers, "user-agent": "clerk-audit-lab" }, agent: false }, (answer) => {
      const parts = [];
      answer.on("data", (bytes) => parts.push(bytes));
      answer.on("error", failed);
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts), ms: Date.now() - began }));
    });
    request.setTimeout(30_000, () => request.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
    request.on("error", failed);
    request.end(body);
  });
}
