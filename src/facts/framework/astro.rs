//! Astro with `@clerk/astro`.

use super::{Ecosystem, Entry, EnvLoading, Framework, Side, Variables, react};

/// Names read by `@clerk/astro` 4 (`src/server/get-safe-env.ts`, `src/integration/create-integration.ts`).
pub(super) const ASTRO: Framework = Framework {
    id: "astro",
    name: "Astro",
    ecosystem: Ecosystem::Npm,
    sdks: &["@clerk/astro"],
    shared_sdks: &[
        "@clerk/backend",
        "@clerk/clerk-js",
        "@clerk/react",
        "@clerk/clerk-react",
    ],
    packages: &["astro"],
    version_of: None,
    side: Side::Both,
    variables: Variables {
        publishable: &["PUBLIC_CLERK_PUBLISHABLE_KEY"],
        publishable_by_contract: true,
        secret: &["CLERK_SECRET_KEY"],
        secret_by_contract: true,
        webhook: &["CLERK_WEBHOOK_SIGNING_SECRET"],
        sign_in_url: &["PUBLIC_CLERK_SIGN_IN_URL"],
        sign_up_url: &["PUBLIC_CLERK_SIGN_UP_URL"],
        others: &[
            "CLERK_MACHINE_SECRET_KEY",
            "CLERK_API_URL",
            "CLERK_API_VERSION",
            "CLERK_KEYLESS_DISABLED",
            "PUBLIC_CLERK_DOMAIN",
            "PUBLIC_CLERK_IS_SATELLITE",
            "PUBLIC_CLERK_PROXY_URL",
            "PUBLIC_CLERK_JS_URL",
            "PUBLIC_CLERK_JS_VERSION",
            "PUBLIC_CLERK_UI_URL",
            "PUBLIC_CLERK_UI_VERSION",
            "PUBLIC_CLERK_PREFETCH_UI",
            "PUBLIC_CLERK_TELEMETRY_DISABLED",
            "PUBLIC_CLERK_TELEMETRY_DEBUG",
            "PUBLIC_CLERK_KEYLESS_DISABLED",
            "PUBLIC_CLERK_UNSAFE_DISABLE_DEVELOPMENT_MODE_CONSOLE_WARNING",
        ],
    },
    public_prefixes: &["PUBLIC_"],
    env: EnvLoading {
        key_file: ".env",
        ..react::VITE_ENV
    },
    keyless: true,
    entry: Entry::File {
        stems: &["src/middleware", "src/middleware/index"],
        extensions: &["ts", "js", "mts", "mjs"],
        exports: &["onRequest"],
        calls: &["clerkMiddleware"],
        example: "export const onRequest = clerkMiddleware() in src/middleware.ts",
    },
};
