//! Error trackers: whether one is started, and whether it is told who the user is.

use super::super::super::module::Module;
use super::super::super::tree::{Expr, Key, Kind, Property};
use super::super::walk;
use super::{Care, Found, call, property, root};

/// SDKs of error trackers that an app starts by a call of its own. Packages for builds, and agents that are
/// loaded by a flag of Node (`newrelic`, `dd-trace`), are not among them.
const SDKS: &[&str] = &[
    "@sentry/astro",
    "@sentry/aws-serverless",
    "@sentry/browser",
    "@sentry/bun",
    "@sentry/cloudflare",
    "@sentry/nestjs",
    "@sentry/nextjs",
    "@sentry/node",
    "@sentry/nuxt",
    "@sentry/react",
    "@sentry/react-native",
    "@sentry/react-router",
    "@sentry/remix",
    "@sentry/solidstart",
    "@sentry/svelte",
    "@sentry/sveltekit",
    "@sentry/tanstackstart-react",
    "@sentry/vercel-edge",
    "@sentry/vue",
    "sentry-expo",
    "@bugsnag/js",
    "@bugsnag/node",
    "@bugsnag/browser",
    "@bugsnag/expo",
    "@bugsnag/react-native",
    "@datadog/browser-rum",
    "@highlight-run/next",
    "@highlight-run/node",
    "highlight.run",
    "@honeybadger-io/js",
    "@honeybadger-io/react",
    "rollbar",
    "@rollbar/react",
];

/// Names that everybody gives them, where the import is not seen: `await import("@sentry/node")`.
const USUAL: &[&str] = &["Sentry", "Bugsnag", "Rollbar", "datadogRum", "Honeybadger"];

/// Whether a package is an error tracker's SDK.
pub fn is_tracker(package: &str) -> bool {
    SDKS.contains(&package)
}

/// The package of a specifier: `@sentry/node` of `@sentry/node/init`.
fn package(source: &str) -> Option<&'static str> {
    SDKS.iter().copied().find(|sdk| {
        let rest = source.strip_prefix(sdk);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The names that a file takes from one.
pub(super) fn locals(module: &Module) -> Vec<String> {
    let theirs = module
        .imports
        .iter()
        .filter(|import| !import.type_only && package(&import.source).is_some());
    theirs.map(|import| import.local.clone()).collect()
}

/// `import "@sentry/node/init"` starts it by being imported. Such an import binds no name.
pub(super) fn imports(module: &Module, found: &mut Found) {
    let text = module.text();
    let starts = |sdk: &&str| text.contains(&format!("{sdk}/init"));
    if text.contains("/init") && SDKS.iter().any(starts) {
        found.push((0, Care::TrackerStarts));
    }
}

pub(super) fn look(locals: &[String], expr: &Expr, found: &mut Found) {
    let is_theirs = |name: &str| locals.iter().any(|local| local == name) || USUAL.contains(&name);
    if let Kind::Jsx(jsx) = &expr.kind {
        // `<HighlightInit projectID>`, `<RollbarProvider config>`.
        let started = jsx.name.as_ref().and_then(root);
        let starts = |name: &str| name.ends_with("Init") || name.ends_with("Provider");
        if started.is_some_and(|name| is_theirs(name) && starts(name)) {
            found.push((expr.at, Care::TrackerStarts));
        }
        return;
    }
    let Some((callee, arguments)) = call(expr) else {
        return;
    };
    let Some(name) = walk::last_name(callee) else {
        return;
    };
    let theirs = root(callee).is_some_and(|name| is_theirs(name));
    let is_new = matches!(expr.kind, Kind::New { .. });
    let is_plain = matches!(callee.kind, Kind::Name(_));
    // `sentry({ dsn })` in astro.config is an integration.
    let integrates = is_plain && &**name == "sentry";
    if theirs && (is_new || integrates || matches!(&**name, "init" | "start" | "configure")) {
        found.push((expr.at, Care::TrackerStarts));
        if arguments.iter().any(|one| names_a_user(&one.value)) {
            found.push((expr.at, Care::TrackerKnowsUser));
        }
        return;
    }
    let of_scope = root(callee).is_some_and(|root| root.to_ascii_lowercase().contains("scope"));
    let tells = match &**name {
        "setUser" | "identify" => theirs || of_scope,
        "setContext" | "setTag" | "setTags" | "setExtra" | "setExtras" => {
            (theirs || of_scope) && arguments.iter().any(|one| names_a_user(&one.value))
        }
        "captureException" | "captureMessage" | "captureEvent" | "notify" | "withScope" => {
            theirs && arguments.iter().skip(1).any(|one| names_a_user(&one.value))
        }
        _ => false,
    };
    if tells {
        found.push((expr.at, Care::TrackerKnowsUser));
    }
}

/// Whether an argument has a text or a key that speaks of a user: `"user"`, `{ userId }`, `{ person }`.
fn names_a_user(expr: &Expr) -> bool {
    let speaks = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.contains("user") || lower == "person" || lower.contains("clerk")
    };
    walk::any(expr, |one| match &one.kind {
        Kind::Text(text) => speaks(text),
        Kind::Object(all) => all
            .iter()
            .any(|property| matches!(property, Property::Value(Key::Name(key), _) if speaks(key))),
        _ => false,
    }) || property(expr, "user").is_some()
}
