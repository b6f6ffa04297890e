//! Apps in memory, for the tests of the frameworks here.

use super::files::{FileApp, FileRoutes};
use crate::facts::code::testing::Files;

/// The routes of an app in the audited directory itself.
pub(super) fn of(
    files: &[(&str, &str)],
    routes: impl Fn(&FileApp<'_>) -> FileRoutes,
) -> FileRoutes {
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    Files::new(files).with(|project| {
        routes(&FileApp {
            folder: "",
            files: &paths,
            project,
            version: None,
        })
    })
}

/// Each route in a line: `page /posts/:id GET POST`.
pub(super) fn lines(found: &FileRoutes) -> Vec<String> {
    let line = |route: &super::files::FileRoute| {
        let found = &route.found;
        let methods = found.targets.iter().map(|target| target.method.as_str());
        let methods: Vec<&str> = methods.collect();
        let built = if route.built { " built" } else { "" };
        format!(
            "{} {} {}{built}",
            found.kind.word(),
            found.pattern,
            methods.join(" ")
        )
    };
    found.routes.iter().map(line).collect()
}
