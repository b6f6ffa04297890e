mod astro;
mod nuxt;
mod react_router;
mod sveltekit;
mod tanstack;

use super::super::{MapApp, map};
use crate::facts::code::testing::Files;
use crate::facts::code::visitor::Setting;
use crate::model::routes::RouteMap;

fn map_of(framework: &'static str, files: &[(&str, &str)]) -> RouteMap {
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    let setting = Setting {
        clerk: Some((3, 0, 0)),
        ..Setting::default()
    };
    Files::new(files).with(|project| {
        let app = MapApp {
            project,
            folder: "",
            files: &paths,
            framework,
            shown: framework.to_owned(),
            version: None,
            middleware: None,
            setting: &setting,
            public: &[],
        };
        map(&app, None).unwrap_or_default()
    })
}

/// Each method in a line: `GET /x stopped`.
fn verdicts(framework: &'static str, files: &[(&str, &str)]) -> Vec<String> {
    let found = map_of(framework, files);
    let lines = found.routes.iter().flat_map(|route| {
        route.methods.iter().map(|answer| {
            let (pattern, verdict) = (&route.pattern, answer.verdict.word());
            format!("{} {pattern} {verdict}", answer.method)
        })
    });
    lines.collect()
}

/// The verdict of the only method that the files make.
fn only(framework: &'static str, files: &[(&str, &str)]) -> String {
    let all = verdicts(framework, files);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].rsplit(' ').next().unwrap_or_default().to_owned()
}

const DB: (&str, &str) = (
    "app/db.ts",
    "import { PrismaClient } from '@prisma/client'; export const db = new PrismaClient()",
);

#[test]
fn a_broken_file_leaves_its_route_undecided() {
    for (framework, file) in [
        ("react-router", "app/routes/x.tsx"),
        ("nuxt", "server/api/x.ts"),
        ("sveltekit", "src/routes/+server.ts"),
        ("sveltekit", "src/routes/+page.server.ts"),
        ("tanstack-start", "src/routes/x.tsx"),
    ] {
        assert_eq!(
            only(framework, &[(file, "export const = (")]),
            "undecided",
            "{file}"
        );
    }
}

#[test]
fn a_broken_file_of_astro_is_undecided_where_it_would_run() {
    let config = ("astro.config.mjs", "export default { output: 'server' }");
    for (file, text) in [
        ("src/pages/x.ts", "export const = ("),
        ("src/pages/x.astro", "---\nconst = (\n---"),
    ] {
        assert_eq!(
            only("astro", &[config, (file, text)]),
            "undecided",
            "{file}"
        );
    }
}
