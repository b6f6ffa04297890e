//! Published advisories about Clerk's packages and what stands around them, as data with sources.
//!
//! `affected` holds the first affected version and the first fixed one. A prerelease sorts below its release,
//! so that `6.39.2-canary.1` does not count as fixed, and counts as being in its release's line.

mod clerk;
mod neighbours;
mod next;
mod patches;

pub use patches::{PATCHES, Patch};

use nodejs_semver::Version;

/// Up to when advisories and support windows are known. Checks may not read a clock; they name this date.
pub const KNOWLEDGE: &str = "2026-11-21";

/// All of them.
pub const ALL: &[&[Advisory]] = &[clerk::ALL, next::ALL, neighbours::ALL];

/// How bad it is by its publisher's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Low.
    Low,
    /// Moderate.
    Moderate,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Gravity {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Gravity::Low => "low",
            Gravity::Moderate => "moderate",
            Gravity::High => "high",
            Gravity::Critical => "critical",
        }
    }
}

/// What must be so in an app for an advisory to concern it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing more than the version.
    Always,
    /// Routes are closed by `createRouteMatcher()` in the middleware alone.
    RouteMatcher,
    /// `verifyWebhook()` is called.
    VerifyWebhook,
    /// The Frontend API is proxied by the SDK.
    FrontendApiProxy,
    /// `has()` or `protect()` is asked for several conditions at once.
    CombinedConditions,
    /// Routes are closed by the middleware alone.
    Middleware,
    /// Something about the app that is not read; the clause says what.
    Unseen(&'static str),
    /// The App Router is used.
    AppRouter,
}

/// A range of versions of one package.
#[derive(Debug, Clone, Copy)]
pub struct Affected {
    /// The package.
    pub package: &'static str,
    /// The first affected version.
    pub from: &'static str,
    /// The first fixed one.
    pub fixed: &'static str,
}

const fn affected(package: &'static str, from: &'static str, fixed: &'static str) -> Affected {
    Affected {
        package,
        from,
        fixed,
    }
}

/// One advisory.
#[derive(Debug, Clone, Copy)]
pub struct Advisory {
    /// `CVE-…`, else `GHSA-…`: the name under which it is known.
    pub id: &'static str,
    /// `GHSA-…`.
    pub ghsa: &'static str,
    /// How bad it is.
    pub gravity: Gravity,
    /// What can happen, as a clause.
    pub effect: &'static str,
    /// For whom.
    pub condition: Condition,
    /// Hosts that stop it before it reaches the app.
    pub stopped_by: &'static [&'static str],
    /// Where it is published.
    pub source: &'static str,
    /// When it was published.
    pub published: &'static str,
    /// How the ranges are known.
    pub basis: &'static str,
    /// The ranges.
    pub affected: &'static [Affected],
}

impl Advisory {
    /// The range that a version of a package lies in.
    pub fn hit(&self, package: &str, version: &str) -> Option<&Affected> {
        let version = parse(version)?;
        self.affected
            .iter()
            .find(|range| range.package == package && holds(range, &version))
    }
}

/// Every advisory that a version of a package lies in, the gravest first.
pub fn of(package: &str, version: &str) -> Vec<&'static Advisory> {
    let mut found: Vec<&Advisory> = ALL
        .iter()
        .flat_map(|list| list.iter())
        .filter(|advisory| advisory.hit(package, version).is_some())
        .collect();
    found.sort_by_key(|advisory| std::cmp::Reverse(advisory.gravity));
    found
}

/// Whether any advisory names a package.
pub fn names(package: &str) -> bool {
    ranges(package).next().is_some()
}

fn ranges(package: &str) -> impl Iterator<Item = &'static Affected> {
    let all = ALL.iter().flat_map(|list| list.iter());
    all.flat_map(|advisory| advisory.affected)
        .filter(move |range| range.package == package)
}

/// The lowest version above this one that no advisory names: of its own major line where there is one.
pub fn cure(package: &str, version: &str) -> Option<&'static str> {
    let installed = parse(version)?;
    let mut fixes: Vec<(Version, &'static str)> = ranges(package)
        .filter_map(|range| Some((parse(range.fixed)?, range.fixed)))
        .filter(|(fixed, _)| *fixed > installed)
        .collect();
    fixes.sort();
    let whole: Vec<&(Version, &str)> = fixes
        .iter()
        .filter(|(_, text)| of(package, text).is_empty())
        .collect();
    let same = |fixed: &&&(Version, &str)| line(&fixed.0) == line(&installed);
    let found = whole.iter().find(same).or(whole.first())?;
    Some(found.1)
}

/// What semver holds to be compatible: the major number, and below 1 the minor one too.
fn line(version: &Version) -> (u64, u64) {
    match version.major() {
        0 => (0, version.minor()),
        major => (major, 0),
    }
}

fn holds(range: &Affected, version: &Version) -> bool {
    let (Some(from), Some(fixed)) = (parse(range.from), parse(range.fixed)) else {
        return false;
    };
    let numbers = |version: &Version| (version.major(), version.minor(), version.patch());
    numbers(version) >= numbers(&from) && *version < fixed
}

/// A version as it can be compared; the build is left out, as npm does.
pub fn parse(version: &str) -> Option<Version> {
    // npm reads no longer one (node-semver, `MAX_LENGTH`).
    if version.len() > 256 {
        return None;
    }
    let plain = version.split('+').next()?.trim();
    Version::parse(plain).ok()
}

/// Whether a version comes before another one; `None` where one of them is none.
pub fn is_before(version: &str, other: &str) -> Option<bool> {
    Some(parse(version)? < parse(other)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_cures_all() {
        assert_eq!(cure("@clerk/nextjs", "6.20.0"), Some("6.39.3"));
        assert_eq!(cure("@clerk/nextjs", "7.0.5"), Some("7.2.4"));
        assert_eq!(cure("next", "15.0.0"), Some("15.5.28"));
        assert_eq!(cure("next", "16.0.0"), Some("16.4.1"));
    }

    #[test]
    fn a_line_without_a_fix_is_cured_by_the_next_one() {
        assert_eq!(cure("next", "13.5.9"), Some("15.5.28"));
        assert_eq!(cure("next", "14.2.35"), Some("15.5.28"));
    }

    #[test]
    fn what_is_no_version_is_in_no_range() {
        for version in ["", "latest", "^1", "workspace:*", "16", &"1".repeat(300)] {
            assert!(of("next", version).is_empty(), "{version}");
        }
    }
}
