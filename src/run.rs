//! The story in one place: what was typed becomes a plan, the plan is gathered into facts, the checks
//! judge them, and the report is written.

mod init;
mod rotate;
mod settings;
mod triage;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::checks::engine::{self, Check, Scope};
use crate::cli::{
    AttestArgs, Audit, Cli, ColorName, Command, ConfigArgs, FailOn, FormatName, RoutesArgs,
    SchemaName,
};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::facts::{Facts, Need, Target};
use crate::gather::files::Root;
use crate::gather::process::{self, ProcessEnv};
use crate::gather::routes::RoutesPlan;
use crate::gather::{self, EnvPlan, Gathered, Plan};
use crate::model::attest::Attestation;
use crate::model::routes::RouteMap;
use crate::model::{AppKind, AppReport, CheckResult, Date, Decision, Known, Outcome, Report};
use crate::report::{self, ColorChoice, Options, Style};
use crate::{checks, commands, plan, save};
use settings::{NAMES, Settings};

/// Does what was typed. A fatal error is printed here, on standard error.
pub fn main(cli: &Cli) -> Exit {
    let env = ProcessEnv::take();
    let done = match &cli.command {
        Some(command) => other(command, &env),
        None => audit(&cli.audit, &env),
    };
    match done {
        Ok(exit) => exit,
        Err(e) => {
            // Nothing more can be done if even standard error is closed.
            let _ = writeln!(
                io::stderr(),
                "clerk-audit: {}",
                printable(&format!("{e:#}"))
            );
            Exit::Usage
        }
    }
}

fn other(command: &Command, env: &ProcessEnv) -> Result<Exit> {
    let style = style(ColorName::Auto, env);
    let mut page = Vec::new();
    match command {
        Command::Checks { format } => commands::checks(*format, &style, &mut page)?,
        Command::Explain { id } => commands::explain(id, &style, &mut page)?,
        Command::Routes(args) => return routes(args, env),
        Command::Attest(args) => return attest(args, env),
        Command::Triage(args) => return triage::run(args, env),
        Command::RotateCheck(args) => return rotate::run(args, env),
        Command::Init(args) => return init::run(args, env),
        Command::Schema { of } => page.extend_from_slice(schema(*of).as_bytes()),
    }
    print(&page)?;
    Ok(Exit::Ready)
}

/// What a program that reads or writes one of our documents has to know.
fn schema(of: SchemaName) -> &'static str {
    match of {
        SchemaName::Config => config::SCHEMA,
        SchemaName::Report => report::json::SCHEMA,
        SchemaName::Routes => report::routes::json::SCHEMA,
        SchemaName::Triage => report::triage::SCHEMA,
        SchemaName::Rotation => report::triage::ROTATION_SCHEMA,
    }
}

/// Lists what people attest, or writes down what one says.
fn attest(args: &AttestArgs, env: &ProcessEnv) -> Result<Exit> {
    let root = gather::fenced(Root::open(&args.dir)?, env);
    let mut page = Vec::new();
    if let Some(id) = &args.id {
        let voucher = commands::attest::voucher(args, id, today(env)?)?;
        let (origin, text) = settings::nearest_file(&root)?.unwrap_or_else(settings::no_file);
        let text = config::edit::attest(&text, &origin.name, id, &voucher)?;
        // What is written is what the next run reads, or it is not written.
        config::parse(&text, &origin, &NAMES)?;
        save::whole(&root.path().join(&origin.name), text.as_bytes())
            .map_err(|e| anyhow!("cannot write {}: {}", origin.name, gather::files::words(&e)))?;
        commands::attest::written(id, &voucher, &origin.name, &mut page)?;
    } else {
        let settings = Settings::of_directory(&ConfigArgs::default(), &root)?;
        let all = attestations(&settings.run, env)?;
        let style = style(ColorName::Auto, env);
        commands::attest::list(&all, args.format, &style, &mut page)?;
    }
    print(&page)?;
    Ok(Exit::Ready)
}

fn today(env: &ProcessEnv) -> Result<Date> {
    process::today(env).context("SOURCE_DATE_EPOCH or the clock of this machine tells no day")
}

