//! What must never stand in the file, nor be shown of it.

/// How Clerk's secrets begin, and how many characters follow at least.
const SECRETS: &[(&str, usize)] = &[
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("whsec_", 12),
    ("ak_", 24),
];

/// The byte at which a secret of Clerk's begins, if the text holds one.
pub(super) fn find(text: &str) -> Option<usize> {
    let of = |(start, least): &(&str, usize)| {
        text.match_indices(start)
            .map(|(at, _)| at)
            .find(|at| is_alone(text, *at) && tail(text, at + start.len()) >= *least)
    };
    SECRETS.iter().filter_map(of).min()
}

/// Whether no word goes on there: `mask_live_…` is no key.
fn is_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// How many characters of a key follow.
fn tail(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b))
        .count()
}

/// Whether a line holds an address with a password.
pub(super) fn holds_password(line: &str) -> bool {
    let after = line.split("://").skip(1);
    after.into_iter().any(|rest| {
        let host = rest.split(['/', '"', '\'', ' ']).next().unwrap_or_default();
        host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_words_are_not() {
        for start in ["sk_live_", "sk_test_", "whsec_"] {
            let text = format!("a = 1\nnote = \"{start}{}\"\n", "aB3".repeat(8));
            assert_eq!(find(&text), Some(14), "{start}");
        }
        for text in [
            "",
            "sk_live_",
            "sk_live_…",
            "mask_live_abcdefghijklmnop",
            "tak_tik_toktoktoktoktoktoktok",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert!(holds_password("url = \"https://a:b@acme.shop\""));
        assert!(!holds_password("url = \"https://acme.shop/@a\""));
    }
}
