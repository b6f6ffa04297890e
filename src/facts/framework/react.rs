//! React and plain JavaScript in the browser, with Vite, Create React App or neither.

use super::{Ecosystem, Entry, EnvLoading, Framework, LOCAL_FIRST, Side, Variables};
use crate::facts::dotenv::Dialect;

/// Vite's `loadEnv` in mode `production`; used by every framework that is built on Vite.
pub(super) const VITE_ENV: EnvLoading = EnvLoading {
    dialect: Dialect::Vite,
    production: &[
        ".env.production.local",
        ".env.production",
        ".env.local",
        ".env",
    ],
    development: &[
        ".env.development.local",
        ".env.development",
        ".env.local",
        ".env",
    ],
    key_file: ".env.local",
};

/// Why an app in the browser has no middleware.
pub(super) const IN_THE_BROWSER: Entry = Entry::Without(
    "the app runs in the browser; the server that it calls has to check the session",
);

/// `@clerk/react` takes the key as a prop; this is the name that Clerk's guides and CLI use.
const VITE_VARIABLES: Variables = Variables {
    publishable: &["VITE_CLERK_PUBLISHABLE_KEY"],
    publishable_by_contract: false,
    secret: &[],
    secret_by_contract: false,
    webhook: &[],
    sign_in_url: &[],
    sign_up_url: &[],
    others: &[],
};

/// React built by Vite.
pub(super) const REACT_VITE: Framework = Framework {
    id: "react-vite",
    name: "React (Vite)",
    ecosystem: Ecosystem::Npm,
    sdks: &[],
    shared_sdks: &[
        "@clerk/react",
        "@clerk/clerk-react",
        "@clerk/clerk-js",
        "@clerk/elements",
        "@clerk/backend",
    ],
    packages: &["vite", "@vitejs/plugin-react", "@vitejs/plugin-react-swc"],
    version_of: Some("react"),
    side: Side::Client,
    variables: VITE_VARIABLES,
    public_prefixes: &["VITE_"],
    env: VITE_ENV,
    keyless: false,
    entry: IN_THE_BROWSER,
};

/// Create React App.
pub(super) const REACT_CRA: Framework = Framework {
    id: "react-cra",
    name: "React (Create React App)",
    packages: &["react-scripts", "@craco/craco"],
    variables: Variables {
        publishable: &["REACT_APP_CLERK_PUBLISHABLE_KEY"],
        ..VITE_VARIABLES
    },
    public_prefixes: &["REACT_APP_"],
    // react-scripts 5, `config/env.js`.
    env: LOCAL_FIRST,
    ..REACT_VITE
};

/// A Clerk browser package without a framework that is known here.
pub(super) const JAVASCRIPT: Framework = Framework {
    id: "javascript",
    name: "JavaScript",
    shared_sdks: &[
        "@clerk/clerk-js",
        "@clerk/react",
        "@clerk/clerk-react",
        "@clerk/elements",
        "gatsby-plugin-clerk",
        "clerk-solidjs",
    ],
    packages: &[],
    version_of: None,
    variables: Variables {
        publishable: &[
            "VITE_CLERK_PUBLISHABLE_KEY",
            "CLERK_PUBLISHABLE_KEY",
            "GATSBY_CLERK_PUBLISHABLE_KEY",
        ],
        ..VITE_VARIABLES
    },
    public_prefixes: &["VITE_", "PUBLIC_", "GATSBY_", "REACT_APP_", "VUE_APP_"],
    ..REACT_VITE
};