/// What people attest, as of today.
fn attestations(config: &Config, env: &ProcessEnv) -> Result<Vec<Attestation>> {
    let today = today(env)?;
    let all = checks::attestations::ALL.iter();
    Ok(all
        .map(|statement| {
            let voucher = config.vouchers.get(statement.id).cloned();
            Attestation::on(today, statement, voucher)
        })
        .collect())
}

/// The route map of each app.
fn routes(args: &RoutesArgs, env: &ProcessEnv) -> Result<Exit> {
    let filter = commands::routes::Filter::new(args)?;
    let listing = gather::list(Root::open(&args.dir)?, env);
    let settings = Settings::read(&args.config, &listing.root, &listing.tree, &args.app)?;
    let plan = Plan {
        target: Target::Production,
        declared: settings.declared(),
        apps: args.app.clone(),
        // The switches of the app's own files count; what this machine has set does not.
        env: EnvPlan {
            off: None,
            process: false,
            files: true,
            given: Vec::new(),
        },
        ask: Err("not asked".to_owned()),
        needs: BTreeSet::from([Need::Routes]),
        needs_of_libraries: BTreeSet::new(),
        routes: RoutesPlan {
            url: args.url.clone(),
            names: None,
        },
        history: None,
    };
    let gathered = gather::gather(&plan, listing, env)?;
    let (maps, unread) = maps_of(gathered.facts);
    let notes = gathered
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"));
    for note in notes.chain(gathered.notes).chain(unread) {
        say(&printable(&note));
    }
    let all = maps.iter().map(|map| map.routes.len()).sum();
    let maps = commands::routes::select(maps, &filter);
    let options = report::routes::Options {
        version: env!("CARGO_PKG_VERSION"),
        all,
        url: args.url.as_deref(),
        why: args.why,
    };
    let mut page = Vec::new();
    commands::routes::render(
        args.format,
        &maps,
        &style(args.color, env),
        &options,
        &mut page,
    )?;
    print(&page)?;
    Ok(if maps.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Ready
    })
}

/// The maps that were made, and a sentence for each app that has none.
fn maps_of(facts: Vec<Facts>) -> (Vec<RouteMap>, Vec<String>) {
    let mut maps = Vec::new();
    let mut unread = Vec::new();
    for facts in facts {
        match facts.routes {
            Known::Yes(map) => maps.push(map),
            Known::NotAsked(why) | Known::Failed(why) if facts.app.kind == AppKind::App => {
                unread.push(format!("{}: {why}", facts.app.shown_path()));
            }
            _ => {}
        }
    }
    (maps, unread)
}

fn audit(typed: &Audit, env: &ProcessEnv) -> Result<Exit> {
    let started = Instant::now();
    let listing = gather::list(Root::open(&typed.dir)?, env);
    let settings = Settings::read(&typed.config, &listing.root, &listing.tree, &typed.app)?;
    let args = &settings::filled(typed, &settings.run);
    // A part of the audit says nothing of the rest of the checklist.
    let whole = args.only.is_empty() && args.group.is_empty();
    let selection = Selection::new(args, settings)?;
    let settings = &selection.settings;
    let outputs = outputs(&args.output)?;
    let plan = plan::audit(
        args,
        plan::env(args, &settings.run.environment, &listing.root)?,
        settings.declared(),
        settings::offline(typed, &settings.run),
        selection.needs(|_| true),
        selection.needs(|scope| scope == Scope::Everything),
        env,
    )?;

    let gathered = gather::gather(&plan, listing, env)?;
    let searched = gathered
        .facts
        .iter()
        .filter_map(|facts| facts.history.as_ref());
    for rate in searched.filter_map(|history| history.rate.as_ref()) {
        let _ = writeln!(io::stderr(), "clerk-audit: {rate}");
    }
    let attested = if whole && !gathered.facts.is_empty() {
        attestations(&settings.run, env)?
    } else {
        Vec::new()
    };
    let report = judge(args, &plan, &selection, gathered, attested);

    let style = style(args.color, env);
    let elapsed = io::stdout().is_terminal().then(|| started.elapsed());
    let options = Options {
        // Who names checks wants to see what became of each.
        verbose: args.verbose || !whole,
        quiet: args.quiet,
        elapsed,
    };
    for (format, path) in outputs {
        let mut bytes = Vec::new();
        (format.render)(&report, &Style::PLAIN, &Options::default(), &mut bytes)?;
        save::whole(Path::new(path), &bytes)
            .map_err(|e| anyhow!("cannot write {path}: {}", gather::files::words(&e)))?;
    }
    let mut bytes = Vec::new();
    (format_named(args.format).render)(&report, &style, &options, &mut bytes)?;
    print(&bytes)?;
    Ok(Exit::from(report.decision))
}

