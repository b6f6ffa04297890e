//! Whose a key is. Stripe, WorkOS, Paystack and others issue `sk_live_…` too, and whoever delivers by Svix
//! issues `whsec_…`; nothing in such a key itself says whose it is, so that the text around it must.

use aho_corasick::AhoCorasick;

use super::Owner;
use crate::facts::keys::{self, Kind, Reading};
use crate::model::Secret;

/// What speaks for Clerk, and then what speaks for others who use the same prefixes. The first two are
/// publishable keys: one that decodes is Clerk's, and one that does not is Stripe's.
const SIGNS: &[&str] = &[
    "pk_live_",
    "pk_test_",
    "clerk", // and now others
    "stripe",
    "rk_live_",
    "rk_test_",
    "price_1",
    "acct_",
    "constructevent",
    "paystack",
    "workos",
    "polar",
    "paddle",
    "lemonsqueezy",
    "lemon_squeezy",
    "resend",
    "supabase",
    "dodo",
    "creem",
    "moyasar",
    "knock",
    "openai",
    "replicate",
    "razorpay",
    "liveblocks",
    "hookdeck",
    "tap_secret",
];

/// How many of [`SIGNS`] are publishable keys, and how many are not those of others.
const KEYS: usize = 2;
const CLERKS: usize = 3;

/// Bytes of the line before a key in which its name stands.
const NAME: usize = 160;

/// Bytes around a key that are about the same matter.
const AROUND: usize = 480;

/// A sign in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Clerk,
    Other,
}

/// Tells whose keys are.
pub(super) struct Signs(AhoCorasick);

impl Signs {
    pub(super) fn new() -> Option<Self> {
        let mut search = AhoCorasick::builder();
        let search = search.ascii_case_insensitive(true).build(SIGNS).ok()?;
        Some(Self(search))
    }

    /// Whose the credential at `start..end` is; `None` where it is surely another's, or where its short
    /// prefix could be anything.
    pub(super) fn owner(
        &self,
        text: &[u8],
        key: &std::ops::Range<usize>,
        kind: Kind,
        whole: &mut Whole,
    ) -> Option<Owner> {
        let slice = |from: usize, to: usize| text.get(from..to.max(from)).unwrap_or_default();
        let line = memchr::memrchr(b'\n', slice(0, key.start)).map_or(0, |at| at + 1);
        let before = slice(line.max(key.start.saturating_sub(NAME)), key.start);
        let until = (key.end + NAME).min(text.len());
        let after = slice(key.end, until);
        let after = after.split(|b| *b == b'\n').next().unwrap_or_default();
        let near = || {
            let above = self.last(slice(key.start.saturating_sub(AROUND), key.start));
            let below = self.first(slice(key.end, (key.end + AROUND).min(text.len())));
            match (above, below) {
                (Some((one, far)), Some((other, near))) if near < far => {
                    let _ = one;
                    Some(other)
                }
                (Some((one, _)), _) | (None, Some((one, _))) => Some(one),
                (None, None) => None,
            }
        };
        let close = self.last(before).or_else(|| self.first(after));
        let sign = close.map(|(sign, _)| sign).or_else(near);
        match sign {
            Some(Sign::Clerk) => return Some(Owner::Clerk),
            Some(Sign::Other) => return None,
            None => {}
        }
        if matches!(kind, Kind::Machine | Kind::Token) {
            return None;
        }
        // Stripe's keys are about 107 characters long, Clerk's about 50.
        if kind == Kind::Secret && key.len() > 90 {
            return None;
        }
        match whole.signs(self, text) {
            (true, false) => Some(Owner::Clerk),
            (false, true) => None,
            (true, true) | (false, false) => Some(Owner::Unclear),
        }
    }

    /// The first sign with its distance from the beginning.
    fn first(&self, text: &[u8]) -> Option<(Sign, usize)> {
        let mut found = self.all(text);
        found.next()
    }

    /// The last sign with its distance from the end.
    fn last(&self, text: &[u8]) -> Option<(Sign, usize)> {
        let (sign, at) = self.all(text).last()?;
        Some((sign, text.len() - at))
    }

    fn all<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = (Sign, usize)> + 't {
        self.0.find_iter(text).map(|hit| {
            let which = hit.pattern().as_usize();
            let rest = || text.get(hit.start()..).unwrap_or_default();
            let clerks = which < CLERKS && (which >= KEYS || is_clerks(rest()));
            let sign = if clerks { Sign::Clerk } else { Sign::Other };
            (sign, hit.start())
        })
    }
}

/// Whether a publishable key that begins here is Clerk's: it decodes to a host.
pub(super) fn is_clerks(text: &[u8]) -> bool {
    let key = token(text, Kind::Publishable);
    let key = String::from_utf8_lossy(text.get(..key).unwrap_or_default());
    matches!(keys::publishable(&Secret::new(key)), Reading::Key(_))
}

/// How long a token is that begins here, its prefix included. No key is longer than this bound.
pub(super) fn token(text: &[u8], kind: Kind) -> usize {
    const LONGEST: usize = 300;
    let of_base64 = matches!(kind, Kind::Publishable | Kind::Webhook);
    let of_key = |b: &u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'-')
            || (of_base64 && matches!(b, b'+' | b'/' | b'='))
    };
    text.iter().take(LONGEST).take_while(|b| of_key(b)).count()
}

/// What a text as a whole speaks of; looked for once, and only if it is asked.
#[derive(Default)]
pub(super) struct Whole {
    known: Option<(bool, bool)>,
    /// What its path says.
    path: String,
}

impl Whole {
    pub(super) fn of(path: &str) -> Self {
        Self {
            known: None,
            path: path.to_owned(),
        }
    }

    /// Whether it speaks of Clerk, and whether of others.
    fn signs(&mut self, signs: &Signs, text: &[u8]) -> (bool, bool) {
        if let Some(known) = self.known {
            return known;
        }
        let (mut clerk, mut other) = (false, false);
        for (sign, _) in signs.all(self.path.as_bytes()).chain(signs.all(text)) {
            match sign {
                Sign::Clerk => clerk = true,
                Sign::Other => other = true,
            }
            if clerk && other {
                break;
            }
        }
        *self.known.insert((clerk, other))
    }
}
