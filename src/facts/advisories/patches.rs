//! Security fixes of Clerk's packages that came without an advisory (the changelogs of clerk/javascript).

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Patch {
    /// The package.
    pub package: &'static str,
    /// From which version on its line had the code.
    pub from: &'static str,
    /// The version that has the fix.
    pub fixed: &'static str,
    /// What it mends, as a noun.
    pub what: &'static str,
}

impl Patch {
    /// Whether a version is behind it.
    pub fn is_missed_by(&self, package: &str, version: &str) -> bool {
        let before = |one, other| super::is_before(one, other) == Some(true);
        self.package == package && before(version, self.fixed) && !before(version, self.from)
    }
}

const fn patch(
    package: &'static str,
    from: &'static str,
    fixed: &'static str,
    what: &'static str,
) -> Patch {
    Patch {
        package,
        from,
        fixed,
        what,
    }
}

const BACKEND: &str = "@clerk/backend";

/// By package and version.
pub const PATCHES: &[Patch] = &[
    patch(
        "@clerk/express",
        "2.0.0",
        "2.1.25",
        "a req.auth of another library that made Clerk skip its check (clerk/javascript#8804)",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.2.13",
        "path traversal in Backend API paths",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.4.8",
        "handling of the audience and the typ of tokens",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.5.0",
        "private metadata that buildClerkProps() leaked",
    ),
    patch(BACKEND, "3.0.0", "3.6.0", "tokens in debug output"),
    patch(
        BACKEND,
        "3.0.0",
        "3.11.1",
        "azp, where authorizedParties is set",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.11.7",
        "machine tokens taken from the session cookie",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.12.0",
        "trust in referrers named accounts.*",
    ),
    patch(BACKEND, "3.0.0", "3.16.7", "parsing of cookies"),
    patch(
        BACKEND,
        "3.0.0",
        "3.16.8",
        "signing keys shared between instances in one process",
    ),
    patch(
        BACKEND,
        "3.0.0",
        "3.16.9",
        "tokens of a JWT template taken for sessions",
    ),
    patch(
        "@clerk/nextjs",
        "7.0.0",
        "7.2.8",
        "comparison of signatures in constant time",
    ),
    patch(
        "@clerk/nextjs",
        "7.0.0",
        "7.3.1",
        "keyless mode that failed open",
    ),
    patch("@clerk/shared", "3.0.0", "3.43.1", "prototype pollution"),
    patch(
        "@clerk/shared",
        "4.0.0",
        "4.13.1",
        "js-cookie (GHSA-qjx8-664m-686j)",
    ),
];
