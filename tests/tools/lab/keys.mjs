// Keys of the lab. They are put together here, at run time: no file holds a whole one, and none was ever issued.
import { createHmac } from "node:crypto";

/** Letters and digits that look random and are the same at every run. */
const letters = (seed, length) =>
  createHmac("sha512", "lab").update(seed).digest("base64").replace(/[^A-Za-z0-9]/g, "").slice(0, length);

const publishable = (kind, host) => `pk_${kind}_${Buffer.from(`${host}$`).toString("base64")}`;
const secret = (kind, seed) => `sk_${kind}_${letters(seed, 42)}`;

const hostLive = "clerk.acme.shop";
const hostTest = "happy-lion-12.clerk.accounts.dev";

export const keys = {
  hostLive,
  hostTest,
  pkLive: publishable("live", hostLive),
  pkTest: publishable("test", hostTest),
  good: secret("live", "good"),
  goodTest: secret("test", "good"),
  /** Was good once; the Backend API says the same of it as of a wrong one. */
  revoked: secret("live", "revoked"),
  wrong: secret("live", "wrong"),
  /** Of another instance: alive, but its JWKS is another. */
  other: secret("live", "other"),
  webhook: `whsec_${Buffer.from(letters("webhook", 32)).toString("base64")}`,
  /** Of another endpoint. */
  otherWebhook: `whsec_${Buffer.from(letters("foreign webhook", 32)).toString("base64")}`,
  /** What the auditor makes up. */
  wrongWebhook: `whsec_${Buffer.from(letters("made up", 32)).toString("base64")}`,
};

/** Writes placeholders for keys, as the tests of the project fill them in. */
export const redact = (text) =>
  text
    .replaceAll(keys.pkLive, `{{pk_live:${hostLive}}}`)
    .replaceAll(keys.pkTest, `{{pk_test:${hostTest}}}`)
    .replace(/\b(sk_(?:live|test)|whsec|ak)_[A-Za-z0-9+/=]{8,}/g, "<$1>");
