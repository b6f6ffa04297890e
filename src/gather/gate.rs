//! One look at each text that decides whether anybody has to look again. Nearly all files of a large tree
//! hold no word of interest to anyone.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::facts::code::{scan, shapes};
use crate::facts::secrets::search;

/// What stands in files with server functions.
pub(super) const SERVER: &str = "use server";

/// The words of all who look at source files.
pub(super) struct Gate {
    words: Option<AhoCorasick>,
    /// So many of them, the first, are those of the shapes.
    of_shapes: usize,
}

impl Gate {
    /// A gate for all fixed words, and the names of workspace packages that bring Clerk along.
    pub(super) fn new(packages: &[&str]) -> Self {
        let of_shapes = shapes::words().count();
        let others = scan::WORDS.iter().copied().chain(search::beginnings());
        let fixed = shapes::words().chain(others).chain([SERVER]);
        let fixed: Vec<&str> = fixed.collect();
        let words = [&fixed, packages].concat();
        let mut automaton = AhoCorasick::builder();
        // Some hundreds of words: as a table it takes half a megabyte, and half the time of the others.
        automaton.kind(Some(AhoCorasickKind::DFA));
        Self {
            words: automaton.ascii_case_insensitive(true).build(words).ok(),
            of_shapes,
        }
    }

    /// Whether any word stands in a text.
    pub(super) fn opens(&self, text: &[u8]) -> bool {
        self.words.as_ref().is_none_or(|words| words.is_match(text))
    }

    /// Whether a word of the shapes does.
    pub(super) fn tells_of_shapes(&self, text: &[u8]) -> bool {
        self.words.as_ref().is_none_or(|words| {
            words
                .find_overlapping_iter(text)
                .any(|hit| hit.pattern().as_usize() < self.of_shapes)
        })
    }
}
