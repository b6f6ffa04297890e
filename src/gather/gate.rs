//! One look at each text that decides whether anybody has to look again. Nearly all files of a large tree
//! hold no word of interest to anyone.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::facts::code::{scan, shapes};
use crate::facts::secrets::search;

/// The words of all who look at source files.
pub(super) struct Gate(Option<AhoCorasick>);

impl Gate {
    /// A gate for all fixed words, and the names of workspace packages that bring Clerk along.
    pub(super) fn new(packages: &[&str]) -> Self {
        let fixed = shapes::words()
            .chain(scan::WORDS.iter().copied())
            .chain(search::beginnings())
            .chain([SERVER]);
        let words: Vec<&str> = fixed
            .map(|word: &'static str| -> &str { word })
            .chain(packages.iter().copied())
            .collect();
        let mut automaton = AhoCorasick::builder();
        // Some hundreds of words: as a table it takes half a megabyte, and half the time of the others.
        automaton.kind(Some(AhoCorasickKind::DFA));
        Self(automaton.ascii_case_insensitive(true).build(words).ok())
    }

    /// Whether any word stands in a text.
    pub(super) fn opens(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_none_or(|words| words.is_match(text))
    }
}

/// What stands in files with server functions.
pub(super) const SERVER: &str = "use server";
