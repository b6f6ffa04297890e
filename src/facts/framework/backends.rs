//! Servers in JavaScript: Express, Fastify, Hono, Nest, and `@clerk/backend` alone.

use super::{Ecosystem, Entry, EnvLoading, Framework, Side, Variables};
use crate::facts::dotenv::Dialect;

/// `dotenv` reads `.env`; `.env.production` comes first where a project has one, because whoever
/// keeps such a file starts the server with it.
pub(super) const DOTENV: EnvLoading = EnvLoading {
    dialect: Dialect::Dotenv,
    production: &[".env.production.local", ".env.production", ".env"],
    development: &[
        ".env.development.local",
        ".env.development",
        ".env.local",
        ".env",
    ],
    key_file: ".env",
};

/// Names read by `@clerk/express` 2 (`src/utils.ts`, `src/authenticateRequest.ts`).
pub(super) const EXPRESS: Framework = Framework {
    id: "express",
    name: "Express",
    ecosystem: Ecosystem::Npm,
    sdks: &["@clerk/express"],
    shared_sdks: &["@clerk/backend", "@clerk/clerk-sdk-node"],
    packages: &["express"],
    version_of: None,
    side: Side::Server,
    variables: Variables {
        publishable: &["CLERK_PUBLISHABLE_KEY"],
        publishable_by_contract: true,
        secret: &["CLERK_SECRET_KEY"],
        secret_by_contract: true,
        webhook: &["CLERK_WEBHOOK_SIGNING_SECRET"],
        sign_in_url: &["CLERK_SIGN_IN_URL"],
        sign_up_url: &["CLERK_SIGN_UP_URL"],
        others: &[
            "CLERK_MACHINE_SECRET_KEY",
            "CLERK_JWT_KEY",
            "CLERK_API_URL",
            "CLERK_API_VERSION",
            "CLERK_DOMAIN",
            "CLERK_PROXY_URL",
            "CLERK_IS_SATELLITE",
            "CLERK_JS",
            "CLERK_JS_URL",
            "CLERK_JS_VERSION",
            "CLERK_UI_URL",
            "CLERK_UI_VERSION",
            "CLERK_PREFETCH_UI",
            "CLERK_TELEMETRY_DISABLED",
            "CLERK_TELEMETRY_DEBUG",
        ],
    },
    public_prefixes: &[],
    env: DOTENV,
    keyless: false,
    entry: Entry::Registered {
        calls: &[
            "clerkMiddleware",
            "requireAuth",
            "ClerkExpressRequireAuth",
            "ClerkExpressWithAuth",
            "withAuth",
            "authenticateRequest",
            "verifyToken",
        ],
        example: "app.use(clerkMiddleware()) before the first route",
    },
};

/// Names read by `@clerk/fastify` 3 (`src/constants.ts`): no domain, proxy or satellite variables.
pub(super) const FASTIFY: Framework = Framework {
    id: "fastify",
    name: "Fastify",
    sdks: &["@clerk/fastify"],
    shared_sdks: &["@clerk/backend", "@clerk/clerk-sdk-node"],
    packages: &["fastify"],
    variables: Variables {
        sign_in_url: &[],
        sign_up_url: &[],
        others: &[
            "CLERK_MACHINE_SECRET_KEY",
            "CLERK_JWT_KEY",
            "CLERK_API_URL",
            "CLERK_API_VERSION",
        ],
        ..EXPRESS.variables
    },
    entry: Entry::Registered {
        calls: &["clerkPlugin", "authenticateRequest", "verifyToken"],
        example: "fastify.register(clerkPlugin) before the first route",
    },
    ..EXPRESS
};

/// Names read by `@clerk/hono` 0.1 and `@hono/clerk-auth` 3: both keys are required.
pub(super) const HONO: Framework = Framework {
    id: "hono",
    name: "Hono",
    sdks: &["@clerk/hono", "@hono/clerk-auth"],
    shared_sdks: &["@clerk/backend"],
    packages: &["hono"],
    variables: Variables {
        sign_in_url: &[],
        sign_up_url: &[],
        others: &[
            "CLERK_MACHINE_SECRET_KEY",
            "CLERK_API_URL",
            "CLERK_API_VERSION",
        ],
        ..EXPRESS.variables
    },
    entry: Entry::Registered {
        calls: &["clerkMiddleware", "authenticateRequest", "verifyToken"],
        example: "app.use('*', clerkMiddleware()) before the first route",
    },
    ..EXPRESS
};

/// `@clerk/backend` takes its keys as options (`src/webhooks.ts` reads the one variable); the names are
/// the convention.
pub(super) const NODE: Framework = Framework {
    id: "node",
    name: "Node.js",
    sdks: &["elysia-clerk"],
    shared_sdks: &["@clerk/backend", "@clerk/clerk-sdk-node"],
    packages: &[],
    variables: Variables {
        publishable_by_contract: false,
        secret_by_contract: false,
        sign_in_url: &[],
        sign_up_url: &[],
        ..EXPRESS.variables
    },
    entry: Entry::Registered {
        calls: &[
            "authenticateRequest",
            "verifyToken",
            "clerkPlugin",
            "clerkMiddleware",
            "requireAuth",
            "withAuth",
            "verifyJwt",
        ],
        example: "clerkClient.authenticateRequest(request) before the work begins",
    },
    ..EXPRESS
};

/// Nest, which has no SDK of its own: a guard or middleware uses `@clerk/backend` or `@clerk/express`.
pub(super) const NEST: Framework = Framework {
    id: "nest",
    name: "NestJS",
    sdks: &[],
    shared_sdks: &[
        "@clerk/backend",
        "@clerk/express",
        "@clerk/fastify",
        "@clerk/clerk-sdk-node",
    ],
    packages: &["@nestjs/core"],
    entry: Entry::Registered {
        calls: &[
            "clerkMiddleware",
            "requireAuth",
            "ClerkExpressRequireAuth",
            "ClerkExpressWithAuth",
            "authenticateRequest",
            "verifyToken",
        ],
        example: "a global guard that calls verifyToken(token, …) and throws UnauthorizedException",
    },
    ..NODE
};
