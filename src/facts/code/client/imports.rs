//! The specifiers in a text, by a look at its bytes alone: enough to tell which files may lead where. What
//! counts in the end is the syntax tree.

/// Longer ones are no specifiers.
const LONGEST: usize = 300;

/// Calls `each` for the text of every `from "x"`, `import "x"`, `import("x")` and `require("x")`.
pub(super) fn specifiers<'t>(text: &'t str, each: &mut dyn FnMut(&'t str)) {
    let bytes = text.as_bytes();
    for word in ["from", "import", "require"] {
        for at in memchr::memmem::find_iter(bytes, word.as_bytes()) {
            let rest = bytes.get(at + word.len()..).unwrap_or_default();
            let open = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'(';
            // A few spaces at most stand before the quote.
            let skipped = rest.iter().take(12).take_while(|byte| open(byte)).count();
            let Some(quote @ (b'"' | b'\'' | b'`')) = rest.get(skipped).copied() else {
                continue;
            };
            let inside = rest.get(skipped + 1..).unwrap_or_default();
            let inside = inside.get(..inside.len().min(LONGEST)).unwrap_or_default();
            let Some(end) = memchr::memchr(quote, inside) else {
                continue;
            };
            let start = at + word.len() + skipped + 1;
            if let Some(specifier) = text.get(start..start + end) {
                each(specifier);
            }
        }
    }
}
