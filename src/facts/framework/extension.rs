//! Browser extensions with `@clerk/chrome-extension`.

use super::{Framework, LOCAL_FIRST, Variables, react};

/// Built by Plasmo or WXT; the provider takes the key as a prop.
pub(super) const BROWSER_EXTENSION: Framework = Framework {
    id: "browser-extension",
    name: "Browser extension",
    sdks: &["@clerk/chrome-extension"],
    shared_sdks: &[],
    packages: &["wxt", "plasmo", "vite"],
    version_of: None,
    variables: Variables {
        publishable: &[
            "PLASMO_PUBLIC_CLERK_PUBLISHABLE_KEY",
            "VITE_CLERK_PUBLISHABLE_KEY",
            "WXT_CLERK_PUBLISHABLE_KEY",
        ],
        others: &["CLERK_FRONTEND_API", "PLASMO_PUBLIC_CLERK_SYNC_HOST"],
        ..react::REACT_VITE.variables
    },
    public_prefixes: &["PLASMO_PUBLIC_", "VITE_", "WXT_"],
    env: LOCAL_FIRST,
    ..react::REACT_VITE
};
