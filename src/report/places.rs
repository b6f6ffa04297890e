//! Where a finding stands, for formats that know nothing but files of a repository.

use super::words;
use crate::model::{AppReport, Mark, Place, Report, Role};

/// A place in a file of the repository.
pub(super) struct Spot {
    /// The file, below the root of the repository.
    pub(super) path: String,
    /// 1-based line.
    pub(super) line: u32,
    /// 1-based column, in characters.
    pub(super) column: u32,
    /// The column after the marked part.
    pub(super) end: u32,
}

/// The marks of a finding, sorted by whether they stand in a file of the repository.
pub(super) struct Spots<'a> {
    /// The one to show where only one fits; the manifest of the app where none is in a file.
    pub(super) main: (Spot, &'a str),
    /// The others.
    pub(super) related: Vec<(Spot, &'a str)>,
    /// What is in no file: variables, addresses, files outside.
    pub(super) asides: Vec<&'a Mark>,
}

impl<'a> Spots<'a> {
    /// Finds a place for each of the marks.
    pub(super) fn of(report: &Report, app: &AppReport, marks: &'a [Mark]) -> Self {
        let (mut related, mut asides) = (Vec::new(), Vec::new());
        let mut main = None;
        let of_role = |role| marks.iter().filter(move |mark| mark.role == role);
        for mark in of_role(Role::Primary).chain(of_role(Role::Related)) {
            match spot(&report.prefix, &mark.place) {
                None => asides.push(mark),
                Some(spot) if main.is_none() => main = Some((spot, mark.label.as_str())),
                Some(spot) => related.push((spot, mark.label.as_str())),
            }
        }
        Self {
            main: main.unwrap_or_else(|| (manifest(report, app), "")),
            related,
            asides,
        }
    }

    /// What is in no file, as sentences; empty, or with a space before it.
    pub(super) fn asides(&self) -> String {
        let sentence = |mark: &&Mark| format!(" At {}.", labelled(mark));
        self.asides.iter().map(sentence).collect()
    }
}

/// The file that declares the app: what has no line of its own is shown there.
fn manifest(report: &Report, app: &AppReport) -> Spot {
    let below = below_root(&report.prefix, &app.manifest);
    Spot {
        path: below.unwrap_or_else(|| "package.json".to_owned()),
        line: 1,
        column: 1,
        end: 1,
    }
}

fn spot(prefix: &str, place: &Place) -> Option<Spot> {
    match place {
        Place::Span {
            file,
            line,
            column,
            excerpt,
        } => {
            let marked = excerpt
                .as_ref()
                .and_then(|excerpt| excerpt.text.get(excerpt.start..excerpt.end));
            let wide = marked.map_or(0, |text| text.chars().count());
            let column = (*column).max(1);
            Some(Spot {
                path: below_root(prefix, file)?,
                line: (*line).max(1),
                column,
                end: column.saturating_add(u32::try_from(wide).unwrap_or(u32::MAX)),
            })
        }
        Place::File { file } => Some(Spot {
            path: below_root(prefix, file)?,
            line: 1,
            column: 1,
            end: 1,
        }),
        Place::Variable { .. } | Place::Url { .. } => None,
    }
}

/// What stands for a file where variables were piped in.
const STANDARD_INPUT: &str = "standard input";

/// A path below the root of the repository; none where it leads out of it or is a root itself.
pub(super) fn below_root(prefix: &str, file: &str) -> Option<String> {
    let drive = file.get(1..3) == Some(":\\");
    let named = |part: &&str| !part.is_empty() && *part != ".";
    if file == STANDARD_INPUT
        || file.starts_with('/')
        || drive
        || !file.split('/').any(|part| named(&part))
    {
        return None;
    }
    let mut parts: Vec<&str> = prefix.split('/').filter(named).collect();
    for part in file.split('/').filter(named) {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A mark in words: the place, and what there is to say about it.
pub(super) fn labelled(mark: &Mark) -> String {
    let place = words::place(&mark.place);
    if mark.label.is_empty() {
        place
    } else {
        format!("{place}: {}", mark.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_below_the_root_of_the_repository() {
        for (prefix, file, below) in [
            ("", "app/page.tsx", Some("app/page.tsx")),
            ("apps/web", "./app//page.tsx", Some("apps/web/app/page.tsx")),
            ("apps/web", "../../.env", Some(".env")),
            ("apps/web", "../../../.env", None),
            ("apps", "..", None),
            ("", ".", None),
            ("apps", ".", None),
            ("apps", "", None),
            ("", "standard input", None),
            ("", "/etc/passwd", None),
            ("", "C:\\keys\\.env", None),
        ] {
            assert_eq!(
                below_root(prefix, file).as_deref(),
                below,
                "{prefix} + {file}"
            );
        }
    }
}
