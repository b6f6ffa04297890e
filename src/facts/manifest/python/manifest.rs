//! What a Python project asks for.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::place::Lines;
use super::{
    ParseError, Requirement, document, normalised, requirement, specifier, without_bom,
    without_credentials,
};

/// Reads a `requirements.txt` (pip's "Requirements File Format"). Options and included files are passed over;
/// an editable or plain address counts where it names its project with `#egg=`.
pub fn requirements_txt(text: &str) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut lines = without_bom(text).lines().zip(1..);
    while let Some((first, number)) = lines.next() {
        let mut whole = first.to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            let Some((next, _)) = lines.next() else { break };
            whole.push_str(next);
        }
        found.extend(pip_line(&whole, number));
    }
    found
}

fn pip_line(line: &str, number: u32) -> Option<Requirement> {
    let line = line.split(" #").next()?.split("\t#").next()?.trim();
    let line = line.split(" --").next()?.trim();
    let editable = line
        .strip_prefix("-e ")
        .or_else(|| line.strip_prefix("--editable "));
    if editable.is_some() || (line.contains("://") && !line.contains(" @")) {
        let address = editable.unwrap_or(line).trim();
        let (_, egg) = address.split_once("#egg=")?;
        let name = egg.split(['&', '[']).next()?;
        return Some(Requirement {
            name: normalised(name),
            range: without_credentials(address),
            line: number,
            indirect: false,
        });
    }
    match line.starts_with(['#', '-']) {
        true => None,
        false => requirement(line, number),
    }
}

/// Reads a `pyproject.toml`: PEP 621 `dependencies` and `optional-dependencies`, PEP 735 `dependency-groups`,
/// Poetry's groups, and the development lists of uv and PDM.
pub fn pyproject(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let text = without_bom(text);
    let root = document(text)?;
    let lines = Lines::new(text);
    let mut found = Vec::new();
    let project = table(&root, "project");
    list(
        project.and_then(|t| t.get("dependencies")),
        &lines,
        &mut found,
    );
    lists(
        project.and_then(|t| table(t, "optional-dependencies")),
        &lines,
        &mut found,
    );
    lists(table(&root, "dependency-groups"), &lines, &mut found);
    let tool = table(&root, "tool");
    let of = |name: &str| tool.and_then(|t| table(t, name));
    list(
        of("uv").and_then(|t| t.get("dev-dependencies")),
        &lines,
        &mut found,
    );
    lists(
        of("pdm").and_then(|t| table(t, "dev-dependencies")),
        &lines,
        &mut found,
    );
    if let Some(poetry) = of("poetry") {
        named(table(poetry, "dependencies"), &lines, &mut found);
        named(table(poetry, "dev-dependencies"), &lines, &mut found);
        for group in table(poetry, "group")
            .into_iter()
            .flat_map(|groups| groups.values())
        {
            let group = group.get_ref().as_table();
            named(
                group.and_then(|g| table(g, "dependencies")),
                &lines,
                &mut found,
            );
        }
    }
    found.sort_by_key(|requirement| requirement.line);
    Ok(found)
}

/// Reads a `Pipfile`. Every table but Pipenv's own settings is a category of packages (pipenv.pypa.io, "Pipfile").
pub fn pipfile(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let text = without_bom(text);
    let root = document(text)?;
    let lines = Lines::new(text);
    let mut found = Vec::new();
    for (name, value) in &root {
        if !matches!(
            name.get_ref().as_ref(),
            "source" | "requires" | "scripts" | "pipenv"
        ) {
            named(value.get_ref().as_table(), &lines, &mut found);
        }
    }
    found.sort_by_key(|requirement| requirement.line);
    Ok(found)
}

type Value<'i> = Spanned<DeValue<'i>>;

fn table<'t, 'i>(parent: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    parent.get(key)?.get_ref().as_table()
}

/// `["fastapi>=0.1", …]`; whatever is not text, such as `{include-group = "x"}`, is passed over.
fn list(value: Option<&Value<'_>>, lines: &Lines<'_>, found: &mut Vec<Requirement>) {
    for item in value
        .and_then(|v| v.get_ref().as_array())
        .into_iter()
        .flat_map(|items| items.iter())
    {
        let line = lines.line(item.span().start);
        found.extend(
            item.get_ref()
                .as_str()
                .and_then(|text| requirement(text, line)),
        );
    }
}

fn lists(groups: Option<&DeTable<'_>>, lines: &Lines<'_>, found: &mut Vec<Requirement>) {
    for group in groups.into_iter().flat_map(|groups| groups.values()) {
        list(Some(group), lines, found);
    }
}

