//! What a Python project has locked.

use toml::Spanned;
use toml::de::DeValue;

use super::super::json::{line, object, string};
use super::super::place::Lines;
use super::{ParseError, Requirement, document, normalised, without_bom};

/// Reads a `poetry.lock`, `uv.lock`, `pdm.lock` (`[[package]]`) or `pylock.toml` (`[[packages]]`, PEP 751).
/// `range` is the exact version; a package without one, such as the project itself, is left out.
pub fn python_lock(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let text = without_bom(text);
    let root = document(text)?;
    let lines = Lines::new(text);
    let listed = ["package", "packages"]
        .iter()
        .filter_map(|key| root.get(*key)?.get_ref().as_array());
    Ok(listed
        .flat_map(|packages| packages.iter())
        .filter_map(|package| locked(package, &lines))
        .collect())
}

fn locked(package: &Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Option<Requirement> {
    let package = package.get_ref().as_table()?;
    let name = package.get("name")?;
    let version = package.get("version")?.get_ref().as_str()?;
    Some(Requirement {
        name: normalised(name.get_ref().as_str()?),
        range: version.to_owned(),
        line: lines.line(name.span().start),
        indirect: false,
    })
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
