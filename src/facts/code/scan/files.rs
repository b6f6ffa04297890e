//! Which files are source, and which of those are tests.

/// How comments and strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// JavaScript, TypeScript and the components that hold them.
    Script,
    /// Go.
    Go,
    /// Python, Ruby: comments begin with `#`.
    Hash,
}

const SCRIPT: &[&str] = &[
    "ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro",
];

pub(super) fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        _ if name.ends_with(".d.ts") || name.ends_with(".min.js") => None,
        "go" => Some(Language::Go),
        "py" | "rb" => Some(Language::Hash),
        other if SCRIPT.contains(&other) => Some(Language::Script),
        _ => None,
    }
}

/// Whether a path is a source file that is looked into: JavaScript, TypeScript, their components,
/// Go, Python, Ruby; no declarations and no minified bundles.
pub fn is_source(path: &str) -> bool {
    language(path).is_some()
}

/// Folders that hold nothing but tests, and stories.
const TEST_FOLDERS: &[&str] = &[
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "test",
    "tests",
    "e2e",
    "cypress",
    "playwright",
    "spec",
    "fixtures",
    "mocks",
    ".storybook",
];

/// Words that stand between dots in the name of a test: `x.test.ts`, `x.cy.ts`.
const TEST_WORDS: &[&str] = &[
    "test", "tests", "spec", "e2e", "cy", "stories", "mock", "mocks",
];

/// Names of files that set tests up.
const TEST_FILES: &[&str] = &[
    "playwright.config",
    "cypress.config",
    "vitest.config",
    "vitest.setup",
    "jest.config",
    "jest.setup",
    "conftest",
    "setuptests",
];

/// Whether a path belongs to tests: what it does, the app does not.
pub fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_folder = |folder: &str| TEST_FOLDERS.contains(&folder) || folder.ends_with("-e2e");
    if folders.split('/').any(is_folder) {
        return true;
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let lower = stem.to_ascii_lowercase();
    let pytest = extension == "py" && (lower.starts_with("test_") || lower.ends_with("_test"));
    let by_language = pytest
        || (extension == "go" && lower.ends_with("_test"))
        || (extension == "rb" && (lower.ends_with("_test") || lower.ends_with("_spec")));
    by_language
        || TEST_FILES.contains(&lower.as_str())
        || lower
            .split('.')
            .skip(1)
            .any(|word| TEST_WORDS.contains(&word))
}
