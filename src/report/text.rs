//! Display width: wrapping, padding, and cutting a line around the part that matters.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text, filled up to `columns` with spaces.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks a text between words so that each line fits. Without a width, or where a word alone is too
/// long, a line stays whole: nothing is ever cut here.
pub(super) fn wrap(text: &str, columns: Option<usize>) -> Vec<String> {
    let columns = match columns {
        Some(columns) if width(text) > columns => columns,
        _ => return vec![text.to_owned()],
    };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Wraps, and indents every line but the first. `used` columns are already taken on the first line,
/// and `used` spaces stand before the others.
pub(super) fn hang(text: &str, used: usize, columns: Option<usize>) -> String {
    let lines = wrap(text, columns.map(|all| all.saturating_sub(used).max(1)));
    lines.join(&format!("\n{}", " ".repeat(used)))
}

/// A line of which a part is marked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// What to show.
    pub(super) text: String,
    /// Column at which the marked part begins, from 0.
    pub(super) column: usize,
    /// Columns of the marked part; at least 1.
    pub(super) columns: usize,
}

/// Fits a line into `room` columns: keeps the marked bytes `start..end` in view, with `cut` where
/// something was left out.
pub(super) fn fit(text: &str, start: usize, end: usize, room: usize, cut: &str) -> Marked {
    let cells: Vec<(usize, char, usize)> = text
        .char_indices()
        .map(|(at, c)| (at, c, c.width().unwrap_or(0)))
        .collect();
    let columns = |from: usize, to: usize| -> usize {
        let inside = cells.iter().filter(|(at, ..)| (from..to).contains(at));
        inside.map(|(_, _, columns)| columns).sum()
    };
    let (before, marked, after) = (
        columns(0, start),
        columns(start, end),
        columns(end, text.len()),
    );
    if before + marked + after <= room {
        return Marked {
            text: text.to_owned(),
            column: before,
            columns: marked.max(1),
        };
    }
    // What is left beside the marked part goes to its left first, half at most if the right needs it.
    let room = room.saturating_sub(2 * width(cut)).max(1);
    let spare = room.saturating_sub(marked);
    let left = before.min(spare - after.min(spare / 2));
    let from = before - left;
    let mut shown = String::new();
    let (mut seen, mut taken, mut column, mut marked_columns) = (0, 0, None, 0);
    for (at, c, columns) in cells {
        if seen >= from && taken + columns <= room {
            if at >= start {
                column.get_or_insert(taken);
                marked_columns += if at < end { columns } else { 0 };
            }
            shown.push(c);
            taken += columns;
        } else if seen >= from {
            break;
        }
        seen += columns;
    }
    let head = if from > 0 { cut } else { "" };
    let tail = if from + taken < before + marked + after {
        cut
    } else {
        ""
    };
    Marked {
        column: width(head) + column.unwrap_or(taken),
        columns: marked_columns.max(1),
        text: format!("{head}{shown}{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_between_words_and_never_inside_one() {
        assert_eq!(wrap("aa bb cc", Some(5)), ["aa bb", "cc"]);
        assert_eq!(wrap("a loooong b", Some(4)), ["a", "loooong", "b"]);
        assert_eq!(wrap("aa bb cc", None), ["aa bb cc"]);
        assert_eq!(wrap("", Some(5)), [""]);
        assert_eq!(wrap("a  b", Some(5)), ["a  b"], "what fits is untouched");
    }

    #[test]
    fn a_line_that_fits_stays_whole() {
        let line = fit("KEY=value", 4, 9, 20, "…");
        assert_eq!(line.text, "KEY=value");
        assert_eq!((line.column, line.columns), (4, 5));
    }

    #[test]
    fn a_long_line_is_cut_around_the_marked_part() {
        let text = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let line = fit(&text, 500, 504, 24, "…");
        assert_eq!(line.text, "…aaaaaaaaaHEREbbbbbbbbb…");
        assert_eq!((line.column, line.columns), (10, 4));
    }

    #[test]
    fn a_marked_part_longer_than_the_room_is_shown_from_its_beginning() {
        let text = "x".repeat(100);
        let line = fit(&text, 10, 90, 20, "…");
        assert_eq!(width(&line.text), 20);
        assert_eq!((line.column, line.columns), (1, 18));
    }

    #[test]
    fn wide_characters_count_two_columns() {
        let line = fit("鍵=値値", 4, 10, 20, "…");
        assert_eq!((line.column, line.columns), (3, 4));
        let long = "値".repeat(50);
        let line = fit(&long, 60, 63, 21, "…");
        assert!(width(&line.text) <= 21, "{line:?}");
    }

    #[test]
    fn a_mark_past_the_end_of_the_line_is_one_column_wide() {
        let line = fit("abc", 3, 3, 20, "…");
        assert_eq!((line.column, line.columns), (3, 1));
        let line = fit(&"a".repeat(50), 50, 50, 20, "…");
        assert!(line.column <= 20, "{line:?}");
    }
}
