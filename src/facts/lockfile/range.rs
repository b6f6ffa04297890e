//! What a range says when there is no lock file.

use nodejs_semver::{Range, Version};

/// npm reads no version or range longer than this (node-semver, `internal/constants.js`, `MAX_LENGTH`).
const MAX_LENGTH: usize = 256;

/// The lowest version a range of a manifest allows. `None` where the range has no lower end or is no range:
/// `latest` and other tags, `*`, `workspace:*`, `catalog:`, addresses.
pub fn minimum(range: &str) -> Option<String> {
    let range = behind_protocol(range.trim())?;
    if range.is_empty() || range.len() > MAX_LENGTH {
        return None;
    }
    let parsed = Range::parse(range).ok()?;
    let lowest = parsed.min_version()?;
    let zero = Version::parse("0.0.0").ok()?;
    // Two builds of one version are the same to npm, which leaves the build out too.
    (lowest > zero)
        .then(|| lowest.to_string())
        .map(|text| text.split('+').next().unwrap_or_default().to_owned())
}

/// The range itself of `npm:name@range`, `npm:range` and `workspace:range`.
fn behind_protocol(range: &str) -> Option<&str> {
    let Some((protocol, rest)) = range.split_once(':') else {
        return Some(range);
    };
    match protocol {
        "workspace" => Some(rest),
        "npm" if rest.starts_with(|c: char| c == '@' || c.is_ascii_alphabetic()) => {
            super::split_name(rest).map(|(_, range)| range)
        }
        "npm" => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_lowest_version() {
        for (range, lowest) in [
            ("^15.0.0", "15.0.0"),
            ("~1.2", "1.2.0"),
            ("1.x || >=2.5.0", "1.0.0"),
            ("15.0.0-canary.3", "15.0.0-canary.3"),
            ("v1.2.3", "1.2.3"),
            (" >=4 <5 ", "4.0.0"),
            (">1.2.3", "1.2.4"),
            ("npm:next@^14.1.0", "14.1.0"),
            ("npm:@clerk/nextjs@6.1.0", "6.1.0"),
            ("npm:^14.1.0", "14.1.0"),
            ("workspace:^1.2.0", "1.2.0"),
        ] {
            assert_eq!(minimum(range).as_deref(), Some(lowest), "{range}");
        }
    }

    #[test]
    fn what_has_no_lower_end_has_no_lowest_version() {
        for range in [
            "",
            "*",
            "x",
            "latest",
            "next",
            "canary",
            "workspace:*",
            "workspace:^",
            "workspace:~",
            "catalog:",
            "catalog:react18",
            "<2",
            "git+https://h.test/x.git",
            "github:clerk/javascript",
            "clerk/javascript",
            "file:../x",
            "link:../x",
            "https://h.test/1.2.3.tgz",
            "npm:next",
            "npm:next@latest",
        ] {
            assert_eq!(minimum(range), None, "{range}");
        }
    }

    #[test]
    fn a_range_that_is_too_long_for_npm_is_no_range() {
        assert_eq!(minimum(&"1.0.0 || ".repeat(10_000)), None);
        assert_eq!(minimum("99999999999999999999.0.0"), None);
    }
}
