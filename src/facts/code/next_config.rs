//! `pageExtensions` of next.config, which decides the name of the middleware file too.

use super::Project;
use super::module::Module;
use super::value::{Fate, Function, Value};

/// In Next.js's order of preference: dist/shared/lib/constants.js, `CONFIG_FILES`.
pub const FILES: &[&str] = &[
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "next.config.mts",
];

/// dist/server/config-shared.js, `pageExtensions`.
pub const DEFAULT: &[&str] = &["tsx", "ts", "jsx", "js"];

/// What the extension of a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageExtensions {
    /// Not set, or set to these. Without the leading dot, first wins.
    Known(Vec<String>),
    /// Set to something that has to be computed.
    Undecided {
        /// The config file.
        file: String,
    },
}

/// The extensions that hold in an app.
pub fn page_extensions(project: &Project<'_>, folder: &str) -> PageExtensions {
    let default = || PageExtensions::Known(DEFAULT.iter().map(|&one| one.to_owned()).collect());
    for name in FILES {
        let file = super::resolve::join(folder, name);
        let Some(text) = project.sources().text(&file) else {
            continue;
        };
        // A plugin may take the config apart and put it together again; what it never names it never sets.
        if memchr::memmem::find(text.as_bytes(), b"pageExtensions").is_none() {
            return default();
        }
        let Some(Ok(module)) = project.module(&file) else {
            return PageExtensions::Undecided { file };
        };
        let found = module
            .export("default")
            .and_then(|export| match &export.exported {
                super::value::Exported::Value(value) => find(value, &module, 16),
                super::value::Exported::From { .. } => None,
            });
        return match found {
            Some(extensions) => PageExtensions::Known(extensions),
            None => PageExtensions::Undecided { file },
        };
    }
    default()
}

/// Looks for the option in the object that a config file exports, through plugins and variables.
fn find(value: &Value, module: &Module, depth: u32) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Object(properties) => match value.property("pageExtensions") {
            Some(list) => strings(list, module, depth),
            None => properties
                .iter()
                .filter(|(key, _)| key == "...")
                .find_map(|(_, spread)| find(spread, module, depth)),
        },
        Value::Name { name, .. } => find(local(module, name)?, module, depth),
        Value::Call {
            callee, arguments, ..
        } => arguments
            .iter()
            .chain([callee.as_ref()])
            .find_map(|one| find(one, module, depth)),
        Value::Function(function) => returned(function).find_map(|one| find(one, module, depth)),
        _ => None,
    }
}

fn returned(function: &Function) -> impl Iterator<Item = &Value> {
    let answers = function
        .steps
        .iter()
        .filter(|step| step.fate == Fate::Returned);
    answers.map(|step| &step.value)
}

/// The only value that a name of the top level ever has.
fn local<'m>(module: &'m Module, name: &str) -> Option<&'m Value> {
    let mut held = module.body.locals.iter().filter(|(local, _)| local == name);
    let (_, value) = held.next()?;
    held.next().is_none().then_some(value)
}

fn strings(value: &Value, module: &Module, depth: u32) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::List(all) => all
            .iter()
            .map(|one| match one {
                Value::Text(text) => Some(text.trim_start_matches('.').to_owned()),
                _ => None,
            })
            .collect(),
        Value::Name { name, .. } => strings(local(module, name)?, module, depth),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::code::testing::Files;

    fn of(name: &str, text: &str) -> PageExtensions {
        let files = Files::new(&[(name, text)]);
        files.with(|project| page_extensions(project, ""))
    }

    fn known(of: &[&str]) -> PageExtensions {
        PageExtensions::Known(of.iter().map(|&one| one.to_owned()).collect())
    }

    #[test]
    fn a_config_that_does_not_set_them_leaves_the_default() {
        assert_eq!(
            of("next.config.js", "module.exports = withX({})"),
            known(DEFAULT)
        );
        assert_eq!(of("other.js", ""), known(DEFAULT));
    }

    #[test]
    fn they_are_found_through_plugins_functions_and_variables() {
        for text in [
            "module.exports = { pageExtensions: ['page.tsx', '.page.ts'] }",
            "const c = { pageExtensions: ['page.tsx', 'page.ts'] } satisfies X; export default withMDX(c)",
            "const withMDX = m({}); export default withMDX()({ pageExtensions: ['page.tsx', 'page.ts'] })",
            "export default async () => { const p = 1; return { pageExtensions: ['page.tsx', 'page.ts'] } }",
            "const e = ['page.tsx', 'page.ts']; const b = { pageExtensions: e }; export default { ...b, x: 1 }",
        ] {
            assert_eq!(
                of("next.config.ts", text),
                known(&["page.tsx", "page.ts"]),
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_to_be_computed_is_undecided() {
        for text in [
            "export default { pageExtensions: list.map(x => x) }",
            "export default { pageExtensions: ['ts', ...more] }",
            "export default { pageExtensions: [",
        ] {
            let file = "next.config.mjs".to_owned();
            assert_eq!(
                of("next.config.mjs", text),
                PageExtensions::Undecided { file },
                "{text}"
            );
        }
    }
}
