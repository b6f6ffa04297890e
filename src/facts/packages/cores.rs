//! Which generation of Clerk ("Core") a release of a package belongs to, and what it needs.
//! (`guides/development/upgrading/versioning` of Clerk's documentation; `engines` of the packages on npm.)

use nodejs_semver::Version;

use crate::facts::advisories;
use crate::facts::framework::{self, Ecosystem};

/// Until when Core 2 gets critical fixes.
pub const CORE_2_ENDS: &str = "January 2027";

/// By package: the first major of Core 1, 2 and 3; none where there is no such line. Packages of types,
/// texts, styles and tools are left out: they share nothing at run time.
const MAJORS: &[(&str, [Option<u64>; 3])] = &[
    ("@clerk/nextjs", [Some(0), Some(5), Some(7)]),
    ("@clerk/backend", [Some(0), Some(1), Some(3)]),
    ("@clerk/clerk-react", [Some(0), Some(5), None]),
    ("@clerk/react", [None, Some(5), Some(6)]),
    ("@clerk/clerk-js", [Some(0), Some(5), Some(6)]),
    ("@clerk/astro", [None, Some(0), Some(3)]),
    ("@clerk/nuxt", [None, Some(0), Some(2)]),
    ("@clerk/express", [None, Some(0), Some(2)]),
    ("@clerk/fastify", [Some(0), Some(1), Some(3)]),
    ("@clerk/hono", [None, None, Some(0)]),
    ("@clerk/react-router", [None, Some(0), Some(3)]),
    ("@clerk/tanstack-react-start", [None, Some(0), Some(1)]),
    ("@clerk/vue", [None, Some(0), Some(2)]),
    ("@clerk/expo", [None, Some(2), Some(3)]),
    ("@clerk/clerk-expo", [Some(0), Some(1), None]),
    ("@clerk/chrome-extension", [Some(0), Some(1), Some(3)]),
    ("@clerk/remix", [Some(0), Some(4), None]),
    ("@clerk/clerk-sdk-node", [Some(0), Some(5), None]),
];

/// The Core of a version of a package.
pub fn core(package: &str, version: &str) -> Option<u8> {
    let major = advisories::parse(version)?.major();
    let (_, firsts) = MAJORS.iter().find(|(name, _)| *name == package)?;
    let holding = firsts
        .iter()
        .zip(1..)
        .filter(|(first, _)| first.is_some_and(|first| first <= major));
    holding.map(|(_, core)| core).last()
}

/// The Core of a version of an SDK, or of `@clerk/shared`, which each SDK brings along.
pub fn core_of_any(package: &str, version: &str) -> Option<u8> {
    let major = advisories::parse(version)?.major();
    match (package, major) {
        ("@clerk/shared", 0 | 1) => Some(1),
        ("@clerk/shared", 2 | 3) => Some(2),
        ("@clerk/shared", 4..) => Some(3),
        _ => core(package, version),
    }
}

/// The major of a package in which a Core begins.
pub fn major_of(package: &str, core: u8) -> Option<u64> {
    let (_, firsts) = MAJORS.iter().find(|(name, _)| *name == package)?;
    *firsts.get(usize::from(core.checked_sub(1)?))?
}

/// The oldest Node.js that a version of a package runs on.
pub fn node(package: &str, version: &str) -> Option<Version> {
    let major = advisories::parse(version)?.major();
    let text = match (package, core(package, version)?, major) {
        ("@clerk/nuxt", _, 3..) => "20.19.0",
        ("@clerk/react-router", 2, _) => "20.0.0",
        (_, 3, _) => "20.9.0",
        (_, 2, _) => "18.17.0",
        _ => "14.0.0",
    };
    Version::parse(text).ok()
}

/// Whether a package on npm is Clerk's, or a community SDK for Clerk.
pub fn is_clerk(name: &str) -> bool {
    framework::is_clerk_package(Ecosystem::Npm, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_belongs_to_a_core() {
        for (package, version, of) in [
            ("@clerk/nextjs", "4.31.8", Some(1)),
            ("@clerk/nextjs", "5.0.0", Some(2)),
            ("@clerk/nextjs", "6.39.8", Some(2)),
            ("@clerk/nextjs", "7.0.0-snapshot.v1", Some(3)),
            ("@clerk/backend", "0.38.15", Some(1)),
            ("@clerk/backend", "2.33.8", Some(2)),
            ("@clerk/backend", "3.25.0", Some(3)),
            ("@clerk/hono", "0.1.79", Some(3)),
            ("@clerk/clerk-react", "5.61.11", Some(2)),
            ("@clerk/react", "5.54.0", Some(2)),
            ("@clerk/types", "4.0.0", None),
            ("@clerk/nextjs", "latest", None),
        ] {
            assert_eq!(core(package, version), of, "{package} {version}");
        }
        assert_eq!(major_of("@clerk/nextjs", 3), Some(7));
        assert_eq!(major_of("@clerk/remix", 3), None);
    }
}
