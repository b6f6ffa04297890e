//! The grammar of the npm package `dotenv`, unchanged from 16.0 to 18.0 and bundled into `@next/env`
//! since 14 and into Vite 4 to 7. It is one regular expression, `LINE` in dotenv's `lib/main.js`; this is
//! what it matches, without its backtracking.

use super::js;
use super::lines::{Lines, NEXT_LINE, NOT_READ, Reader, is_quote};

/// Reads a file as `dotenv.parse` does.
pub(super) fn read(text: &str) -> Lines {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::new(&text);
    let mut at = skip_space(&text, 0);
    while at < text.len() {
        at = match assignment(&text, at) {
            Some(found) => {
                let value = found.value;
                let skipped = text.get(found.value_from..value.at);
                if skipped.is_some_and(|skipped| skipped.contains('\n')) {
                    reader.problem(found.name.0, NEXT_LINE);
                }
                reader.entry(found.name, (value.at, value.text), value.quote);
                value.end
            }
            None => {
                if !rest(&text, at).starts_with('#') {
                    reader.problem(at, NOT_READ);
                }
                line_end(&text, at)
            }
        };
        at = skip_space(&text, at);
    }
    reader.finish()
}

struct Found<'a> {
    name: (usize, &'a str),
    value_from: usize,
    value: Value,
}

struct Value {
    text: String,
    at: usize,
    quote: Option<char>,
    /// Where the match ends: before a line end, or at the end of the text.
    end: usize,
}

/// `(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)` and the value after it.
fn assignment(text: &str, at: usize) -> Option<Found<'_>> {
    let exported = rest(text, at)
        .strip_prefix("export")
        .filter(|tail| tail.starts_with(js::is_space))
        .and_then(|tail| name(text, skip_space(text, text.len() - tail.len())));
    // `export = x` sets a variable called `export`.
    let (name_at, name_end, value_from) = exported.or_else(|| name(text, at))?;
    Some(Found {
        name: (name_at, text.get(name_at..name_end)?),
        value_from,
        value: value(text, value_from),
    })
}

/// Where a name begins and ends, and where what follows its `=` or `: ` begins.
fn name(text: &str, at: usize) -> Option<(usize, usize, usize)> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let tail = rest(text, at).trim_start_matches(in_name);
    let end = text.len() - tail.len();
    if end == at {
        return None;
    }
    let equals = skip_space(text, end);
    if rest(text, equals).starts_with('=') {
        return Some((at, end, equals + 1));
    }
    let space = tail
        .strip_prefix(':')?
        .chars()
        .next()
        .filter(|c| js::is_space(*c))?;
    Some((at, end, end + 1 + space.len_utf8()))
}

/// The value, its quotes and its comment. A quote counts only where nothing but a comment follows the
/// closing one; otherwise the value is the rest of the line up to a `#`.
fn value(text: &str, from: usize) -> Value {
    let quote_at = skip_space(text, from);
    let quote = rest(text, quote_at).chars().next().filter(|c| is_quote(*c));
    if let Some((close, end)) = quote.and_then(|quote| closing(text, quote_at, quote)) {
        return unquoted(text, quote_at, close + 1, end);
    }
    let line = rest(text, from);
    let stop = from + line.find(['#', '\n']).unwrap_or(line.len());
    unquoted(text, from, stop, after_value(text, stop).unwrap_or(stop))
}

/// The closing quote and the end of the match. A quote after a backslash closes only if no other does,
/// the last one first: the order in which `(?:\\'|[^'])*` gives back what it took.
fn closing(text: &str, open: usize, quote: char) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut escaped = Vec::new();
    let mut from = open + 1;
    let mut plain = None;
    while let Some(step) = rest(text, from).find(quote) {
        let at = from + step;
        // The opening quote itself is never escaped: `open` is not a backslash.
        if bytes.get(at.wrapping_sub(1)) != Some(&b'\\') {
            plain = Some(at);
            break;
        }
        escaped.push(at);
        from = at + 1;
    }
    let mut candidates = plain.into_iter().chain(escaped.into_iter().rev());
    candidates.find_map(|close| Some((close, after_value(text, close + 1)?)))
}

/// `\s*(?:#.*)?$`: where the match ends, if nothing but space and a comment follows.
fn after_value(text: &str, at: usize) -> Option<usize> {
    let stop = skip_space(text, at);
    if stop == text.len() {
        return Some(stop);
    }
    if rest(text, stop).starts_with('#') {
        return Some(line_end(text, stop));
    }
    let last = text.get(at..stop)?.rfind(js::is_line_end)?;
    Some(at + last)
}

/// Trims, takes off the quotes, and resolves `\n` and `\r` where the value begins with `"`.
fn unquoted(text: &str, from: usize, to: usize, end: usize) -> Value {
    let raw = text.get(from..to).unwrap_or_default();
    let trimmed = js::trim(raw);
    let leading = raw.len() - raw.trim_start_matches(js::is_space).len();
    let (bare, quote) = without_quotes(trimmed);
    let text = if trimmed.starts_with('"') {
        bare.replace("\\n", "\n").replace("\\r", "\r")
    } else {
        bare
    };
    Value {
        text,
        at: from + leading + usize::from(quote.is_some()),
        quote,
        end,
    }
}

/// `replace(/^(['"`])([\s\S]*)\1$/mg, '$2')`, and the quote that surrounded the value. `^` and `$` hold at
/// every line end, which an unquoted value can contain as U+2028 or U+2029.
fn without_quotes(text: &str) -> (String, Option<char>) {
    if !text.contains(is_quote) {
        return (text.to_owned(), None);
    }
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut at = 0;
    let mut line_start = true;
    let closes = ['\'', '"', '`'].map(|c| (c, last_before_line_end(text, c)));
    while let Some(c) = rest(text, at).chars().next() {
        let next = at + c.len_utf8();
        let close = closes
            .iter()
            .filter(|(kind, _)| line_start && *kind == c)
            .find_map(|(_, close)| close.filter(|close| *close > at));
        if let Some(close) = close {
            quote = quote.or((at == 0).then_some(c));
            out.push_str(text.get(next..close).unwrap_or_default());
            at = close + 1;
            line_start = false;
        } else {
            out.push(c);
            line_start = js::is_line_end(c);
            at = next;
        }
    }
    (out, quote)
}

/// The last `quote` that stands before a line end or the end of the text.
fn last_before_line_end(text: &str, quote: char) -> Option<usize> {
    text.rmatch_indices(quote).map(|(at, _)| at).find(|at| {
        rest(text, at + 1)
            .chars()
            .next()
            .is_none_or(js::is_line_end)
    })
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn skip_space(text: &str, at: usize) -> usize {
    text.len() - rest(text, at).trim_start_matches(js::is_space).len()
}

fn line_end(text: &str, at: usize) -> usize {
    let line = rest(text, at);
    at + line.find(js::is_line_end).unwrap_or(line.len())
}
