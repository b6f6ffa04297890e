//! Vue with `@clerk/vue`.

use super::{Framework, react};

/// Vue built by Vite; the plugin takes the key as an option.
pub(super) const VUE: Framework = Framework {
    id: "vue",
    name: "Vue",
    sdks: &["@clerk/vue", "vue-clerk"],
    shared_sdks: &["@clerk/clerk-js"],
    packages: &["vue"],
    version_of: None,
    public_prefixes: &["VITE_", "VUE_APP_"],
    ..react::REACT_VITE
};