/// The checks that run.
struct Selection {
    /// For any app.
    checks: Vec<&'static Check>,
    /// Those that were named one by one: what leaves them out in a config does not count.
    named: BTreeSet<String>,
    settings: Settings,
}

impl Selection {
    fn new(args: &Audit, settings: Settings) -> Result<Self> {
        for id in args.only.iter().chain(&args.skip) {
            settings::known_check(id)?;
        }
        for group in &args.group {
            settings::known_group(group)?;
        }
        let named: BTreeSet<String> = args.only.iter().cloned().collect();
        let chosen = |check: &&&'static Check| {
            let meta = &check.meta;
            (named.is_empty() || named.contains(meta.id))
                && (args.group.is_empty()
                    || args.group.iter().any(|group| group == meta.group.id()))
                && !args.skip.iter().any(|id| id == meta.id)
                && (named.contains(meta.id) || settings.runs(meta.id))
        };
        let checks: Vec<_> = checks::ALL.iter().filter(chosen).copied().collect();
        if checks.is_empty() {
            bail!("no check is left to run: --only, --skip and --group exclude each other");
        }
        Ok(Self {
            checks,
            named,
            settings,
        })
    }

    /// The checks of one app, by its folder.
    fn of(&self, folder: &str) -> Vec<&'static Check> {
        let config = self.settings.of(folder);
        let runs = |check: &&&Check| {
            let id = check.meta.id;
            self.named.contains(id) || !config.skip.contains(id)
        };
        self.checks.iter().filter(runs).copied().collect()
    }

    fn needs(&self, of: impl Fn(Scope) -> bool) -> BTreeSet<Need> {
        let checks = self.checks.iter().filter(|check| of(check.scope));
        let mut needs: BTreeSet<Need> = checks.flat_map(|check| check.needs).copied().collect();
        if needs.contains(&Need::Shapes) || needs.contains(&Need::Visited) {
            // What a shape means is often a question to the map; what is visited is on it.
            needs.insert(Need::Routes);
        }
        needs
    }

    fn judge(&self, facts: &Facts) -> Vec<CheckResult> {
        let folder = &facts.app.path;
        let judged = engine::judge(facts, &self.of(folder)).into_iter();
        judged
            .map(|CheckResult { meta, outcome }| CheckResult {
                meta,
                outcome: self.settings.weighed(folder, meta.id, outcome),
            })
            .collect()
    }
}

fn judge(
    args: &Audit,
    plan: &Plan,
    selection: &Selection,
    gathered: Gathered,
    attestations: Vec<Attestation>,
) -> Report {
    let apps: Vec<AppReport> = gathered
        .facts
        .iter()
        .map(|facts| app_report(facts, selection))
        .collect();
    let mut notes: Vec<String> = gathered
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"))
        .collect();
    let folders: Vec<&str> = gathered
        .facts
        .iter()
        .map(|facts| facts.app.path.as_str())
        .collect();
    notes.extend(selection.settings.notes(&folders));
    notes.extend(gathered.notes);
    notes.extend(plan::seams(&args.live));
    let attested = attestations.iter().all(|one| one.standing.is_settled());
    let decision = decide(args, &apps, gathered.gaps.is_empty(), attested);
    Report {
        version: env!("CARGO_PKG_VERSION"),
        target: plan.target.word(),
        online: plan.ask.is_ok(),
        online_why: plan.ask.as_ref().err().cloned().unwrap_or_default(),
        directory: gathered.directory,
        apps,
        attestations,
        notes,
        decision,
        exit_code: Exit::from(decision).code(),
    }
}

