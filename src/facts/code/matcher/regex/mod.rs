//! JavaScript regular expressions on short texts, with the meaning of ECMA-262 and never without end.
//!
//! Why our own: the crate with the same grammar (`regress`) backtracks without a bound, and the crate
//! with a bound (`fancy-regex`) reads another grammar (`\d`, `[^]`, `$`, groups that took nothing, what
//! `i` makes equal). A pattern is turned into steps, the steps run on their own stack, and past a
//! fixed number of them the answer is that there is none.

mod compile;
mod escape;
mod parse;
mod run;
mod set;

use std::sync::Arc;

use compile::Program;
use set::Folding;

/// A regular expression. A clone shares the compiled pattern.
#[derive(Debug, Clone)]
pub struct Regex {
    program: Arc<Program>,
    flags: Flags,
}

/// Why a pattern cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegexProblem {
    /// `new RegExp` throws.
    Invalid(String),
    /// It may be valid, and this engine does not know the feature.
    Unsupported(String),
}

impl std::fmt::Display for RegexProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RegexProblem::Invalid(why) => write!(f, "invalid regular expression: {why}"),
            RegexProblem::Unsupported(why) => write!(f, "regular expression not followed: {why}"),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Flags {
    folding: Folding,
    multiline: bool,
    dot_all: bool,
    unicode: bool,
    stateful: bool,
}

impl Regex {
    /// `new RegExp(source, flags)`.
    pub fn new(source: &str, flags: &str) -> Result<Regex, RegexProblem> {
        let flags = read_flags(flags)?;
        let mode = parse::Mode {
            unicode: flags.unicode,
            folding: flags.folding,
        };
        let (node, captures) = parse::parse(source, mode)?;
        let program = Arc::new(compile::compile(&node, captures, mode));
        Ok(Regex { program, flags })
    }

    /// Whether it matches anywhere in the text; `None` where finding out would take too long, or takes
    /// the case folding of Unicode (flags `i` and `u` on a text beyond ASCII).
    ///
    /// The flags `g` and `y` change nothing here: see [`Regex::is_stateful`].
    pub fn is_match(&self, text: &str) -> Option<bool> {
        if self.flags.folding == Folding::AsciiFold && !text.is_ascii() {
            return None;
        }
        run::matches(&self.program, self.flags, &units(text, self.flags.unicode))
    }

    /// Whether it carries the flag `g` or `y`, so that each `test` goes on where the last one ended.
    pub fn is_stateful(&self) -> bool {
        self.flags.stateful
    }
}

fn read_flags(flags: &str) -> Result<Flags, RegexProblem> {
    let twice = flags
        .char_indices()
        .any(|(i, flag)| flags.get(..i).is_some_and(|before| before.contains(flag)));
    if twice || flags.chars().any(|flag| !"dgimsuvy".contains(flag)) {
        let why = "Invalid flags supplied to RegExp constructor";
        return Err(RegexProblem::Invalid(why.to_owned()));
    }
    if flags.contains('v') {
        return Err(RegexProblem::Unsupported("the flag v".to_owned()));
    }
    let unicode = flags.contains('u');
    Ok(Flags {
        folding: match (flags.contains('i'), unicode) {
            (false, _) => Folding::None,
            (true, false) => Folding::Upper,
            (true, true) => Folding::AsciiFold,
        },
        multiline: flags.contains('m'),
        dot_all: flags.contains('s'),
        unicode,
        stateful: flags.contains(['g', 'y']),
    })
}

/// What JavaScript iterates over: code points under the flag `u`, else UTF-16 code units.
fn units(text: &str, unicode: bool) -> Vec<u32> {
    match unicode {
        true => text.chars().map(u32::from).collect(),
        false => text.encode_utf16().map(u32::from).collect(),
    }
}
