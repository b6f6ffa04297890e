//! Next.js: `middleware` and, since 16, `proxy`.
//!
//! What is said here of Next.js was read in next 16.3.1, 15.5.23 and 14.2.35 and then seen in builds of
//! the first two, with both bundlers, that were started and asked for a page.
//!
//! - dist/lib/find-pages-dir.js, `findPagesDir`: `./app` and `./pages` win over those in `./src`.
//! - dist/build/index.js: the files are looked for in the folder that holds `pages` and `app`, by
//!   `^middleware\.(?:…)$` and, since 16, `^proxy\.(?:…)$` over `pageExtensions`. Both: error E900.
//!   A `middleware` file alone: a warning that the name is deprecated.
//! - dist/build/templates/middleware.js: takes `middleware` (in a proxy file `proxy`) or `default`.
//! - dist/build/analysis/get-page-static-info.js, `validateMiddlewareProxyExports`, since 16.0.0: fails
//!   the build (E903) unless it can read the export from the text of the file itself.

use super::{App, ClerkUse, EntryFacts, ExportState, Misplaced, State, Why, exports, read};
use crate::facts::code::clerk;
use crate::facts::code::module::Module;
use crate::facts::code::next_config::{self, PageExtensions};
use crate::facts::code::reach::{Walk, place};
use crate::facts::code::value::Form;

/// The first version that knows `proxy`.
const PROXY_SINCE: u32 = 16;

/// The first version that can build with Turbopack; 16 does so by default.
const TURBOPACK_SINCE: u32 = 15;

/// Every extension that someone may give the file.
const ANY: &[&str] = &["ts", "js", "tsx", "jsx", "mts", "mjs", "cts", "cjs"];

/// What decides the name of the file in an app.
struct Rules {
    /// The folder that holds `app` or `pages`: empty or `src`.
    base: &'static str,
    /// Whether there is such a folder at all.
    has_routes: bool,
    /// In the order of preference.
    names: Vec<&'static str>,
    extensions: Vec<String>,
    major: Option<u32>,
}

impl Rules {
    fn at(&self, app: &App<'_>, folder: &str, name: &str, extension: &str) -> String {
        let folder = [folder, "/"].concat();
        app.path(&format!("{folder}{name}.{extension}"))
    }

    fn is_16(&self) -> bool {
        self.major.is_some_and(|major| major >= PROXY_SINCE)
    }
}

pub(super) fn look(app: &App<'_>) -> EntryFacts {
    let (rules, assumed) = rules(app);
    let loaded: Vec<(&str, String)> = rules
        .names
        .iter()
        .filter_map(|name| {
            let mut paths = rules
                .extensions
                .iter()
                .map(|e| rules.at(app, rules.base, name, e));
            Some((*name, paths.find(|path| app.is_file(path))?))
        })
        .collect();
    let mut facts = match loaded.first() {
        Some((name, file)) => inside(app, &rules, name, file),
        None => EntryFacts::new(State::Missing {
            expected: expected(app, &rules),
        }),
    };
    if let [(_, proxy), (_, middleware), ..] = loaded.as_slice()
        && rules.is_16()
    {
        facts.both = Some((proxy.clone(), middleware.clone()));
    }
    facts.deprecated_name = rules.is_16() && matches!(loaded.as_slice(), [("middleware", _)]);
    facts.misplaced = misplaced(app, &rules, &facts);
    facts.assumed = assumed;
    facts
}

fn rules(app: &App<'_>) -> (Rules, Option<String>) {
    let folder = |name: &str| {
        let at_root = app.has(name).then_some("");
        at_root.or_else(|| app.has(&format!("src/{name}")).then_some("src"))
    };
    // Both in different folders fail the build; then the one with the routes is meant.
    let routes = folder("app").or_else(|| folder("pages"));
    let (extensions, assumed) = match next_config::page_extensions(app.project, app.folder) {
        PageExtensions::Known(extensions) => (extensions, None),
        PageExtensions::Undecided { file } => {
            let default = next_config::DEFAULT.iter().map(|&one| one.to_owned());
            (default.collect(), Some(file))
        }
    };
    let names = match app.major {
        Some(major) if major < PROXY_SINCE => vec!["middleware"],
        // Where the version is not known, either name may be the right one.
        _ => vec!["proxy", "middleware"],
    };
    let rules = Rules {
        base: routes.unwrap_or(""),
        has_routes: routes.is_some(),
        names,
        extensions,
        major: app.major,
    };
    (rules, assumed)
}

