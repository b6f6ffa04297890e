//! Content Security Policy as the standard reads it: <https://www.w3.org/TR/CSP3/> (sections in the
//! comments are of that text).
//!
//! A policy that code puts together may have parts that cannot be told from the code. Such a part is the
//! character [`HOLE`] in its text, and every answer that depends on it is [`Answer::Unknown`].

mod source;

pub use source::{Address, Source};

/// Stands in a text for a part that is not known.
pub const HOLE: char = '\u{fffc}';

/// Whether a policy lets something through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Surely.
    Yes,
    /// Surely not.
    No,
    /// That depends on what is not known.
    Unknown,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A script from an address.
    Script,
    /// `fetch` and its like.
    Connect,
    /// A frame.
    Frame,
    /// A worker.
    Worker,
    /// An image.
    Image,
    /// A style.
    Style,
}

impl Kind {
    /// The directives that decide, the first that is there (§6.8.3, "directive fallback list").
    pub const fn directives(self) -> &'static [&'static str] {
        match self {
            Kind::Script => &["script-src-elem", "script-src", "default-src"],
            Kind::Connect => &["connect-src", "default-src"],
            Kind::Frame => &["frame-src", "child-src", "default-src"],
            Kind::Worker => &["worker-src", "child-src", "script-src", "default-src"],
            Kind::Image => &["img-src", "default-src"],
            Kind::Style => &["style-src-elem", "style-src", "default-src"],
        }
    }

    /// The directive in which one would write a source for it.
    pub const fn own(self) -> &'static str {
        match self {
            Kind::Script => "script-src",
            Kind::Connect => "connect-src",
            Kind::Frame => "frame-src",
            Kind::Worker => "worker-src",
            Kind::Image => "img-src",
            Kind::Style => "style-src",
        }
    }
}

/// One policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    directives: Vec<Directive>,
    /// Whether it may have directives that are not known.
    open: bool,
}

/// One directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name, in lower case.
    pub name: String,
    /// What it allows.
    pub sources: Vec<Source>,
    /// Whether an unknown directive before it may be of the same name, so that it would not count.
    shadowed: bool,
}

/// Which directive decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effective<'p> {
    /// This one.
    Directive(&'p Directive),
    /// None: everything is allowed.
    None,
    /// That cannot be told.
    Unknown,
}

impl Policy {
    /// The policies in the value of a header: a comma stands between two (§2.2.2, "parse a serialized CSP
    /// list").
    pub fn list(text: &str) -> Vec<Self> {
        let all = text.split(',').map(Self::parse);
        all.filter(|policy| !policy.directives.is_empty() || policy.open)
            .collect()
    }

    /// One policy (§2.2.1, "parse a serialized CSP"): the first directive of a name counts.
    pub fn parse(text: &str) -> Self {
        let mut policy = Self {
            directives: Vec::new(),
            // What ends in an unknown part may go on with directives of its own.
            open: text
                .trim_end_matches(['\'', ' ', '\n', ';'])
                .ends_with(HOLE)
                && !ends_in_a_nonce(text),
        };
        let mut shadowed = false;
        for part in text.split(';') {
            let mut tokens = part.split_ascii_whitespace();
            let Some(name) = tokens.next().map(str::to_ascii_lowercase) else {
                continue;
            };
            if name.contains(HOLE) {
                policy.open = true;
                shadowed = true;
                continue;
            }
            if policy.directive(&name).is_none() {
                policy.directives.push(Directive {
                    name,
                    sources: tokens.map(Source::parse).collect(),
                    shadowed,
                });
            }
        }
        policy
    }

    /// The directive of a name.
    pub fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives
            .iter()
            .find(|directive| directive.name == name)
    }

    /// Whether it has directives that cannot be told.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// The directive that decides about a kind.
    pub fn effective(&self, kind: Kind) -> Effective<'_> {
        for name in kind.directives() {
            match self.directive(name) {
                Some(directive) if directive.shadowed => return Effective::Unknown,
                Some(directive) => return Effective::Directive(directive),
                None if self.open => return Effective::Unknown,
                None => {}
            }
        }
        Effective::None
    }

    /// Whether it lets something of a kind through.
    pub fn allows(&self, kind: Kind, address: &Address<'_>) -> Answer {
        match self.effective(kind) {
            Effective::None => Answer::Yes,
            Effective::Unknown => Answer::Unknown,
            Effective::Directive(directive) => directive.allows(kind, address),
        }
    }

    /// Whether it lets the styles that a script writes into the page through (§6.7.3.3): with a nonce or a
    /// hash beside it, `'unsafe-inline'` does not count.
    pub fn allows_inline_style(&self) -> Answer {
        let Effective::Directive(directive) = self.effective(Kind::Style) else {
            return match self.effective(Kind::Style) {
                Effective::None => Answer::Yes,
                _ => Answer::Unknown,
            };
        };
        let has = |wanted: fn(&Source) -> bool| directive.sources.iter().any(wanted);
        // A nonce can be passed to Clerk's components.
        if has(|source| matches!(source, Source::Unknown | Source::Nonce | Source::Hash)) {
            Answer::Unknown
        } else if has(|source| *source == Source::UnsafeInline) {
            Answer::Yes
        } else {
            Answer::No
        }
    }
}

impl Directive {
    /// Whether it has a source.
    pub fn has(&self, source: &Source) -> bool {
        self.sources.contains(source)
    }

    /// Whether scripts are trusted by nonce or hash rather than by address (§6.7.1.1, §8.2).
    pub fn is_strict_dynamic(&self) -> bool {
        self.has(&Source::StrictDynamic)
    }

    fn allows(&self, kind: Kind, address: &Address<'_>) -> Answer {
        let by_trust = matches!(kind, Kind::Script | Kind::Worker);
        // With 'strict-dynamic' what a trusted script loads is trusted, and addresses say nothing.
        if by_trust && self.is_strict_dynamic() {
            return Answer::Unknown;
        }
        let mut unknown = false;
        for source in &self.sources {
            match source.matches(address) {
                Answer::Yes => return Answer::Yes,
                Answer::Unknown => unknown = true,
                Answer::No => {}
            }
            // A script with the nonce needs no address.
            unknown |= kind == Kind::Script && *source == Source::Nonce;
        }
        if unknown { Answer::Unknown } else { Answer::No }
    }
}

/// Whether the unknown part at the end of a text is all of a nonce: `'nonce-…'`.
fn ends_in_a_nonce(text: &str) -> bool {
    let last = text.trim_end_matches([' ', '\n', ';']).rsplit(' ').next();
    last.is_some_and(|last| last.starts_with("'nonce-") && last.ends_with('\''))
}

#[cfg(test)]
mod tests;