fn app_report(facts: &Facts, selection: &Selection) -> AppReport {
    let app = &facts.app;
    let packages = app.clerk.iter().map(|package| {
        let version = package
            .version
            .clone()
            .unwrap_or_else(|| package.range.clone());
        (
            package.name.clone(),
            Some(version).filter(|version| !version.is_empty()),
        )
    });
    AppReport {
        path: app.shown_path().to_owned(),
        name: app.name.clone(),
        kind: app.kind,
        framework: app.framework.id,
        framework_name: app.framework.name,
        framework_version: app.framework_version.clone(),
        clerk_packages: packages.collect(),
        environment: match &facts.env {
            Known::Yes(env) => env.sources(),
            Known::NotAsked(why) => format!("not judged ({why})"),
            Known::Failed(why) => why.clone(),
        },
        routes: facts.routes.as_ref().map(RouteMap::counts),
        checks: selection.judge(facts),
    }
}

/// A finding at the threshold outranks what could not be judged; only then is it ready.
fn decide(args: &Audit, apps: &[AppReport], all_read: bool, attested: bool) -> Decision {
    let outcomes = || {
        apps.iter()
            .flat_map(|app| &app.checks)
            .map(|check| &check.outcome)
    };
    let strict = args.strict == Some(true);
    let fail_on = args.fail_on.unwrap_or(FailOn::Error);
    let failed = outcomes().any(|outcome| match (outcome, fail_on) {
        (Outcome::Fail(_), FailOn::Error | FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Error) => strict,
        _ => false,
    });
    let by_choice = |why: &str| why.starts_with("--") || why == settings::OFFLINE;
    // Without a single judgement there is nothing that "ready" could rest on: all was skipped, or no
    // package here uses Clerk.
    let judged = outcomes()
        .any(|outcome| matches!(outcome, Outcome::Pass | Outcome::Fail(_) | Outcome::Warn(_)));
    let skipped = outcomes().any(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let deployed = apps.iter().any(|app| app.kind == AppKind::App);
    let nothing = !deployed || (!judged && skipped);
    let open = outcomes().any(|outcome| match outcome {
        Outcome::Broken { .. } => true,
        Outcome::Skipped(why) => strict && !by_choice(why),
        _ => false,
    });
    if failed || (strict && !attested) {
        Decision::NotReady
    } else if open || nothing || !all_read {
        Decision::Incomplete
    } else {
        Decision::Ready
    }
}

fn style(choice: ColorName, env: &ProcessEnv) -> Style {
    let choice = match choice {
        ColorName::Auto => ColorChoice::Auto,
        ColorName::Always => ColorChoice::Always,
        ColorName::Never => ColorChoice::Never,
    };
    let is_terminal = io::stdout().is_terminal();
    let columns = is_terminal
        .then(terminal_size::terminal_size)
        .flatten()
        .map(|(width, _)| usize::from(width.0));
    Style::decide(choice, &|name| env.get(name), is_terminal, columns)
}

fn format_named(name: FormatName) -> &'static report::Format {
    match name {
        FormatName::Human => &report::HUMAN,
        FormatName::Json => &report::JSON,
    }
}

/// Reads each `--output FORMAT=FILE`.
fn outputs(given: &[String]) -> Result<Vec<(&'static report::Format, &str)>> {
    let names = || {
        report::ALL
            .iter()
            .map(|format| format.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut outputs = Vec::new();
    for text in given {
        let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            bail!(
                "--output {text} is not FORMAT=FILE; the formats are {}",
                names()
            );
        };
        let format = report::ALL.iter().find(|format| format.name == name);
        let format =
            format.with_context(|| format!("there is no format {name}; there are {}", names()))?;
        outputs.push((*format, path));
    }
    Ok(outputs)
}

/// Says something beside what was asked for, on standard error.
fn say(text: &str) {
    // Nothing more can be done if even standard error is closed.
    let _ = writeln!(io::stderr(), "clerk-audit: {text}");
}

/// Writes to standard output. That nobody reads on (`| head`) is no fault.
fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// A message with what steers a terminal spelled out: a config file that is quoted is not our own text.
fn printable(text: &str) -> String {
    let mut clean = String::new();
    for c in text.chars() {
        match c {
            '\n' | '"' | '\'' | '\\' => clean.push(c),
            c => clean.extend(c.escape_debug()),
        }
    }
    clean
}
