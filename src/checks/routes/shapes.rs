//! What the checks over shapes of code share.

use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::facts::{Facts, lockfile};

/// A version as three numbers.
pub(super) type Version = (u32, u32, u32);

/// A Clerk package of the app.
pub(super) struct Package<'f> {
    /// Its name.
    pub name: &'f str,
    /// The version that a lock file tells, else the lowest that the manifest allows.
    pub version: Version,
    /// Whether a lock file tells it.
    pub is_exact: bool,
}

/// The Clerk packages of the app whose version is known, at least roughly.
pub(super) fn packages(facts: &Facts) -> impl Iterator<Item = Package<'_>> {
    facts.app.clerk.iter().filter_map(|package| {
        let exact = package.version.as_deref().and_then(numbers);
        let lowest = || numbers(&lockfile::minimum(&package.range)?);
        Some(Package {
            name: &package.name,
            version: exact.or_else(lowest)?,
            is_exact: exact.is_some(),
        })
    })
}

/// The numbers of a version; those of a prerelease are those of the release that it comes before.
fn numbers(version: &str) -> Option<Version> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(str::parse::<u32>);
    Some((
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    ))
}

/// A version as it is written.
pub(super) fn shown((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}

/// All shapes of a kind, with their files.
pub(super) fn all(facts: &Facts, is: impl Fn(&What) -> bool) -> Vec<(&FileShapes, &Shape)> {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.filter(|(_, shape)| is(&shape.what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prerelease_has_the_numbers_of_its_release() {
        assert_eq!(numbers("7.5.14"), Some((7, 5, 14)));
        assert_eq!(numbers("7.0.0-canary.3+x"), Some((7, 0, 0)));
        assert_eq!(numbers("latest"), None);
    }
}
