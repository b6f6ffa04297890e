//! `_headers`: a path in a line, and below it, indented, its headers
//! (<https://docs.netlify.com/manage/routing/headers/>,
//! <https://developers.cloudflare.com/pages/configuration/headers/>).

use super::Set;
use crate::facts::document::At;
use crate::facts::headers::is_everywhere;

pub(super) fn read(text: &str) -> Vec<Set> {
    let mut all = Vec::new();
    let mut everywhere = false;
    for (number, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            everywhere = is_everywhere(trimmed);
            continue;
        }
        let Some((name, value)) = trimmed.split_once(':').filter(|_| everywhere) else {
            continue;
        };
        let column = line.len() - line.trim_start().len() + 1;
        let at = At {
            line: u32::try_from(number + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(1),
        };
        all.extend(Set::of(at, name.trim(), value.trim()));
    }
    all
}
