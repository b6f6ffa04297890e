//! What makes a finding the same finding tomorrow: the check, the app, where it points and what it says,
//! never on which line. Lines move with every edit; a baseline that went by them would come to life again
//! with each rebase, and an ignore by position would hide the next secret that lands there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::{CheckResult, Finding, Outcome, Place};

/// Bytes of the digest that are kept: enough that two findings never meet.
const KEPT: usize = 16;

/// Gives every finding of an app its fingerprint.
pub(super) fn attach(app: &str, results: &mut [CheckResult]) {
    for result in results {
        let (Outcome::Fail(findings) | Outcome::Warn(findings)) = &mut result.outcome else {
            continue;
        };
        // Two of a kind in one file are told apart by their order.
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for finding in findings {
            let traits = traits(result.meta.id, app, finding);
            let nth = seen.entry(traits.clone()).or_default();
            finding.fingerprint = digest(&format!("{traits}\0{nth}"));
            *nth += 1;
        }
    }
}

/// What a finding is known by.
fn traits(id: &str, app: &str, finding: &Finding) -> String {
    if let Some(what) = &finding.known_by {
        return [id, app, what].join("\0");
    }
    let (place, text) = match finding.place() {
        None => ("", String::new()),
        Some(Place::Span { file, excerpt, .. }) => {
            let text = excerpt.as_ref().map(|excerpt| excerpt.text.as_str());
            (
                file.as_str(),
                text.unwrap_or_default().split_whitespace().collect(),
            )
        }
        Some(Place::File { file }) => (file.as_str(), String::new()),
        Some(Place::Variable { name, .. }) => (name.as_str(), String::new()),
        Some(Place::Url { url }) => (url.as_str(), String::new()),
    };
    let message = without_numbers(&finding.message);
    [id, app, place, &text, &message].join("\0")
}

/// The message with `#` for each number that stands alone: days left, lines and counts change by themselves.
fn without_numbers(message: &str) -> String {
    let mut plain = String::with_capacity(message.len());
    for word in message.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let end = word.find(|c: char| !c.is_alphanumeric());
        let (letters, after) = word.split_at(end.unwrap_or(word.len()));
        let number = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_digit());
        plain.push_str(if number { "#" } else { letters });
        plain.push_str(after);
    }
    plain
}

fn digest(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let mut hex = String::with_capacity(2 * KEPT);
    for byte in digest.as_ref().iter().take(KEPT) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks;

    fn prints(findings: Vec<Finding>) -> Vec<String> {
        let mut results = [CheckResult {
            meta: checks::ALL[0].meta,
            outcome: Outcome::Fail(findings),
            acknowledged: Vec::new(),
        }];
        attach(".", &mut results);
        let findings = results[0].outcome.findings().iter();
        findings.map(|one| one.fingerprint.clone()).collect()
    }

    fn at(line: u32, message: &str) -> Finding {
        let place = Place::Span {
            file: "app/page.tsx".to_owned(),
            line,
            column: 3,
            excerpt: None,
        };
        Finding::error(message).at(place, "")
    }

    #[test]
    fn a_moved_line_and_another_count_are_the_same_finding() {
        let before = prints(vec![at(3, "it ends in 12 days")]);
        assert_eq!(before, prints(vec![at(90, "it ends in 9 days")]));
        assert_ne!(before, prints(vec![at(3, "it ends in 12 hours")]));
        assert_eq!(before[0].len(), 32);
    }

    #[test]
    fn two_of_a_kind_are_two_findings() {
        let both = prints(vec![at(3, "one"), at(9, "one")]);
        assert_ne!(both[0], both[1]);
        assert_eq!(both[0], prints(vec![at(5, "one")])[0]);
    }

    #[test]
    fn what_is_known_by_itself_is_the_same_at_another_place_and_in_other_words() {
        let known = |line, message| prints(vec![at(line, message).known_by("the provider")]);
        assert_eq!(known(3, "one uses it"), known(9, "another uses it"));
        assert_ne!(known(3, "one uses it"), prints(vec![at(3, "one uses it")]));
    }

    #[test]
    fn another_secret_on_the_same_line_is_another_finding() {
        assert_eq!(
            without_numbers("v1, 2 of 3: sk_live_…4qRd"),
            "v1, # of #: sk_live_…4qRd"
        );
        let of = |tail: &str| prints(vec![at(3, &format!("sk_live_…{tail} is in the code"))]);
        assert_ne!(of("4qRd"), of("9xYz"));
    }
}
