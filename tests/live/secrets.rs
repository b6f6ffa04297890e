//! No secret goes where it must not, and nothing is done that only reads not: in every scenario.

use crate::rig::{Run, secret_keys};
use crate::scenarios::runs;

/// Pieces of a key's random part; what comes before it stands in every guide.
fn pieces(key: &str) -> Vec<String> {
    let start = key.rfind('_').map_or(0, |at| at + 1);
    let random = &key[start..];
    (0..=random.len() - 12)
        .map(|at| random[at..at + 12].to_owned())
        .collect()
}

/// Asserts that a run said nothing of a secret, sent none where it must not be, and changed nothing.
pub fn kept(name: &str, run: &Run) {
    assert!(run.leaks.is_empty(), "{name}: {:#?}", run.leaks);
    assert!(run.violations.is_empty(), "{name}: {:#?}", run.violations);
    for key in secret_keys() {
        for piece in pieces(&key) {
            for (text, what) in [
                (&run.done.out, "standard output"),
                (&run.done.err, "standard error"),
                (&run.report, "the report"),
            ] {
                assert!(!text.contains(&piece), "{name}: a piece of a key in {what}");
            }
        }
    }
}

#[test]
fn no_piece_of_a_secret_reaches_any_host_but_the_backend_api_or_any_output() {
    for (fault, run) in runs() {
        kept(&fault.name, run);
    }
}

#[test]
fn the_key_goes_in_one_header_of_requests_that_read() {
    let key = &secret_keys()[0];
    let mut carried = 0;
    for (fault, run) in runs() {
        for seen in &run.seen {
            let with = seen
                .headers
                .iter()
                .filter(|(_, value)| value.contains(key.as_str()));
            let names: Vec<&str> = with.map(|(name, _)| name.as_str()).collect();
            assert!(
                names.is_empty() || (names == ["authorization"] && seen.method == "GET"),
                "{}: {} {} {names:?}",
                fault.name,
                seen.method,
                seen.path
            );
            carried += names.len();
            assert!(!seen.path.contains("sk_") && !seen.path.contains("whsec"));
        }
    }
    assert!(carried > 100, "{carried}");
}

/// What servers say may hold terminal escapes; what is printed holds none.
#[test]
fn no_output_holds_a_control_character() {
    for (fault, run) in runs() {
        for text in [&run.done.out, &run.done.err, &run.report] {
            let odd = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || is_odd(*c));
            assert!(odd.is_none(), "{}: {odd:?} in {text}", fault.name);
        }
    }
}

/// Characters that change the direction of a text, or hide in it.
pub fn is_odd(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}
