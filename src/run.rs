//! The story in one place: what was typed becomes a plan, the plan is gathered into facts, the checks
//! judge them, and the report is written.

mod rotate;
mod triage;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::checks::engine::{self, Check, Scope};
use crate::cli::{AttestArgs, Audit, Cli, ColorName, Command, FailOn, FormatName, RoutesArgs};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::facts::{Facts, Need, Target, Webhooks, framework};
use crate::gather::files::{Root, TEXT_LIMIT};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::routes::RoutesPlan;
use crate::gather::{self, EnvPlan, Gathered, Plan};
use crate::model::attest::Attestation;
use crate::model::routes::RouteMap;
use crate::model::{AppKind, AppReport, Date, Decision, Group, Known, Outcome, Report};
use crate::report::{self, ColorChoice, Options, Style};
use crate::{checks, commands, plan, save};

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
        Command::Completions(args) => commands::completions::write(args.shell, &mut page)?,
        Command::Man(args) => commands::man::write(args.command.as_deref(), &mut page)?,
    }
    print(&page)?;
    Ok(Exit::Ready)
}

/// Lists what people attest, or writes down what one says.
fn attest(args: &AttestArgs, env: &ProcessEnv) -> Result<Exit> {
    let root = Root::open(&args.dir)?;
    let config = read_config(&root)?;
    let mut page = Vec::new();
    if let Some(id) = &args.id {
        let voucher = commands::attest::voucher(args, id, today(env)?)?;
        let text = root
            .read(config::FILE_NAME, TEXT_LIMIT)
            .map_err(|e| anyhow!("{e}"))?;
        let text = config::edit::attest(&text.unwrap_or_default(), id, &voucher)?;
        // What is written is what the next run reads, or it is not written.
        config::parse(&text, &NAMES)?;
        let path = root.path().join(config::FILE_NAME);
        save::whole(&path, text.as_bytes()).map_err(|e| {
            anyhow!(
                "cannot write {}: {}",
                config::FILE_NAME,
                gather::files::words(&e)
            )
        })?;
        commands::attest::written(id, &voucher, &mut page)?;
    } else {
        let all = attestations(&config, env)?;
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
    let root = Root::open(&args.dir)?;
    let config = read_config(&root)?;
    let plan = Plan {
        target: Target::Production,
        webhooks: Webhooks::Undeclared,
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
            public: config.routes.public,
            names: None,
        },
        history: None,
    };
    let gathered = gather::gather(&plan, root, env)?;
    let (maps, unread) = maps_of(gathered.facts);
    let notes = gathered
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"));
    for note in notes.chain(gathered.notes).chain(unread) {
        let _ = writeln!(io::stderr(), "clerk-audit: {}", printable(&note));
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

fn audit(args: &Audit, env: &ProcessEnv) -> Result<Exit> {
    let started = Instant::now();
    // A part of the audit says nothing of the rest of the checklist.
    let whole = args.only.is_empty() && args.group.is_empty();
    let root = Root::open(&args.dir)?;
    let config = read_config(&root)?;
    let selection = Selection::new(args, &config)?;
    let outputs = outputs(&args.output)?;
    let plan = plan::audit(
        args,
        &config,
        selection.needs(|_| true),
        selection.needs(|scope| scope == Scope::Everything),
        env,
    )?;

    let gathered = gather::gather(&plan, root, env)?;
    let searched = gathered
        .facts
        .iter()
        .filter_map(|facts| facts.history.as_ref());
    for rate in searched.filter_map(|history| history.rate.as_ref()) {
        let _ = writeln!(io::stderr(), "clerk-audit: {rate}");
    }
    let attested = if whole && !gathered.facts.is_empty() {
        attestations(&config, env)?
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

fn read_config(root: &Root) -> Result<Config> {
    match root.read(config::FILE_NAME, TEXT_LIMIT) {
        Ok(Some(text)) => config::parse(&text, &NAMES),
        Ok(None) => Ok(Config::default()),
        Err(e) => Err(anyhow!("{e}")),
    }
}

const NAMES: config::Names = config::Names {
    check: known_check,
    statement: commands::attest::known,
};

fn known_check(id: &str) -> Result<()> {
    if checks::ALL.iter().any(|check| check.meta.id == id) {
        return Ok(());
    }
    bail!("{}", commands::unknown_check(id))
}

/// The checks that run.
struct Selection {
    checks: Vec<&'static Check>,
}

impl Selection {
    fn new(args: &Audit, config: &Config) -> Result<Self> {
        for id in args.only.iter().chain(&args.skip) {
            known_check(id)?;
        }
        for group in &args.group {
            if !Group::ALL.iter().any(|known| known.id() == group) {
                let all: Vec<&str> = Group::ALL.iter().map(|group| group.id()).collect();
                let near = framework::nearest(group, all.iter().copied());
                let hint =
                    near.map_or_else(|| all.join(", "), |near| format!("did you mean {near}?"));
                bail!("there is no group {group}; {hint}");
            }
        }
        let chosen = |check: &&&'static Check| {
            let meta = &check.meta;
            let named = |list: &[String]| list.iter().any(|id| id == meta.id);
            (args.only.is_empty() || named(&args.only))
                && (args.group.is_empty()
                    || args.group.iter().any(|group| group == meta.group.id()))
                && !named(&args.skip)
                && !config.skip.iter().any(|id| id.get_ref() == meta.id)
        };
        let checks: Vec<_> = checks::ALL.iter().filter(chosen).copied().collect();
        if checks.is_empty() {
            bail!("no check is left to run: --only, --skip and --group exclude each other");
        }
        Ok(Self { checks })
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
        checks: engine::judge(facts, &selection.checks),
    }
}

/// A finding at the threshold outranks what could not be judged; only then is it ready.
fn decide(args: &Audit, apps: &[AppReport], all_read: bool, attested: bool) -> Decision {
    let outcomes = || {
        apps.iter()
            .flat_map(|app| &app.checks)
            .map(|check| &check.outcome)
    };
    let failed = outcomes().any(|outcome| match (outcome, args.fail_on) {
        (Outcome::Fail(_), FailOn::Error | FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Error) => args.strict,
        _ => false,
    });
    let by_choice = |why: &str| why.starts_with("--");
    // Without a single judgement there is nothing that "ready" could rest on: all was skipped, or no
    // package here uses Clerk.
    let judged = outcomes()
        .any(|outcome| matches!(outcome, Outcome::Pass | Outcome::Fail(_) | Outcome::Warn(_)));
    let skipped = outcomes().any(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let deployed = apps.iter().any(|app| app.kind == AppKind::App);
    let nothing = !deployed || (!judged && skipped);
    let open = outcomes().any(|outcome| match outcome {
        Outcome::Broken { .. } => true,
        Outcome::Skipped(why) => args.strict && !by_choice(why),
        _ => false,
    });
    if failed || (args.strict && !attested) {
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
