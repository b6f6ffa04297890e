//! Middleware of packages, as far as it decides about requests.

/// Packages whose middleware prepares, logs or limits, and asks nobody who they are.
const PASSES: &[&str] = &[
    "express",
    "cors",
    "helmet",
    "morgan",
    "compression",
    "body-parser",
    "cookie-parser",
    "cookie-session",
    "express-session",
    "express-rate-limit",
    "express-slow-down",
    "express-fileupload",
    "express-validator",
    "express-async-errors",
    "express-pino-logger",
    "express-winston",
    "express-status-monitor",
    "express-useragent",
    "express-mongo-sanitize",
    "express-http-context",
    "connect-timeout",
    "response-time",
    "method-override",
    "serve-favicon",
    "serve-static",
    "multer",
    "hpp",
    "xss-clean",
    "pino-http",
    "prom-client",
    "express-prom-bundle",
    "swagger-ui-express",
    "i18next-http-middleware",
    "celebrate",
    "zod-express-middleware",
    "rate-limiter-flexible",
    "@fastify/cors",
    "@fastify/helmet",
    "@fastify/rate-limit",
    "@hono/zod-validator",
    "@hono/valibot-validator",
    "@hono/standard-validator",
    "@hono/sentry",
    "@hono/otel",
    "@hono/prometheus",
    "hono-rate-limiter",
    "hono-pino",
    "hono-openapi",
    "@sentry/node",
    "@vercel/otel",
];

/// Middleware of Hono itself that asks for a credential.
const HONO_ASKS: &[&str] = &["basic-auth", "bearer-auth", "jwt", "jwk", "ip-restriction"];

/// Packages that wrap a handler to catch what it throws, and nothing else.
const WRAPS: &[&str] = &[
    "express-async-handler",
    "@awaitjs/express",
    "express-async-wrapper",
];

/// Names under which projects wrap a handler to catch what it throws.
const WRAPPERS: &[&str] = &[
    "asyncHandler",
    "catchAsync",
    "wrapAsync",
    "asyncWrapper",
    "catchAsyncErrors",
];

/// Whether middleware of a package, made by a call of this name, lets everybody on.
pub fn passes_on(package: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_end_matches("()");
    if package == "passport" {
        return matches!(last, "initialize" | "session");
    }
    if let Some(part) = package.strip_prefix("hono/") {
        return !HONO_ASKS.contains(&part);
    }
    PASSES.contains(&package)
}

/// Whether a wrapper by this name of a package changes nothing about who gets to the handler.
pub fn only_wraps(package: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_end_matches("()");
    WRAPS.contains(&package) || WRAPPERS.contains(&last)
}