/// The files to make, best first: in the language of the app.
fn expected(app: &App<'_>, rules: &Rules) -> Vec<String> {
    let language = if app.has("tsconfig.json") { "ts" } else { "js" };
    let fits = |extension: &&String| {
        extension.as_str() == language || extension.ends_with(&format!(".{language}"))
    };
    let extension = rules
        .extensions
        .iter()
        .find(fits)
        .or(rules.extensions.first());
    let extension = extension.map_or(language, String::as_str);
    let names: &[&str] = match rules.major {
        Some(_) => rules.names.get(..1).unwrap_or_default(),
        None => &["middleware", "proxy"],
    };
    names
        .iter()
        .map(|name| rules.at(app, rules.base, name, extension))
        .collect()
}

fn inside(app: &App<'_>, rules: &Rules, name: &'static str, file: &str) -> EntryFacts {
    let module = match read(app, file) {
        Ok(module) => module,
        Err(facts) => return *facts,
    };
    let uses = uses(app, file, &module, name);
    let export = match (exports(&module, &[name, "default"]), &uses) {
        (state @ (ExportState::Right | ExportState::Undecided { .. }), _) if rules.is_16() => {
            readable(file, &module, name, state)
        }
        (ExportState::Undecided { .. }, ClerkUse::Yes { .. } | ClerkUse::ByHand { .. }) => {
            ExportState::Right
        }
        (state, _) => state,
    };
    EntryFacts {
        export,
        uses,
        ..EntryFacts::new(State::File {
            file: file.to_owned(),
        })
    }
}

/// The named export comes before the default one: dist/build/templates/middleware.js.
fn uses(app: &App<'_>, file: &str, module: &Module, name: &str) -> ClerkUse {
    let walk = Walk::new(app.project, clerk::NEXT);
    if module.export(name).is_some() {
        return walk.export(file, module, name);
    }
    match walk.export(file, module, "default") {
        ClerkUse::No => walk.export(file, module, name),
        found => found,
    }
}

/// Next.js 16 reads the export from the text: `export default …`, `export function proxy`,
/// `export const proxy` (the first name of its declaration), `export { x as proxy }`. It does not see
/// `export { default } from "…"`, `export { x as default }`, `export *` or CommonJS. It looks only into
/// a text with certain words; the shortest re-export escapes it and works.
fn readable(file: &str, module: &Module, name: &str, state: ExportState) -> ExportState {
    const WORDS: &[&str] = &[
        "runtime",
        "preferredRegion",
        "getStaticProps",
        "getServerSideProps",
        "generateStaticParams",
        "export const",
        "generateImageMetadata",
        "generateSitemaps",
        "middleware",
        "proxy",
    ];
    let seen = module.exports.iter().any(|export| match export.form {
        Form::Default => true,
        Form::Declaration | Form::Specifier => export.name == name,
        Form::Pattern | Form::CommonJs => false,
    });
    // Turbopack, the default of 16, never looks behind `export *`.
    let only_star = matches!(state, ExportState::Undecided { .. });
    let looked_at = WORDS.iter().any(|word| module.text().contains(word));
    if seen || !(looked_at || only_star) {
        return state;
    }
    let written = module.export("default").or_else(|| module.export(name));
    ExportState::Unreadable {
        place: place(file, module, written.map_or(0, |export| export.at)),
        expected: vec![name.to_owned(), "default".to_owned()],
    }
}

