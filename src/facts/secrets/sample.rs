//! Whether the characters after a prefix were issued by a machine, or made up by whoever wrote a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::facts::keys::Kind;

/// Fewer characters say nothing.
const SHORTEST: usize = 16;

/// Words that people write into samples. A random key of 42 characters holds a given one of four letters
/// about once in 25,000.
const WORDS: &[&str] = &[
    "xxxx",
    "test",
    "example",
    "sample",
    "dummy",
    "fake",
    "mock",
    "your",
    "secret",
    "placeholder",
    "change",
    "replace",
    "redacted",
    "insert",
    "build",
    "local",
    "invalid",
    "stub",
    "demo",
    "clerk",
    "abcd",
    "1234",
    "0000",
    "aaaa",
    "token",
    "value",
    "never",
    "real",
    "deadbeef",
    "something",
    "random",
    "docs",
    "here",
    "fixture",
    "integration",
    "unused",
    "ignore",
    "abc123",
    "foobar",
];

/// How samples that companies print in their documents end: those of Svix and of Stripe.
const PRINTED: &[&str] = &["UPD8ILPZIo2LaSw", "WDarjtT1zdp7dc", "IlWgH4olfQ2"];

/// Whether a payload looks issued: long enough, of the alphabet of its kind, letters of both cases and a
/// digit, no word of a sample, no runs, many different characters. Clerk documents neither length nor
/// alphabet; what it issues today is about 40 letters and digits.
pub(super) fn looks_issued(kind: Kind, payload: &[u8]) -> bool {
    let body = payload.strip_suffix(b"=").unwrap_or(payload);
    let body = body.strip_suffix(b"=").unwrap_or(body);
    if body.len() < SHORTEST {
        return false;
    }
    let plain = |b: &u8| b.is_ascii_alphanumeric();
    let in_alphabet = match kind {
        Kind::Webhook => body.iter().all(|b| plain(b) || matches!(b, b'+' | b'/')),
        _ => body.iter().all(plain),
    };
    let has = |is: fn(&u8) -> bool| body.iter().any(is);
    in_alphabet
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && is_varied(body)
        && !has_word(body)
        && !PRINTED.iter().any(|end| body.ends_with(end.as_bytes()))
        && !is_encoded_text(body)
}

/// Whether there are many different characters, and few that only follow or repeat the one before.
fn is_varied(body: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut different = 0_usize;
    for byte in body {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            different += usize::from(!*seen);
            *seen = true;
        }
    }
    let runs = body.windows(2).filter(|pair| match pair {
        [one, next] => next == one || *next == one.wrapping_add(1),
        _ => false,
    });
    different >= 10.min(body.len() / 2 + 1) && runs.count() * 4 < body.len()
}

/// Whether it is the base64 of a text: what was issued is random, and hardly ever all printable.
fn is_encoded_text(body: &[u8]) -> bool {
    let whole = body.get(..body.len() - body.len() % 4).unwrap_or(body);
    let Ok(text) = STANDARD_NO_PAD.decode(whole) else {
        return false;
    };
    let printable = text.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
    let random = text.iter().all(u8::is_ascii_alphanumeric)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_uppercase)
        && !has_word(&text);
    printable && !random
}

fn has_word(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    WORDS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}
