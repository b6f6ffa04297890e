//! Remix with `@clerk/remix` (maintenance only).

use super::{Entry, EnvLoading, Framework, Variables, react_router};

/// Names read by `@clerk/remix` 4.13: unprefixed only.
pub(super) const REMIX: Framework = Framework {
    id: "remix",
    name: "Remix",
    sdks: &["@clerk/remix"],
    packages: &[
        "@remix-run/react",
        "@remix-run/node",
        "@remix-run/cloudflare",
        "@remix-run/dev",
    ],
    variables: Variables {
        publishable: &["CLERK_PUBLISHABLE_KEY"],
        webhook: &[],
        sign_in_url: &["CLERK_SIGN_IN_URL"],
        sign_up_url: &["CLERK_SIGN_UP_URL"],
        ..react_router::REACT_ROUTER.variables
    },
    env: EnvLoading {
        key_file: ".env",
        ..react_router::REACT_ROUTER.env
    },
    keyless: false,
    entry: Entry::File {
        stems: &["app/root"],
        extensions: &["tsx", "ts", "jsx", "js"],
        exports: &["loader"],
        calls: &["rootAuthLoader"],
        example: "export const loader = (args) => rootAuthLoader(args) in app/root.tsx",
    },
    ..react_router::REACT_ROUTER
};
