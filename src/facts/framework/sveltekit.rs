//! SvelteKit with the community SDK `svelte-clerk`.

use super::{Ecosystem, Entry, EnvLoading, Framework, Side, Variables, react};

/// Names read by `svelte-clerk` 1.2 (`dist/env.d.ts`, `dist/server/constants.js`).
pub(super) const SVELTEKIT: Framework = Framework {
    id: "sveltekit",
    name: "SvelteKit",
    ecosystem: Ecosystem::Npm,
    sdks: &["svelte-clerk", "clerk-sveltekit"],
    shared_sdks: &["@clerk/backend", "@clerk/clerk-js"],
    packages: &["@sveltejs/kit"],
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
            "CLERK_JWT_KEY",
            "PUBLIC_CLERK_DOMAIN",
            "PUBLIC_CLERK_IS_SATELLITE",
            "PUBLIC_CLERK_PROXY_URL",
            "PUBLIC_CLERK_SIGN_IN_FORCE_REDIRECT_URL",
            "PUBLIC_CLERK_SIGN_UP_FORCE_REDIRECT_URL",
            "PUBLIC_CLERK_SIGN_IN_FALLBACK_REDIRECT_URL",
            "PUBLIC_CLERK_SIGN_UP_FALLBACK_REDIRECT_URL",
            "PUBLIC_CLERK_JS_URL",
            "PUBLIC_CLERK_JS_VERSION",
            "PUBLIC_CLERK_API_URL",
            "PUBLIC_CLERK_API_VERSION",
            "PUBLIC_CLERK_TELEMETRY_DISABLED",
            "PUBLIC_CLERK_TELEMETRY_DEBUG",
        ],
    },
    public_prefixes: &["PUBLIC_"],
    env: EnvLoading {
        key_file: ".env",
        ..react::VITE_ENV
    },
    keyless: false,
    entry: Entry::File {
        stems: &["src/hooks.server", "src/hooks.server/index"],
        extensions: &["ts", "js"],
        exports: &["handle"],
        calls: &["withClerkHandler", "handleClerk"],
        example: "export const handle = withClerkHandler() in src/hooks.server.ts",
    },
};
