//! The search for credentials in a text: bytes first, and a close look only at what begins like a key.

use aho_corasick::AhoCorasick;

use super::owner::{self, Signs, Whole};
use super::{Credential, Owner, sample};
use crate::facts::code::module::Spot;
use crate::facts::keys::{self, Kind, Mode, Reading};
use crate::model::Secret;

/// What a credential begins with.
const PREFIXES: &[(&str, Kind, Option<Mode>)] = &[
    ("sk_live_", Kind::Secret, Some(Mode::Live)),
    ("sk_test_", Kind::Secret, Some(Mode::Test)),
    ("whsec_", Kind::Webhook, None),
    ("ak_", Kind::Machine, None),
    ("mt_", Kind::Token, None),
    ("oat_", Kind::Token, None),
    ("pk_live_", Kind::Publishable, Some(Mode::Live)),
    ("pk_test_", Kind::Publishable, Some(Mode::Test)),
];

/// So many of one text are kept; more say nothing new.
const MOST: usize = 50;

/// So many of one text are looked at closely.
const CANDIDATES: usize = 5_000;

/// Searches texts for credentials. Made once, used for all texts, on every thread.
pub struct Search {
    prefixes: AhoCorasick,
    signs: Signs,
}

/// The beginnings of what is searched for: a text without any of them holds no credential.
pub fn beginnings() -> impl Iterator<Item = &'static str> {
    PREFIXES.iter().map(|(prefix, ..)| *prefix)
}

impl Search {
    /// A search; `None` only if it could not be built.
    pub fn new() -> Option<Self> {
        Some(Self {
            prefixes: AhoCorasick::new(PREFIXES.iter().map(|(prefix, ..)| prefix)).ok()?,
            signs: Signs::new()?,
        })
    }

    /// The whole credentials in a text, in order. Takes linear time.
    pub fn credentials(&self, path: &str, text: &[u8]) -> Vec<Credential> {
        let mut found = Vec::new();
        let mut left = CANDIDATES;
        let mut cursor = Cursor::default();
        let mut whole: Option<Whole> = None;
        for hit in self.prefixes.find_iter(text) {
            let entry = PREFIXES.get(hit.pattern().as_usize());
            let Some((prefix, kind, mode)) = entry.filter(|_| begins(text, hit.start())) else {
                continue;
            };
            let rest = text.get(hit.start()..).unwrap_or_default();
            let length = owner::token(rest, *kind);
            let key = rest.get(..length).unwrap_or_default();
            let payload = key.get(prefix.len()..).unwrap_or_default();
            if payload.len() < 8 || goes_on(rest.get(length..).unwrap_or_default()) {
                continue;
            }
            if left == 0 || found.len() >= MOST {
                break;
            }
            left -= 1;
            let value = Secret::new(String::from_utf8_lossy(key));
            let range = hit.start()..hit.start() + length;
            let whole = whole.get_or_insert_with(|| Whole::of(path));
            let Some(owner) = self.judge(*kind, payload, &value, text, &range, whole) else {
                continue;
            };
            found.push(Credential {
                kind: *kind,
                mode: *mode,
                owner,
                value,
                at: cursor.spot(text, hit.start()),
                is_fallback: is_fallback(text, hit.start()),
                is_conditional: is_conditional(text, &range),
            });
        }
        share_mode(&mut found);
        found
    }

    /// Whose a candidate is; `None` where it is no credential of interest.
    fn judge(
        &self,
        kind: Kind,
        payload: &[u8],
        value: &Secret,
        text: &[u8],
        range: &std::ops::Range<usize>,
        whole: &mut Whole,
    ) -> Option<Owner> {
        if kind == Kind::Publishable {
            // It carries its owner: the host of a Frontend API.
            let read = matches!(keys::publishable(value), Reading::Key(_));
            return read.then_some(Owner::Clerk);
        }
        if !keys::is_credential(value.expose()) || !sample::looks_issued(kind, payload) {
            return None;
        }
        self.signs.owner(text, range, kind, whole)
    }
}

/// A signing secret or machine key says of no instance; where all keys beside it are of a development instance,
/// it is too.
fn share_mode(found: &mut [Credential]) {
    let has = |wanted| {
        let mut keys = found.iter().filter(|one| one.owner == Owner::Clerk);
        keys.any(|one| one.mode == Some(wanted))
    };
    if has(Mode::Test) && !has(Mode::Live) {
        for one in found.iter_mut().filter(|one| one.mode.is_none()) {
            one.mode = Some(Mode::Test);
        }
    }
}

/// Whether a word begins here. In JSON and notebooks the letter of `\n` may stand before it.
fn begins(text: &[u8], at: usize) -> bool {
    let byte = |back: usize| at.checked_sub(back).and_then(|at| text.get(at)).copied();
    let Some(before) = byte(1) else {
        return true;
    };
    let word = before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-');
    let escaped = matches!(before, b'n' | b't' | b'r') && byte(2) == Some(b'\\');
    !word || escaped
}

/// Whether a text goes on in a way that shows that it is cut short or put together.
fn goes_on(rest: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"..", b"*", b"<", b"${", b"{", "…".as_bytes()];
    marks.iter().any(|mark| rest.starts_with(mark))
}

/// Whether it stands after `||` or `??`.
fn is_fallback(text: &[u8], at: usize) -> bool {
    let start = at.saturating_sub(40);
    let before = text.get(start..at).unwrap_or_default();
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'"));
    let before = before.unwrap_or_default().trim_ascii_end();
    before.ends_with(b"||") || before.ends_with(b"??")
}

/// Whether what stands around it chooses it for development.
fn is_conditional(text: &[u8], range: &std::ops::Range<usize>) -> bool {
    let around = text.get(range.start.saturating_sub(200)..(range.end + 80).min(text.len()));
    let around = around.unwrap_or_default().to_ascii_lowercase();
    let words: [&[u8]; 6] = [
        b"node_env",
        b"__dev__",
        b"env.dev",
        b"development",
        b"isdev",
        b"env.prod",
    ];
    words
        .iter()
        .any(|word| memchr::memmem::find(&around, word).is_some())
}

/// Lines and columns of places that are asked for in order, so that the text is counted once.
#[derive(Default)]
struct Cursor {
    at: usize,
    newlines: usize,
    characters: usize,
}

impl Cursor {
    fn spot(&mut self, text: &[u8], to: usize) -> Spot {
        let between = text.get(self.at..to).unwrap_or_default();
        let last = memchr::memrchr(b'\n', between);
        self.newlines += memchr::memchr_iter(b'\n', between).count();
        let line = last.map_or(between, |at| between.get(at + 1..).unwrap_or_default());
        if last.is_some() {
            self.characters = 0;
        }
        // A character begins wherever a byte is no continuation of one (UTF-8).
        self.characters += line.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        self.at = to;
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Spot {
            line: number(self.newlines),
            column: number(self.characters),
        }
    }
}
