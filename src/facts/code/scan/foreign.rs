//! Calls in languages that are not parsed: Python, Go, Ruby.

use super::files::{Language, language};
use super::tokens::{Token, Tokens};
use crate::facts::code::Spot;

/// The first of these functions or modules that a file of another language than JavaScript uses, where
/// the file takes something from Clerk. An import alone is no use.
pub fn foreign_call(
    path: &str,
    text: &str,
    calls: &[&'static str],
) -> Option<(&'static str, Spot)> {
    let language = language(path).filter(|language| *language != Language::Script)?;
    let is_ruby = path.ends_with(".rb");
    let mut of_clerk = false;
    let mut found = None;
    let mut before = Token::Sign(b';');
    let mut tokens = Tokens::new(text, language).peekable();
    while let Some((token, at)) = tokens.next() {
        match token {
            Token::Word(word) => {
                of_clerk |= word == "clerk_backend_api" || word == "Clerk";
                let called = matches!(tokens.peek(), Some((Token::Sign(b'('), _)));
                let handed_over = before == Token::Sign(b'(');
                let last = |call: &&&'static str| call.rsplit([':', '.']).next() == Some(word);
                if found.is_none() && (is_ruby || called || handed_over) {
                    found = calls.iter().find(last).map(|call| (*call, at));
                }
            }
            Token::Text(source) => of_clerk |= source.starts_with("github.com/clerk/"),
            Token::Sign(_) => {}
        }
        before = token;
    }
    let (call, at) = found.filter(|_| of_clerk)?;
    Some((call, Spot::of(text, u32::try_from(at).unwrap_or(u32::MAX))))
}
