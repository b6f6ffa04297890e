//! Expo with `@clerk/expo`.

use super::{Entry, EnvLoading, Framework, LOCAL_FIRST, Variables, react};
use crate::facts::dotenv::Dialect;

/// The publishable key is a required prop since `@clerk/expo` 3; the name is the convention.
pub(super) const EXPO: Framework = Framework {
    id: "expo",
    name: "Expo",
    sdks: &["@clerk/expo", "@clerk/clerk-expo"],
    shared_sdks: &["@clerk/clerk-js", "@clerk/clerk-react", "@clerk/react"],
    packages: &["expo", "react-native"],
    version_of: None,
    variables: Variables {
        publishable: &["EXPO_PUBLIC_CLERK_PUBLISHABLE_KEY"],
        others: &[
            "EXPO_PUBLIC_CLERK_GOOGLE_IOS_CLIENT_ID",
            "EXPO_PUBLIC_CLERK_GOOGLE_WEB_CLIENT_ID",
        ],
        ..react::REACT_VITE.variables
    },
    public_prefixes: &["EXPO_PUBLIC_"],
    // `@expo/env`, `getEnvFiles`.
    env: EnvLoading {
        dialect: Dialect::DotenvExpand,
        key_file: ".env",
        ..LOCAL_FIRST
    },
    entry: Entry::Without(
        "the app runs on the phone; the server that it calls has to check the session",
    ),
    ..react::REACT_VITE
};
