//! Next.js with `@clerk/nextjs`.

use super::{Ecosystem, Entry, EnvLoading, Framework, LOCAL_FIRST, Side, Variables};
use crate::facts::dotenv::Dialect;

/// Names read by `@clerk/nextjs` 7.9 (`src/server/constants.ts`, `src/utils/mergeNextClerkPropsWithEnv.ts`).
pub(super) const NEXT: Framework = Framework {
    id: "next",
    name: "Next.js",
    ecosystem: Ecosystem::Npm,
    sdks: &["@clerk/nextjs"],
    shared_sdks: &[
        "@clerk/react",
        "@clerk/clerk-react",
        "@clerk/clerk-js",
        "@clerk/backend",
        "@clerk/clerk-sdk-node",
        "@clerk/elements",
    ],
    packages: &["next"],
    version_of: None,
    side: Side::Both,
    variables: Variables {
        publishable: &["NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY"],
        publishable_by_contract: true,
        secret: &["CLERK_SECRET_KEY"],
        secret_by_contract: true,
        webhook: &["CLERK_WEBHOOK_SIGNING_SECRET"],
        sign_in_url: &["NEXT_PUBLIC_CLERK_SIGN_IN_URL"],
        sign_up_url: &["NEXT_PUBLIC_CLERK_SIGN_UP_URL"],
        others: &[
            "CLERK_MACHINE_SECRET_KEY",
            "CLERK_ENCRYPTION_KEY",
            "CLERK_API_URL",
            "CLERK_API_VERSION",
            "CLERK_DISABLE_AUTO_PROXY",
            "NEXT_PUBLIC_CLERK_SIGN_IN_FORCE_REDIRECT_URL",
            "NEXT_PUBLIC_CLERK_SIGN_UP_FORCE_REDIRECT_URL",
            "NEXT_PUBLIC_CLERK_SIGN_IN_FALLBACK_REDIRECT_URL",
            "NEXT_PUBLIC_CLERK_SIGN_UP_FALLBACK_REDIRECT_URL",
            "NEXT_PUBLIC_CLERK_CHECKOUT_CONTINUE_URL",
            "NEXT_PUBLIC_CLERK_PROXY_URL",
            "NEXT_PUBLIC_CLERK_DOMAIN",
            "NEXT_PUBLIC_CLERK_IS_SATELLITE",
            "NEXT_PUBLIC_CLERK_JS_URL",
            "NEXT_PUBLIC_CLERK_JS_VERSION",
            "NEXT_PUBLIC_CLERK_UI_URL",
            "NEXT_PUBLIC_CLERK_UI_VERSION",
            "NEXT_PUBLIC_CLERK_PREFETCH_UI",
            "NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED",
            "NEXT_PUBLIC_CLERK_TELEMETRY_DEBUG",
            "NEXT_PUBLIC_CLERK_KEYLESS_DISABLED",
            "NEXT_PUBLIC_CLERK_UNSAFE_DISABLE_DEVELOPMENT_MODE_CONSOLE_WARNING",
        ],
    },
    public_prefixes: &["NEXT_PUBLIC_"],
    // `@next/env` 16, `loadEnvConfig` with NODE_ENV=production.
    env: EnvLoading {
        dialect: Dialect::NextEnv,
        key_file: ".env.local",
        ..LOCAL_FIRST
    },
    keyless: true,
    entry: Entry::NextMiddleware,
};
