//! Nuxt with `@clerk/nuxt`: everything goes through Nuxt's runtime config, so every name is prefixed.

use super::{Ecosystem, Entry, EnvLoading, Framework, Side, Variables};
use crate::facts::dotenv::Dialect;

/// Names read by `@clerk/nuxt` 3 (`src/module.ts`, `src/runtime/webhooks.ts`).
pub(super) const NUXT: Framework = Framework {
    id: "nuxt",
    name: "Nuxt",
    ecosystem: Ecosystem::Npm,
    sdks: &["@clerk/nuxt"],
    shared_sdks: &[
        "@clerk/vue",
        "vue-clerk",
        "@clerk/backend",
        "@clerk/clerk-js",
        "h3-clerk",
    ],
    packages: &["nuxt", "nuxt3"],
    version_of: None,
    side: Side::Both,
    variables: Variables {
        publishable: &["NUXT_PUBLIC_CLERK_PUBLISHABLE_KEY"],
        publishable_by_contract: true,
        secret: &["NUXT_CLERK_SECRET_KEY"],
        secret_by_contract: true,
        webhook: &["NUXT_CLERK_WEBHOOK_SIGNING_SECRET"],
        sign_in_url: &["NUXT_PUBLIC_CLERK_SIGN_IN_URL"],
        sign_up_url: &["NUXT_PUBLIC_CLERK_SIGN_UP_URL"],
        others: &[
            "NUXT_CLERK_MACHINE_SECRET_KEY",
            "NUXT_CLERK_JWT_KEY",
            "NUXT_CLERK_API_URL",
            "NUXT_CLERK_API_VERSION",
            "NUXT_PUBLIC_CLERK_SIGN_IN_FORCE_REDIRECT_URL",
            "NUXT_PUBLIC_CLERK_SIGN_UP_FORCE_REDIRECT_URL",
            "NUXT_PUBLIC_CLERK_SIGN_IN_FALLBACK_REDIRECT_URL",
            "NUXT_PUBLIC_CLERK_SIGN_UP_FALLBACK_REDIRECT_URL",
            "NUXT_PUBLIC_CLERK_DOMAIN",
            "NUXT_PUBLIC_CLERK_IS_SATELLITE",
            "NUXT_PUBLIC_CLERK_PROXY_URL",
            "NUXT_PUBLIC_CLERK_JS_URL",
            "NUXT_PUBLIC_CLERK_UI_URL",
            "NUXT_PUBLIC_CLERK_PREFETCH_UI",
            "NUXT_PUBLIC_CLERK_KEYLESS_DISABLED",
            "NUXT_PUBLIC_CLERK_UNSAFE_DISABLE_DEVELOPMENT_MODE_CONSOLE_WARNING",
        ],
    },
    public_prefixes: &["NUXT_PUBLIC_"],
    // c12, which Nuxt loads its config with, reads `.env` alone unless told otherwise.
    env: EnvLoading {
        dialect: Dialect::DotenvExpand,
        production: &[".env"],
        development: &[".env"],
        key_file: ".env",
    },
    keyless: true,
    entry: Entry::Automatic {
        switched_off_by: "skipServerMiddleware",
        stem: "server/middleware/clerk",
        calls: &["clerkMiddleware"],
        example: "export default clerkMiddleware() in server/middleware/clerk.ts",
    },
};