/// `name = "^1"`, `name = { version = "^1" }` or a list of such tables; Poetry's `python` is no package.
fn named(entries: Option<&DeTable<'_>>, lines: &Lines<'_>, found: &mut Vec<Requirement>) {
    for (name, value) in entries.into_iter().flatten() {
        if name.get_ref() == "python" {
            continue;
        }
        let range = match value.get_ref() {
            DeValue::String(text) => specifier(text),
            DeValue::Table(form) => version(form),
            DeValue::Array(forms) => {
                let each = forms
                    .iter()
                    .filter_map(|form| form.get_ref().as_table())
                    .map(version);
                each.collect::<Vec<_>>().join(" || ")
            }
            _ => continue,
        };
        let range = if range == "*" { String::new() } else { range };
        let line = lines.line(name.span().start);
        found.push(Requirement {
            name: normalised(name.get_ref()),
            range,
            line,
            indirect: false,
        });
    }
}

fn version(form: &DeTable<'_>) -> String {
    form.get("version")
        .and_then(|v| v.get_ref().as_str())
        .map(specifier)
        .unwrap_or_default()
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
    fn a_requirements_file_gives_names_ranges_and_lines() {
        let text = "# web\r\nFastAPI[all] >= 0.100, <1 ; python_version > '3.8'  # why\n-r base.txt\n\n--index-url https://x.test\nclerk_backend.api==1.2.3 \\\n  --hash=sha256:00\nflask\n-e git+https://me:pw@h.test/d.git#egg=Django&subdirectory=x\nstarlette @ https://h.test/s.whl ; python_version > '3'\nhttps://h.test/plain.whl\n./local\nbad name here\n";
        let found = requirements_txt(text);
        assert_eq!(
            short(&found),
            [
                ("fastapi", ">= 0.100, <1", 2),
                ("clerk-backend-api", "==1.2.3", 6),
                ("flask", "", 8),
                (
                    "django",
                    "git+https://h.test/d.git#egg=Django&subdirectory=x",
                    9
                ),
                ("starlette", "https://h.test/s.whl", 10),
            ]
        );
    }

    #[test]
    fn a_pyproject_gives_every_list_of_every_tool() {
        let text = r#"
[project]
dependencies = [
  "fastapi>=0.100",
  "Flask (>=3)",
]
[project.optional-dependencies]
dev = ["pytest"]
[dependency-groups]
lint = ["ruff==0.5.0", { include-group = "dev" }]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.poetry.dependencies]
python = "^3.11"
clerk-backend-api = "^1.0"
Django = { version = "~5.0", extras = ["x"] }
gitdep = { git = "https://h.test/x" }
several = [{ version = "1" }, { version = "2" }]
[tool.poetry.group.test.dependencies]
anyio = "*"
"#;
        let found = pyproject(text).unwrap();
        assert_eq!(
            short(&found),
            [
                ("fastapi", ">=0.100", 4),
                ("flask", ">=3", 5),
                ("pytest", "", 8),
                ("ruff", "==0.5.0", 10),
                ("mypy", "", 12),
                ("clerk-backend-api", "^1.0", 15),
                ("django", "~5.0", 16),
                ("gitdep", "", 17),
                ("several", "1 || 2", 18),
                ("anyio", "", 20),
            ]
        );
    }

    #[test]
    fn a_pipfile_gives_the_packages_of_every_category() {
        let text = "[[source]]\nname = \"x\"\n[packages]\nflask = \"==3.0\"\n[dev-packages]\npytest = \"*\"\n[docs]\nsphinx = {version = \">=7\"}\n[requires]\npython_version = \"3.11\"\n";
        let found = pipfile(text).unwrap();
        assert_eq!(
            short(&found),
            [
                ("flask", "==3.0", 4),
                ("pytest", "", 6),
                ("sphinx", ">=7", 8)
            ]
        );
    }

    #[test]
    fn broken_toml_is_an_error_with_its_place() {
        let error = pyproject("[project]\nname = \n").unwrap_err();
        assert!(error.message.starts_with("not valid TOML"), "{error}");
        assert_eq!(error.line, 2);
        let deep = format!("a = {}", "[".repeat(10_000));
        assert!(pyproject(&deep).is_err());
        assert!(pipfile("\u{0}\u{1}").is_err());
        assert!(
            pyproject("a = 1\n<<<<<<< HEAD\n")
                .unwrap_err()
                .message
                .contains("merge")
        );
        assert_eq!(pyproject(""), Ok(Vec::new()));
        assert_eq!(pyproject("project = 1\ntool = []\n"), Ok(Vec::new()));
    }

    #[test]
    fn a_line_that_never_ends_is_read_to_its_end() {
        let text = "flask\\\n".repeat(2_000);
        assert_eq!(requirements_txt(&text).len(), 1);
    }
}
