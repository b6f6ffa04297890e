//! Makes text that somebody else wrote fit to show.

use crate::model::Secret;

/// The longest piece of foreign text that is shown, in characters.
const LONGEST: usize = 200;

/// Below this, a part of the key is no secret, and looking for it would eat ordinary words.
const SHORTEST_PART: usize = 8;

/// How Clerk's and Svix's credentials begin.
const BEGINNINGS: [&str; 6] = ["sk_live_", "sk_test_", "whsec_", "ak_", "mt_", "oat_"];

/// Makes text that a server wrote fit to show: short, free of control characters, and without the key
/// that was sent, whole or without its prefix, in any letter case. Has no `Debug`: it knows the key.
#[derive(Default)]
pub struct Screen {
    parts: Vec<String>,
}

impl Screen {
    /// A screen that knows the key that was sent.
    pub fn new(key: &Secret) -> Self {
        let whole = key.expose().trim().to_ascii_lowercase();
        let body = whole.rsplit('_').next().unwrap_or_default().to_owned();
        let mut parts = vec![whole, body];
        parts.retain(|part| part.len() >= SHORTEST_PART);
        Self { parts }
    }

    /// A sentence of a server.
    pub fn sentence(&self, text: &str) -> String {
        let plain: String = text.chars().filter_map(printable).collect();
        let mut safe = String::new();
        for word in plain.split_inclusive(|c| !is_token(c)) {
            let token = word.trim_end_matches(|c| !is_token(c));
            safe.push_str(if self.is_secret(token) { "…" } else { token });
            safe.push_str(&word[token.len()..]);
        }
        let safe = safe.trim();
        match safe.char_indices().nth(LONGEST) {
            Some((cut, _)) => format!("{}…", &safe[..cut]),
            None => safe.to_owned(),
        }
    }

    /// A machine word of a server (a code, an id, a host, a media type), where it is one.
    pub fn token(&self, text: &str) -> Option<String> {
        let fits = !text.is_empty()
            && text.len() <= LONGEST
            && text.chars().all(|c| is_token(c) || c == ':');
        (fits && !self.is_secret(text)).then(|| text.to_owned())
    }

    fn is_secret(&self, token: &str) -> bool {
        let token = token.to_ascii_lowercase();
        // The short prefixes also end ordinary words ("break_"), so they count at the beginning only.
        let shaped = BEGINNINGS.iter().any(|beginning| {
            if beginning.len() >= SHORTEST_PART {
                token.contains(beginning)
            } else {
                token.starts_with(beginning)
            }
        });
        shaped || self.parts.iter().any(|part| token.contains(part.as_str()))
    }
}

/// Characters of which keys, codes, host names and media types are made.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.+/=~".contains(c)
}

/// Line breaks become spaces; what a terminal or a bidirectional renderer would act on is dropped.
fn printable(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' => Some(' '),
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Secret {
        Secret::new(format!("sk_live_{}", "Qx7".repeat(10)))
    }

    #[test]
    fn leaves_an_ordinary_sentence_alone() {
        let text = "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.";
        assert_eq!(Screen::new(&key()).sentence(text), text);
    }

    #[test]
    fn removes_the_key_in_every_disguise_it_can_see() {
        let screen = Screen::new(&key());
        let body = "Qx7".repeat(10);
        for echo in [
            format!("no such key: {}", key().expose()),
            format!("{body} is unknown"),
            format!("x={};", body.to_uppercase()),
            format!("sk_live_{}", "other".repeat(5)),
            format!("sk_li\u{1b}ve_{body}"),
            format!("sk_live_{}\u{200b}{body}", ""),
        ] {
            let shown = screen.sentence(&echo).to_lowercase();
            assert!(
                !shown.contains("qx7qx7") && !shown.contains("other"),
                "{shown}"
            );
        }
        assert_eq!(screen.token(&body), None);
        assert_eq!(screen.token(key().expose()), None);
    }

    #[test]
    fn drops_control_characters_and_cuts_long_text() {
        let screen = Screen::default();
        assert_eq!(
            screen.sentence("a\u{1b}[31mb\u{7}\u{202e}c\r\nd"),
            "a[31mbc  d"
        );
        let long = screen.sentence(&"é".repeat(1000));
        assert_eq!(long.chars().count(), LONGEST + 1);
    }

    #[test]
    fn takes_only_machine_words_as_tokens() {
        let screen = Screen::default();
        assert_eq!(
            screen.token("clerk_key_invalid").as_deref(),
            Some("clerk_key_invalid")
        );
        assert_eq!(screen.token("two words"), None);
        assert_eq!(screen.token(""), None);
        assert_eq!(screen.token(&"a".repeat(201)), None);
    }
}