/// Files that people take for the entry. Only the paths that are mistaken for it in practice, and only
/// a file that has Clerk in it or stands where nothing else could be meant: an HTTP proxy in
/// `lib/proxy.ts` or an Express middleware is none of them.
fn misplaced(app: &App<'_>, rules: &Rules, facts: &EntryFacts) -> Vec<Misplaced> {
    let missing = matches!(facts.state, State::Missing { .. });
    let mut found = Vec::new();
    for (folder, file, why) in candidates(rules) {
        let name = if file.contains("proxy") {
            "proxy"
        } else {
            "middleware"
        };
        let path = app.path(&format!("{folder}/{file}"));
        if !app.is_file(&path) {
            continue;
        }
        let has_clerk = has_clerk(app, &path, name);
        let unmistakable =
            missing && matches!(why, Why::OtherLevel | Why::AmongRoutes) && name == "middleware";
        // Of two `middleware` files it takes the one at the root.
        let turbopack_loads = why == Why::OtherLevel
            && name == "middleware"
            && (missing || folder.is_empty())
            && accepted(rules, &file)
            && rules.major.is_none_or(|major| major >= TURBOPACK_SINCE);
        let shadows = turbopack_loads && loads(facts, "middleware.");
        if !(has_clerk || unmistakable || shadows) || (why == Why::InFolder && !missing) {
            continue;
        }
        found.push(Misplaced {
            should_be: should_be(app, rules, &file),
            file: path,
            why,
            has_clerk,
            turbopack_loads,
        });
    }
    found
}

/// Whether the file that is loaded has a name that begins so.
fn loads(facts: &EntryFacts, start: &str) -> bool {
    match &facts.state {
        State::File { file } => file
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with(start)),
        _ => false,
    }
}

/// Folder, file name and fault of every path that may hold a misplaced file.
fn candidates(rules: &Rules) -> Vec<(&'static str, String, Why)> {
    let mut all = Vec::new();
    for name in ["proxy", "middleware"] {
        let known = rules.names.contains(&name);
        for extension in ANY {
            let file = format!("{name}.{extension}");
            if !known && accepted(rules, &file) {
                all.push((rules.base, file.clone(), Why::Name));
            } else if !accepted(rules, &file) {
                let accepted = rules.extensions.clone();
                all.push((rules.base, file.clone(), Why::Extension { accepted }));
            }
            if rules.has_routes && known {
                let other = if rules.base.is_empty() { "src" } else { "" };
                all.push((other, file.clone(), Why::OtherLevel));
            }
            for folder in ["app", "src/app", "pages", "src/pages"] {
                all.push((folder, file.clone(), Why::AmongRoutes));
            }
            for folder in ["", "src"] {
                all.push((folder, format!("{name}/index.{extension}"), Why::InFolder));
            }
        }
    }
    // `pages/middleware.page.ts` and its like, where pages have long extensions.
    for extension in rules.extensions.iter().filter(|one| one.contains('.')) {
        for name in rules.names.iter().filter(|_| rules.has_routes) {
            let other = if rules.base.is_empty() { "src" } else { "" };
            all.push((other, format!("{name}.{extension}"), Why::OtherLevel));
        }
    }
    all
}

/// Whether a file has an extension that Next.js takes.
fn accepted(rules: &Rules, file: &str) -> bool {
    let extension = file.split_once('.').map_or("", |(_, extension)| extension);
    rules.extensions.iter().any(|one| one == extension)
}

/// The right path for a misplaced file, in its own language where that is accepted.
fn should_be(app: &App<'_>, rules: &Rules, file: &str) -> String {
    let written = file.rsplit('.').next().unwrap_or("ts");
    let plain = if written.contains("ts") { "ts" } else { "js" };
    let fits = [written, plain].into_iter().find_map(|wanted| {
        let suffix = format!(".{wanted}");
        rules
            .extensions
            .iter()
            .find(|one| *one == wanted || one.ends_with(&suffix))
    });
    let extension = fits
        .or(rules.extensions.first())
        .map_or("ts", String::as_str);
    let name = if rules.major.is_some() {
        rules.names.first().copied().unwrap_or("middleware")
    } else if file.contains("proxy") {
        "proxy"
    } else {
        "middleware"
    };
    rules.at(app, rules.base, name, extension)
}

fn has_clerk(app: &App<'_>, file: &str, name: &str) -> bool {
    let Some(Ok(module)) = app.project.module(file) else {
        return false;
    };
    let other = if name == "proxy" {
        "middleware"
    } else {
        "proxy"
    };
    uses(app, file, &module, name).is_yes() || uses(app, file, &module, other).is_yes()
}
