//! The story in one place: what was typed becomes a plan, the plan is gathered into facts, the checks
//! judge them, and the report is written.

mod fix;
mod judge;
mod rotate;
mod triage;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::checks::engine::{Check, Scope};
use crate::cli::{AttestArgs, Audit, Cli, ColorName, Command, FixName, RoutesArgs};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::facts::{Facts, Need, Target, Webhooks, framework};
use crate::gather::files::{LOCK_LIMIT, Root, TEXT_LIMIT, read_given};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::routes::RoutesPlan;
use crate::gather::{self, EnvPlan, Plan};
use crate::model::attest::Attestation;
use crate::model::routes::RouteMap;
use crate::model::{AppKind, Date, Group, Known, Report};
use crate::report::{self, ColorChoice, Options, Style};
use crate::{checks, commands, plan, save};
use judge::{Baseline, Terms};

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
    let mut plan = plan::audit(
        args,
        &config,
        selection.needs(|_| true),
        selection.needs(|scope| scope == Scope::Everything),
        env,
    )?;

    let terms = Terms {
        checks: &selection.checks,
        root: &root,
        ignores: Vec::new(),
        today: today(env)?,
        baseline: baseline(args)?,
    };
    if args.fix == Some(FixName::Safe) && mend(args, &mut plan, &terms, env)? {
        plan::read_again(&mut plan, args)?;
    }
    let gathered = gather::gather(&plan, root.clone(), env)?;
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
    let report = judge::judge(args, &plan, terms, gathered, attested);
    if let Some(path) = args.baseline.as_deref().filter(|_| args.baseline_write) {
        write_report(&report::JSON, &report, path)?;
    }

    let style = style(args.color, env);
    let elapsed = io::stdout().is_terminal().then(|| started.elapsed());
    let options = Options {
        // Who names checks wants to see what became of each.
        verbose: args.verbose || !whole,
        quiet: args.quiet,
        elapsed,
    };
    for (format, path) in outputs {
        write_report(format, &report, Path::new(path))?;
    }
    if args.fix == Some(FixName::Review) {
        print_by(|out| fix::review(&report, &root, out))?;
    } else {
        let format = format_named(&args.format)?;
        print_by(|out| (format.render)(&report, &style, &options, out))?;
    }
    Ok(Exit::from(report.decision))
}

/// Audits what lies here alone, which is all that can be mended, and applies what is safe. Whether
/// anything was changed.
fn mend(args: &Audit, plan: &mut Plan, terms: &Terms<'_>, env: &ProcessEnv) -> Result<bool> {
    let ask = std::mem::replace(&mut plan.ask, Err("not asked before fixing".to_owned()));
    let history = plan.history.take();
    let gathered = gather::gather(plan, terms.root.clone(), env);
    let report =
        gathered.map(|gathered| judge::judge(args, plan, terms.clone(), gathered, Vec::new()));
    plan.ask = ask;
    plan.history = history;
    Ok(fix::apply(&report?, terms.root, args.force))
}

/// Writes a report into a file, whole or not at all.
fn write_report(format: &report::Format, report: &Report, path: &Path) -> Result<()> {
    let write =
        |out: &mut dyn Write| (format.render)(report, &Style::PLAIN, &Options::default(), out);
    let words = |e| {
        anyhow!(
            "cannot write {}: {}",
            path.display(),
            gather::files::words(&e)
        )
    };
    save::whole_by(path, write).map_err(words)
}

/// What is known already, as `--baseline` says.
fn baseline(args: &Audit) -> Result<Baseline> {
    match &args.baseline {
        None => Ok(Baseline::None),
        Some(_) if args.baseline_write => Ok(Baseline::Everything),
        Some(path) => {
            let text = read_given("--baseline", path, LOCK_LIMIT)
                .map_err(|e| anyhow!("{e}; --baseline-write writes one"))?;
            let known = config::baseline::parse(&path.display().to_string(), &text)?;
            Ok(Baseline::Of(known))
        }
    }
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

fn format_named(name: &str) -> Result<&'static report::Format> {
    let known = report::ALL.iter().find(|format| format.name == name);
    known
        .copied()
        .with_context(|| format!("there is no format {name}; there are {}", format_names()))
}

fn format_names() -> String {
    let names: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    names.join(", ")
}

/// Reads each `--output FORMAT=FILE`.
fn outputs(given: &[String]) -> Result<Vec<(&'static report::Format, &str)>> {
    let mut outputs = Vec::new();
    for text in given {
        let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            bail!(
                "--output {text} is not FORMAT=FILE; the formats are {}",
                format_names()
            );
        };
        outputs.push((format_named(name)?, path));
    }
    Ok(outputs)
}

/// Writes to standard output.
fn print(bytes: &[u8]) -> Result<()> {
    print_by(|out| out.write_all(bytes))
}

/// Writes to standard output bit by bit. That nobody reads on (`| head`) is no fault.
fn print_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
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
