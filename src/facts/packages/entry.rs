//! The entry of one package in the text of a lock file: its line, and the peers that it records.

use memchr::memmem;

use crate::facts::lockfile::LockKind;

/// At most so many lines of an entry are read.
const LINES: usize = 200;

/// The entry of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1-based line.
    pub line: u32,
    /// The peers with their ranges.
    pub peers: Vec<(String, String)>,
}

/// At most so many places of a name are looked at.
const PLACES: usize = 10_000;

/// At most so many bytes stand before the name in its line.
const NEAR: usize = 1_000;

/// At most so many bytes of an entry are read.
const WINDOW: usize = 16 << 10;

fn window(text: &str, start: usize) -> &str {
    let mut end = start.saturating_add(WINDOW).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

/// Finds the entry of a version of a package.
pub fn find(kind: LockKind, text: &str, name: &str, version: &str) -> Option<Entry> {
    if name.is_empty() {
        return None;
    }
    let places = memmem::find_iter(text.as_bytes(), name);
    for at in places.take(PLACES) {
        // A name stands near the start of its line; a file without line breaks must not be searched again
        // and again.
        let near = at.saturating_sub(NEAR);
        let before = text.as_bytes().get(near..at)?;
        let start = match memchr::memrchr(b'\n', before) {
            Some(end) => near + end + 1,
            None if near == 0 => 0,
            None => continue,
        };
        let rest = window(text, start);
        if is_entry(kind, rest, name, version) {
            let before = text.as_bytes().get(..start)?;
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            return Some(Entry {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                peers: peers(kind, rest),
            });
        }
    }
    None
}

/// Whether the text begins with the line that opens the entry.
fn is_entry(kind: LockKind, rest: &str, name: &str, version: &str) -> bool {
    let mut lines = rest.lines();
    let Some(first) = lines.next() else {
        return false;
    };
    let said = |line: &str| {
        let value = line
            .trim()
            .trim_start_matches('"')
            .strip_prefix("version")
            .map(|value| value.trim_matches([' ', ':', '"', ',']));
        value == Some(version)
    };
    match kind {
        LockKind::Npm => {
            let key = first.trim().trim_end_matches(": {").trim_matches('"');
            let folder = key.strip_suffix(name);
            folder.is_some_and(|folder| folder.ends_with("node_modules/"))
                && lines.take(4).any(said)
        }
        LockKind::Pnpm => {
            let key = first.trim().trim_start_matches(['\'', '"', '/']);
            let after = key.strip_prefix(name).and_then(|key| {
                key.strip_prefix(['@', '/'])
                    .and_then(|key| key.strip_prefix(version))
            });
            after.is_some_and(|after| after.starts_with([':', '(', '_', '\'', '"']))
        }
        LockKind::Yarn => {
            let opens = !first.starts_with([' ', '#']) && first.ends_with(':');
            let names = first.trim_matches(['"', ':']).split(", ").any(|one| {
                one.trim_matches('"')
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('@'))
            });
            opens && names && lines.take(4).any(said)
        }
        LockKind::Bun | LockKind::BunBinary => first.contains(&format!("[\"{name}@{version}\"")),
    }
}

/// The peers that the entry at the start of a text records.
fn peers(kind: LockKind, rest: &str) -> Vec<(String, String)> {
    if kind == LockKind::Bun {
        let line = rest.lines().next().unwrap_or_default();
        let list = line.split_once("\"peerDependencies\": {");
        let list = list.and_then(|(_, list)| list.split_once('}'));
        let list = list.map(|(list, _)| list).unwrap_or_default();
        return list.split(", ").filter_map(pair).collect();
    }
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = depth(rest.lines().next().unwrap_or_default());
    let mut lines = rest
        .lines()
        .skip(1)
        .take(LINES)
        .take_while(|line| depth(line) > own)
        .skip_while(|line| {
            !line
                .trim()
                .trim_matches('"')
                .starts_with("peerDependencies\": {")
                && line.trim() != "peerDependencies:"
        });
    let Some(head) = lines.next() else {
        return Vec::new();
    };
    lines
        .take_while(|line| depth(line) > depth(head))
        .filter_map(pair)
        .collect()
}

/// `"next": "^15"` or `next: ^15`.
fn pair(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_end_matches(',');
    let (name, range) = text.split_once("\": ").or_else(|| text.split_once(": "))?;
    let clean = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let (name, range) = (clean(name), clean(range));
    (!name.is_empty() && !range.is_empty()).then_some((name, range))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers_of(kind: LockKind, text: &str) -> (u32, String) {
        let entry = find(kind, text, "@clerk/nextjs", "7.2.0").unwrap();
        let peers: Vec<String> = entry
            .peers
            .iter()
            .map(|(name, range)| format!("{name} {range}"))
            .collect();
        (entry.line, peers.join(", "))
    }

    #[test]
    fn the_four_kinds_say_the_same_of_one_package() {
        let npm = "{\n  \"packages\": {\n    \"node_modules/@clerk/nextjs\": {\n      \"version\": \"7.2.0\",\n      \"peerDependencies\": {\n        \"next\": \"^15.2.8 || ^16\",\n        \"react\": \"^18\"\n      }\n    },\n    \"node_modules/x\": {\n      \"peerDependencies\": {\n        \"y\": \"1\"\n      }\n    }\n";
        assert_eq!(
            peers_of(LockKind::Npm, npm),
            (3, "next ^15.2.8 || ^16, react ^18".to_owned())
        );
        let pnpm = "packages:\n\n  '@clerk/nextjs@7.2.0':\n    resolution: {}\n    peerDependencies:\n      next: ^15.2.8 || ^16\n      react: ^18\n\n  x@1.0.0:\n    peerDependencies:\n      y: '1'\n";
        assert_eq!(
            peers_of(LockKind::Pnpm, pnpm),
            (3, "next ^15.2.8 || ^16, react ^18".to_owned())
        );
        let yarn = "\"@clerk/nextjs@npm:^7.0.0\":\n  version: 7.2.0\n  peerDependencies:\n    next: ^15.2.8 || ^16\n    react: ^18\n  languageName: node\n\n\"x@npm:1\":\n  version: 1.0.0\n";
        assert_eq!(
            peers_of(LockKind::Yarn, yarn),
            (1, "next ^15.2.8 || ^16, react ^18".to_owned())
        );
        let bun = "{\n  \"packages\": {\n    \"@clerk/nextjs\": [\"@clerk/nextjs@7.2.0\", \"\", { \"dependencies\": { \"a\": \"1\" }, \"peerDependencies\": { \"next\": \"^15.2.8 || ^16\", \"react\": \"^18\" } }, \"sha\"],\n";
        assert_eq!(
            peers_of(LockKind::Bun, bun),
            (3, "next ^15.2.8 || ^16, react ^18".to_owned())
        );
    }

    #[test]
    fn another_version_or_a_longer_name_is_no_entry() {
        let text = "packages:\n  '@clerk/nextjs@7.2.01':\n  '@clerk/nextjs-x@7.2.0':\n  'a@clerk/nextjs@7.2.0':\n";
        assert_eq!(find(LockKind::Pnpm, text, "@clerk/nextjs", "7.2.0"), None);
        assert_eq!(find(LockKind::Pnpm, text, "", "7.2.0"), None);
        let line = "next@1,é".repeat(200_000);
        assert_eq!(find(LockKind::Bun, &line, "next", "1"), None);
        assert_eq!(
            find(LockKind::Npm, "\u{0}@clerk/nextjs", "@clerk/nextjs", "1"),
            None
        );
    }
}
