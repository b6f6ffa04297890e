//! `clerk-audit init`: a commented `clerk-audit.toml`, and a workflow, from what was found.

use std::fmt::Write as _;

use crate::checks::attestations;
use crate::facts::{Facts, KeyRole};
use crate::model::routes::{Route, Verdict};
use crate::model::{AppKind, Place};

/// How many routes a suggestion lists.
const LISTED: usize = 40;

/// The text of `clerk-audit.toml`. Whatever would change a verdict is commented out.
pub fn config(all: &[Facts]) -> String {
    let mut page = Page::default();
    page.line("# What this project declares to clerk-audit about itself.");
    page.line("# All that would change a verdict is commented out: uncomment what is meant.");
    page.line("# `clerk-audit schema` prints a JSON Schema of this file, for editors.");
    page.line("#");
    apps(&mut page, all);
    page.line("");
    page.line("# What it is judged for: \"production\", \"preview\" or \"development\".");
    page.line("# target = \"production\"");
    page.line("# From which severity on a finding fails: \"error\", \"warning\" or \"never\".");
    page.line("# fail-on = \"error\"");
    page.line("# Fail for warnings, and for what nobody attests below.");
    page.line("# strict = true");
    page.line("");
    webhooks(&mut page, all);
    page.line("");
    page.line("[checks]");
    page.line("# How much the findings of a check weigh: \"off\", \"warning\" or \"error\".");
    page.line("# `clerk-audit checks` lists them all.");
    page.line("# \"env/unread-variable\" = \"off\"");
    page.line("");
    routes(&mut page, all);
    page.line("");
    environment(&mut page, all);
    page.line("");
    page.line("[network]");
    page.line("# The deployed site, to be asked as a signed-out visitor; \"auto\": the domain");
    page.line("# of the publishable key. What else the options of the same names allow:");
    page.line("# offline, webhook-url, sample, rate, timeout. Never a secret.");
    page.line("# url = \"auto\"");
    page.line("");
    page.line("# Findings that the project lives with; reason is required.");
    page.line("# [[ignore]]");
    page.line("# check = \"routes/reached\"");
    page.line("# path = \"app/legacy/**\"");
    page.line("# reason = \"moves to the new app\"");
    page.line("# until = 2027-05-31");
    page.line("");
    page.line("[attest]");
    page.line("# What only a person can know. This writes the line of a statement:");
    page.line("#   clerk-audit attest uptime-monitor --by NAME --until 2027-05-31");
    for statement in attestations::ALL {
        page.line(&format!("# {}: {}", statement.id, statement.says));
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    /// One line, whatever is in the names of files.
    fn line(&mut self, text: &str) {
        self.0.extend(
            text.chars()
                .map(|c| if c.is_control() { '\u{fffd}' } else { c }),
        );
        self.0.push('\n');
    }

    /// A list that is commented out; each entry may say of what it is.
    fn list(&mut self, key: &str, entries: &[(String, String)]) {
        self.line(&format!("# {key} = ["));
        for (entry, of) in entries.iter().take(LISTED) {
            let of = match of.as_str() {
                "" => String::new(),
                of => format!("   # {of}"),
            };
            self.line(&format!("#   {},{of}", quoted(entry)));
        }
        self.line("# ]");
        if entries.len() > LISTED {
            let more = entries.len() - LISTED;
            self.line(&format!(
                "# and {more} more: `clerk-audit routes` lists them all."
            ));
        }
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn apps(page: &mut Page, all: &[Facts]) {
    if all.is_empty() {
        page.line("# No app with Clerk was found here.");
    }
    for facts in all {
        let app = &facts.app;
        let mut about = app.framework.name.to_owned();
        if let Some(version) = &app.framework_version {
            let _ = write!(about, " {version}");
        }
        match app.kind {
            AppKind::App => {}
            AppKind::Library => about.push_str(", a library"),
            AppKind::Unused => about.push_str(", no code imports Clerk"),
        }
        page.line(&format!("# Found: {} ({about})", app.shown_path()));
    }
}

fn webhooks(page: &mut Page, all: &[Facts]) {
    let mut receivers = all.iter().filter_map(|facts| {
        let code = facts.code.as_ref()?;
        let place = code
            .webhook_receiver()
            .filter(|_| code.receiver_is_clerks())?;
        match place {
            Place::Span { file, .. } | Place::File { file } => Some(file.clone()),
            _ => None,
        }
    });
    match receivers.next() {
        Some(file) => {
            page.line(&format!("# {file} receives Clerk's webhooks."));
            page.line("# webhooks = \"required\"");
        }
        None => {
            page.line(
                "# No code that surely receives Clerk's webhooks was found. If there is none:",
            );
            page.line("# webhooks = \"none\"");
        }
    }
}

fn routes(page: &mut Page, all: &[Facts]) {
    let several = all
        .iter()
        .filter(|facts| facts.routes.as_ref().is_some())
        .count()
        > 1;
    let of = |wanted: fn(&Route) -> bool| -> Vec<(String, String)> {
        let each = all.iter().flat_map(|facts| {
            let app = if several { facts.app.shown_path() } else { "" };
            let routes = facts
                .routes
                .as_ref()
                .into_iter()
                .flat_map(|map| &map.routes);
            routes
                .filter(|route| !route.urls.is_empty() && wanted(route))
                .map(move |route| (route.pattern.clone(), app.to_owned()))
        });
        each.collect()
    };
    let open = of(|route| route.verdict() == Verdict::Reached && !route.is_declared_public());
    let closed = of(|route| route.verdict() == Verdict::Stopped);
    page.line("[routes]");
    page.line("# Patterns as createRouteMatcher takes them, routes as `clerk-audit routes`");
    page.line("# shows them, or names of server functions.");
    if open.is_empty() {
        page.line("# Routes that anyone may reach:");
        page.line("# public = [\"/pricing\", \"/blog(.*)\"]");
    } else {
        page.line("# These are open to whoever is signed out. Leave those that are meant to be:");
        page.list("public", &open);
    }
    if closed.is_empty() {
        page.line("# Routes that must stay closed to whoever is signed out:");
        page.line("# protected = [\"/dashboard(.*)\"]");
    } else {
        page.line("# These are closed to whoever is signed out. Declared, they have to stay so:");
        page.list("protected", &closed);
    }
}

fn environment(page: &mut Page, all: &[Facts]) {
    page.line("[environment]");
    page.line("# The framework's own env files and the environment of the process count,");
    page.line("# unless these are named: then exactly their values are judged.");
    let mut found: Vec<&str> = all
        .iter()
        .flat_map(|facts| &facts.secret_files)
        .map(|file| file.path.as_str())
        .collect();
    found.sort_unstable();
    found.dedup();
    let shown: Vec<&str> = found.iter().copied().take(12).collect();
    if !shown.is_empty() {
        page.line(&format!("# Found: {}", shown.join(", ")));
    }
    let production = found.iter().find(|path| path.ends_with(".env.production"));
    let file = production.copied().unwrap_or(".env.production");
    page.line(&format!("# files = [{}]", quoted(file)));
    page.line("# process = true");
}

/// The text of a GitHub workflow that audits a folder of the repository; empty for all of it.
pub fn workflow(all: &[Facts], folder: &str) -> String {
    let mut text = WORKFLOW.replace("{version}", env!("CARGO_PKG_VERSION"));
    let (of, folder) = match folder {
        "" => (String::new(), String::new()),
        folder => (
            format!(" ({folder})"),
            format!("    defaults:\n      run:\n        working-directory: {folder}\n"),
        ),
    };
    text = text.replace("{of}", &of).replace("{folder}\n", &folder);
    let mut names = Vec::new();
    for facts in all.iter().filter(|facts| facts.app.kind == AppKind::App) {
        let receives = facts
            .code
            .as_ref()
            .is_some_and(|code| code.webhook_receiver().is_some());
        for role in [KeyRole::Publishable, KeyRole::Secret, KeyRole::Webhook] {
            let wanted = match role {
                KeyRole::Publishable => true,
                KeyRole::Secret => facts.app.has_server(),
                KeyRole::Webhook => receives,
            };
            let name = role.names(&facts.app).first().copied();
            names.extend(name.filter(|_| wanted).map(|name| (role, name)));
        }
    }
    let mut variables = String::new();
    for (role, name) in names {
        let from = match role {
            KeyRole::Publishable => "vars",
            KeyRole::Secret | KeyRole::Webhook => "secrets",
        };
        let line = format!("          {name}: ${{{{ {from}.{name} }}}}\n");
        if !variables.contains(&line) {
            variables.push_str(&line);
        }
    }
    if !variables.is_empty() {
        variables.insert_str(0, "        env:\n");
    }
    text.replace("{variables}\n", &variables)
}

const WORKFLOW: &str = include_str!("workflow.yml");
