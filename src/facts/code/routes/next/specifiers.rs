//! The modules that a text imports when it runs, found without parsing it.
//!
//! Thousands of modules lie between the pages of a large app and its few server functions. Their
//! imports are all that is asked of them, and `import` is a reserved word that can be searched for.
//! What is read into a comment, a string or markup by mistake hardly ever names a module.

use memchr::memmem;

/// Modules import a few dozen others, barrels some hundreds.
const MAX_SPECIFIERS: usize = 4096;

/// The specifiers of the values that a text imports or passes on, as written.
pub(super) fn specifiers(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // `import` and `export` share these letters.
    for at in memmem::find_iter(bytes, b"port") {
        let Some(start) = at.checked_sub(2) else {
            continue;
        };
        let is_import = match bytes.get(start..at) {
            Some(b"im") => true,
            Some(b"ex") => false,
            _ => continue,
        };
        if is_word_start(bytes, start) && !in_comment(text, start) {
            found.extend(Clause::new(text, at + 4).specifier(is_import));
        }
        if found.len() > MAX_SPECIFIERS {
            return found;
        }
    }
    for at in memmem::find_iter(bytes, b"require") {
        if is_word_start(bytes, at) && !in_comment(text, at) {
            found.extend(Clause::new(text, at + 7).argument());
        }
        if found.len() > MAX_SPECIFIERS {
            return found;
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

fn is_word_start(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_none_or(|byte| !is_word(*byte) && *byte != b'.')
}

/// Whether the line begins as a comment does.
fn in_comment(text: &str, at: usize) -> bool {
    /// What is written before an import on its line is short.
    const LOOK_BACK: usize = 120;
    let start = at.saturating_sub(LOOK_BACK);
    let before = text.as_bytes().get(start..at).unwrap_or_default();
    let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = before.get(line..).unwrap_or_default().trim_ascii_start();
    line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*")
}

/// What stands after the keyword.
struct Clause<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Clause<'t> {
    fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
            let space = space.count();
            let after = rest.get(space..).unwrap_or_default();
            let comment = match after {
                [b'/', b'/', ..] => memchr::memchr(b'\n', after),
                [b'/', b'*', ..] => memmem::find(after, b"*/").map(|end| end + 2),
                _ => Some(0),
            };
            self.at += space + comment.unwrap_or(after.len());
            if comment.is_none_or(|length| length == 0) {
                return;
            }
        }
    }

    fn word(&mut self) -> &'t str {
        let start = self.at;
        self.at += self
            .rest()
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn string(&self) -> Option<&'t str> {
        let quote = *self
            .rest()
            .first()
            .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        let inside = self.rest().get(1..)?;
        let end = memchr::memchr2(quote, b'\n', inside)?;
        let start = self.at + 1;
        (inside.get(end) == Some(&quote)).then(|| self.text.get(start..start + end))?
    }

    /// The plain text in brackets: `import("x")`, `require("x")`.
    fn argument(mut self) -> Option<&'t str> {
        self.skip_space();
        self.rest().first().filter(|byte| **byte == b'(')?;
        self.at += 1;
        self.skip_space();
        self.string()
    }

    fn specifier(mut self, is_import: bool) -> Option<&'t str> {
        self.skip_space();
        match self.rest().first()? {
            b'"' | b'\'' if is_import => return self.string(),
            b'(' if is_import => return self.argument(),
            _ => {}
        }
        self.from()
    }

    /// `x, { y, type Z } from "…"`, `* from "…"`; `None` where only types are taken.
    fn from(mut self) -> Option<&'t str> {
        let mut words = 0_usize;
        let mut types_only = false;
        // In braces: whether a name was met, and whether one of them is a value.
        let mut names = Names::default();
        loop {
            self.skip_space();
            match *self.rest().first()? {
                b'{' | b'}' | b',' | b'*' => {
                    names.sign(*self.rest().first()?);
                    self.at += 1;
                }
                byte if is_word(byte) => {
                    let word = self.word();
                    // Whatever this was, another statement begins.
                    if matches!(word, "import" | "export" | "const" | "function" | "class") {
                        return None;
                    }
                    self.skip_space();
                    let next = self.rest().first().copied();
                    if word == "from" && matches!(next, Some(b'"' | b'\'')) {
                        let only_types = types_only || names.are_types();
                        return self.string().filter(|_| !only_types);
                    }
                    let names_something =
                        next.is_some_and(|byte| is_word(byte) || byte == b'{' || byte == b'*');
                    let is_name =
                        self.rest().starts_with(b"from ") || self.rest().starts_with(b"from\"");
                    if words == 0
                        && names.is_outside()
                        && word == "type"
                        && names_something
                        && !is_name
                    {
                        types_only = true;
                    }
                    names.word(word);
                    words += 1;
                }
                _ => return None,
            }
        }
    }
}

/// What the braces of an import hold.
#[derive(Default)]
struct Names {
    open: bool,
    /// Whether the next word begins a name.
    fresh: bool,
    types: usize,
    values: usize,
}

impl Names {
    fn is_outside(&self) -> bool {
        !self.open
    }

    fn sign(&mut self, sign: u8) {
        match sign {
            b'{' => self.open = true,
            b'}' => self.open = false,
            b'*' => self.values += 1,
            _ => {}
        }
        self.fresh = true;
    }

    fn word(&mut self, word: &str) {
        if !self.open {
            self.values += 1;
        } else if self.fresh && word == "type" {
            self.types += 1;
        } else if self.fresh {
            self.values += 1;
        }
        self.fresh = false;
    }

    /// `import { type A, type B }` is gone when the program runs.
    fn are_types(&self) -> bool {
        self.types > 0 && self.values == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SPECIFIERS, specifiers};

    #[test]
    fn every_form_that_loads_a_module_is_found() {
        let text = r#"
import "./a"; import b from './b';import{c,d as e}from"./c";
import f, { g } from "./f" with { type: "json" };
import * as h from "./h";
import {
  i, // a comment
  type J,
} from "./i";
export * from "./k"; export * as l from "./l"; export { m } from './m';
import type from "./n"; import type, { o } from "./o";
const p = dynamic(() => import("./p")); const q = require('./q');
await import(/* webpackChunkName: "r" */ './r');
"#;
        let mut found = specifiers(text);
        found.sort_unstable();
        let letters = "abcfhiklmnopqr".chars();
        let all: Vec<String> = letters.map(|letter| format!("./{letter}")).collect();
        assert_eq!(found, all);
    }

    #[test]
    fn types_and_comments_load_nothing() {
        for text in [
            "import type { A } from './a'",
            "import type A from './a'",
            "import type * as A from './a'",
            "export type { A } from './a'",
            "import { type A, type B } from './a'",
            "// import a from './a'",
            "/* import a from './a' */",
            " * import a from './a'",
            "Array.from('a'); reimport('a'); x.import('./a'); import.meta.url",
            "export const from = './a'; export default from; export { a }",
            "import",
            "import {",
            "import('",
            "import /*",
            "export function from() { return './a' }",
        ] {
            assert_eq!(specifiers(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_hostile_text_comes_to_an_end() {
        for piece in [
            "import {",
            "import /*",
            "export {a,",
            "import(",
            "require(\"",
            "import type ",
        ] {
            let text = piece.repeat(20_000);
            assert!(specifiers(&text).len() <= MAX_SPECIFIERS + 1, "{piece}");
        }
    }
}
