//! What a Python project has locked.

use super::super::json::{line, object, string};
use super::super::place::Lines;
use super::{ParseError, Requirement, conflict, normalised, without_bom};

/// Reads a `poetry.lock`, `uv.lock`, `pdm.lock` (`[[package]]`) or `pylock.toml` (`[[packages]]`, PEP 751).
/// `range` is the exact version; a package without one, such as the project itself, is left out.
///
/// These files are written by programs, one entry a line, and are long; so they are read line by line, which takes
/// a tenth of the time that a whole TOML parser takes.
pub fn python_lock(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let text = without_bom(text);
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    let mut found: Vec<Requirement> = Vec::new();
    // Whether the lines are those of a package itself.
    let mut open = false;
    for (line, number) in lines_outside_texts(text) {
        if line.starts_with('[') {
            open = matches!(line.trim_end(), "[[package]]" | "[[packages]]");
            if open {
                found.push(Requirement {
                    name: String::new(),
                    range: String::new(),
                    line: number,
                    indirect: false,
                });
            }
        } else if let Some(package) = found.last_mut().filter(|_| open) {
            if let Some(name) = value(line, "name = \"", number)? {
                package.name = normalised(name);
                package.line = number;
            } else if let Some(version) = value(line, "version = \"", number)? {
                package.range = version.to_owned();
            }
        }
    }
    found.retain(|package| !package.name.is_empty() && !package.range.is_empty());
    Ok(found)
}

/// The numbered lines that are not part of a text of several lines.
fn lines_outside_texts(text: &str) -> impl Iterator<Item = (&str, u32)> {
    let mut inside = false;
    text.lines().zip(1..).filter(move |(line, _)| {
        let before = inside;
        let marks = line.matches("\"\"\"").count() + line.matches("'''").count();
        inside ^= marks % 2 == 1;
        !before && !inside
    })
}

/// The text of a `key = "text"` line.
fn value<'t>(line: &'t str, key: &str, number: u32) -> Result<Option<&'t str>, ParseError> {
    let Some(rest) = line.strip_prefix(key) else {
        return Ok(None);
    };
    match rest.split_once('"') {
        Some((value, _)) => Ok(Some(value)),
        None => {
            let message = "not valid TOML: a text that does not end".to_owned();
            Err(ParseError {
                message,
                line: number,
                column: 1,
            })
        }
    }
}

/// Reads a `Pipfile.lock`. `range` is the exact version, without `==`.
pub fn pipfile_lock(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let text = without_bom(text);
    let root = object(text)?;
    let lines = Lines::new(text);
    let mut found = Vec::new();
    for category in root
        .properties
        .iter()
        .filter(|category| category.name.as_str() != "_meta")
    {
        for entry in category
            .value
            .as_object()
            .map(|list| list.properties.as_slice())
            .unwrap_or_default()
        {
            let version = entry
                .value
                .as_object()
                .and_then(|fields| fields.get("version"));
            let Some(version) = version.and_then(|field| string(&field.value)) else {
                continue;
            };
            found.push(Requirement {
                name: normalised(entry.name.as_str()),
                range: version.trim_start_matches('=').to_owned(),
                line: line(&lines, entry),
                indirect: false,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(found: &[Requirement]) -> Vec<(&str, &str, u32)> {
        found
            .iter()
            .map(|r| (r.name.as_str(), r.range.as_str(), r.line))
            .collect()
    }

    #[test]
    fn a_lock_file_gives_the_exact_versions() {
        let text = "version = 1\n[[package]]\nname = \"Clerk_Backend.API\"\nversion = \"1.2.3\"\ndependencies = [{ name = \"x\" }]\n\n[[package]]\nname = \"web\"\nsource = { virtual = \".\" }\n";
        assert_eq!(
            short(&python_lock(text).unwrap()),
            [("clerk-backend-api", "1.2.3", 3)]
        );
        let long = "[[package]]\nname = \"a\"\nversion = \"1.0\"\ndescription = \"\"\"\n[[package]]\nname = \"b\"\nversion = \"2\"\n\"\"\"\n[package.dependencies]\nversion = \"3\"\n";
        assert_eq!(short(&python_lock(long).unwrap()), [("a", "1.0", 2)]);
        let pylock =
            "lock-version = \"1.0\"\n[[packages]]\nname = \"flask\"\nversion = \"3.0.0\"\n";
        assert_eq!(
            short(&python_lock(pylock).unwrap()),
            [("flask", "3.0.0", 3)]
        );
    }

    #[test]
    fn a_pipfile_lock_gives_the_exact_versions() {
        let text = "{\n \"_meta\": {\"hash\": {\"version\": \"1\"}},\n \"default\": {\n  \"flask\": {\"version\": \"==3.0.0\"},\n  \"git\": {\"ref\": \"x\"}\n },\n \"develop\": 1\n}";
        assert_eq!(short(&pipfile_lock(text).unwrap()), [("flask", "3.0.0", 4)]);
    }

    #[test]
    fn a_broken_lock_file_is_an_error() {
        assert!(python_lock("[[package]]\nname = \"x").is_err());
        assert!(pipfile_lock("{").is_err());
        assert!(pipfile_lock("").is_err());
        assert!(
            python_lock("<<<<<<< HEAD\n")
                .unwrap_err()
                .message
                .contains("merge")
        );
        assert_eq!(python_lock(""), Ok(Vec::new()));
    }
}
