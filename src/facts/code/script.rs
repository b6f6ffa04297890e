//! The code in a file, and the language it is in: the whole of a `.ts`, the script blocks of a Vue or
//! Svelte component, the front matter of an Astro page.
//!
//! What is no code is blanked out, so that every place in the code is the same place in the file. Two
//! script blocks become one module.

mod markup;

use std::ops::Range;
use std::sync::Arc;

use oxc_span::SourceType;

use markup::{Block, Tags};

/// Code to parse.
#[derive(Debug)]
pub(super) struct Script {
    /// As long as the file it stands in.
    pub(super) text: Arc<str>,
    /// Its language.
    pub(super) kind: SourceType,
    /// Whether its top level is the body of a function, from which one may return.
    pub(super) returns: bool,
}

/// The code in a file; `None` where the extension is of no file with code.
pub(super) fn of(path: &str, text: &Arc<str>) -> Option<Script> {
    if let Ok(kind) = SourceType::from_path(path) {
        return Some(Script {
            text: Arc::clone(text),
            kind,
            returns: false,
        });
    }
    let (_, extension) = path.rsplit_once('.')?;
    match extension {
        // Nested templates may hold any tag; only what stands beside them is the component's own
        // (https://vuejs.org/api/sfc-spec.html).
        "vue" => Some(component(text, &["template"], &["setup"])),
        // A script in the head of the document is the page's, not the component's
        // (https://svelte.dev/docs/svelte/svelte-files).
        "svelte" => Some(component(text, &["svelte:head"], &["module", "context"])),
        "astro" => Some(Script {
            text: blanked(text, &Vec::from_iter(front_matter(text))),
            kind: SourceType::ts(),
            returns: true,
        }),
        _ => None,
    }
}

/// The script blocks of a component: one that has an attribute of `second`, and one that has none. More
/// than one of a kind is an error in both frameworks.
fn component(text: &str, containers: &[&str], second: &[&str]) -> Script {
    let mut kept: [Option<Block<'_>>; 2] = [None, None];
    for block in Tags::new(text, containers).filter(Block::is_code) {
        let is_second = second.iter().any(|name| block.has(name));
        let [plain, other] = &mut kept;
        let place = if is_second { other } else { plain };
        place.get_or_insert(block);
    }
    let mut kept: Vec<Block<'_>> = kept.into_iter().flatten().collect();
    kept.sort_by_key(|block| block.inside.start);
    let kind = kept.iter().find_map(|block| match block.value("lang")? {
        "ts" | "typescript" => Some(SourceType::ts()),
        "tsx" => Some(SourceType::tsx()),
        _ => None,
    });
    let inside: Vec<_> = kept.into_iter().map(|block| block.inside).collect();
    Script {
        text: blanked(text, &inside),
        kind: kind.unwrap_or_else(SourceType::jsx),
        returns: false,
    }
}

/// What stands between the first line of `---` and the next one
/// (<https://docs.astro.build/en/basics/astro-components/#the-component-script>). Only space and
/// comments may stand before it.
fn front_matter(text: &str) -> Option<Range<usize>> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->")?.1.trim_start();
    }
    let inside = rest.strip_prefix("---")?;
    let start = text.len() - inside.len();
    let mut end = start;
    // No line of code begins with three dashes.
    for line in inside.split_inclusive('\n') {
        if end > start && line.trim_start().starts_with("---") {
            break;
        }
        end += line.len();
    }
    Some(start..end)
}

/// The text with spaces for everything outside these ranges. Line breaks stay; a line break and a
/// semicolon end each range, so that two of them on one line are two statements.
fn blanked(text: &str, kept: &[Range<usize>]) -> Arc<str> {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in kept {
        blank(text.get(at..range.start).unwrap_or_default(), &mut out);
        out.push_str(text.get(range.clone()).unwrap_or_default());
        at = range.end;
        if text.get(at..).is_some_and(|rest| rest.starts_with("</")) {
            out.push_str("\n;");
            at += "</".len();
        }
    }
    blank(text.get(at..).unwrap_or_default(), &mut out);
    Arc::from(out)
}

fn blank(text: &str, out: &mut String) {
    out.extend(text.bytes().map(|byte| match byte {
        b'\n' => '\n',
        _ => ' ',
    }));
}

#[cfg(test)]
mod tests;
