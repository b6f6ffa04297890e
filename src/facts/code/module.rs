//! One JavaScript or TypeScript module, read.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

use super::script::{self, Script};
use super::value::{Export, Function, Import, Offset};
use super::{lower, nesting, plant, tree};

/// A longer text is not code that people write, and not read.
const MAX_BYTES: usize = 1 << 20;

/// Whether a path has the extension of a file that is a module as a whole. The code in a Vue, Svelte or
/// Astro file can be read, too.
pub fn is_module(path: &str) -> bool {
    SourceType::from_path(path).is_ok()
}

/// A place in a text: 1-based, the column counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl Spot {
    /// The place of a byte of a text.
    pub fn of(text: &str, offset: Offset) -> Self {
        let mut end = (offset as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

/// Why a module could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// Where; the first line where the text as a whole is at fault.
    pub at: Spot,
    /// What is wrong, in words.
    pub message: String,
}

impl SyntaxProblem {
    /// Of a file that is there and could not be read at all.
    pub fn unread() -> Self {
        Self::whole("it cannot be opened, or is too large")
    }

    fn whole(message: impl Into<String>) -> Self {
        Self {
            at: Spot { line: 1, column: 1 },
            message: message.into(),
        }
    }
}

/// A module: what it takes from others, what it gives to others, and what it does on load.
#[derive(Debug, Default)]
pub struct Module {
    /// What it takes from other modules, `require` with a plain name included.
    pub imports: Vec<Import>,
    /// What it gives, in order.
    pub exports: Vec<Export>,
    /// The specifiers of `export * from "…"`.
    pub stars: Vec<String>,
    /// Its top level.
    pub body: Function,
    /// The whole of its code.
    pub program: Arc<tree::Program>,
    /// The first fault that the parser could step over.
    pub recovered: Option<SyntaxProblem>,
    text: Arc<str>,
}

impl Module {
    /// Reads a module, also the script blocks of a `.vue` or `.svelte` file and the front matter of an
    /// `.astro` file, each at its place in the file. The path says which language it is by its
    /// extension, and nothing else.
    pub fn read(path: &str, text: &Arc<str>) -> Result<Self, SyntaxProblem> {
        Self::read_on(path, text, 0)
    }

    /// Reads a module on a thread that has this much stack left; where that is too little, on another.
    pub(super) fn read_on(
        path: &str,
        text: &Arc<str>,
        available: usize,
    ) -> Result<Self, SyntaxProblem> {
        with_program(path, text, available, |program, problem| {
            let mut module = lower::module(program);
            module.program = Arc::new(plant::program(program));
            module.recovered = problem;
            module.text = Arc::clone(text);
            module
        })
    }

    /// Line and column of an offset of this module.
    pub fn spot(&self, at: Offset) -> Spot {
        Spot::of(&self.text, at)
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The import that binds a name.
    pub fn import(&self, local: &str) -> Option<&Import> {
        self.imports.iter().find(|import| import.local == local)
    }

    /// The export of a name. A later one wins, as an assignment to `exports.x` does.
    pub fn export(&self, name: &str) -> Option<&Export> {
        self.exports.iter().rev().find(|export| export.name == name)
    }

    /// The names of its exports, in order.
    pub fn export_names(&self) -> Vec<String> {
        self.exports.iter().map(|e| e.name.clone()).collect()
    }
}

/// Parses a module and does something with its tree as oxc has it, and with the first fault that the
/// parser could step over. The thread has `available` stack left.
pub(super) fn with_program<T: Send>(
    path: &str,
    text: &Arc<str>,
    available: usize,
    work: impl FnOnce(&Program<'_>, Option<SyntaxProblem>) -> T + Send,
) -> Result<T, SyntaxProblem> {
    if text.len() > MAX_BYTES {
        return Err(SyntaxProblem::whole("the file is larger than 1 MiB"));
    }
    let Some(script) = script::of(path, text) else {
        return Err(SyntaxProblem::whole("not a JavaScript or TypeScript file"));
    };
    // The parser recurses once for each construct that stands in another one, so it gets a stack
    // that fits the text instead of the one we happen to run on.
    let stack = nesting::stack_for(&script.text)?;
    let work = || parse(text, &script, work);
    let read = if stack <= available {
        Ok(std::panic::catch_unwind(AssertUnwindSafe(work)))
    } else {
        std::thread::scope(|scope| {
            std::thread::Builder::new()
                .stack_size(stack)
                .spawn_scoped(scope, work)
                .map(std::thread::ScopedJoinHandle::join)
        })
    };
    match read {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(SyntaxProblem::whole("the parser gave up on this file")),
        Err(error) => Err(SyntaxProblem::whole(format!(
            "no thread to parse it: {error}"
        ))),
    }
}

fn parse<T>(
    text: &str,
    script: &Script,
    work: impl FnOnce(&Program<'_>, Option<SyntaxProblem>) -> T,
) -> Result<T, SyntaxProblem> {
    let arena = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: script.returns,
        ..ParseOptions::default()
    };
    let read = |kind| {
        let parser = Parser::new(&arena, &script.text, kind);
        parser.with_options(options).parse()
    };
    // A `.js` file may be a module or a script; a script has freedoms that a module has not.
    let kind = script.kind;
    let mut parsed = read(kind);
    if parsed.panicked && !kind.is_typescript() {
        parsed = read(kind.with_unambiguous(true).with_jsx(true));
    }
    let problem = first_problem(&parsed, text);
    if parsed.panicked {
        return Err(problem.unwrap_or_else(|| SyntaxProblem::whole("not valid code")));
    }
    Ok(work(&parsed.program, problem))
}

fn first_problem(parsed: &ParserReturn<'_>, text: &str) -> Option<SyntaxProblem> {
    let first = parsed.diagnostics.errors().next()?;
    let offset = first.labels.first().map_or(0, |label| label.offset());
    Some(SyntaxProblem {
        at: Spot::of(text, offset),
        message: first.message.to_string(),
    })
}

#[cfg(test)]
mod tests;
