//! The story in one place: what was typed becomes a plan, the plan is gathered into facts, the checks
//! judge them, and the report is written.

mod clash;
mod contradiction;
mod fix;
mod init;
mod judge;
mod output;
mod progress;
mod record;
mod rotate;
mod selection;
mod settings;
mod summary;
mod triage;
mod watch;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::checks::engine::Scope;
use crate::cli::{AttestArgs, Audit, Cli, ColorName, Command, FixName, RoutesArgs, SchemaName};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::facts::{Facts, Need, Target};
use crate::gather::files::{LOCK_LIMIT, Root, read_given};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::progress::Progress;
use crate::gather::routes::RoutesPlan;
use crate::gather::{self, EnvPlan, Plan};
use crate::model::attest::Attestation;
use crate::model::routes::RouteMap;
use crate::model::{AppKind, Date, Known, Report};
use crate::recording::Recording;
use crate::report::{self, Options, printable};
use crate::{commands, plan, save};
use judge::{Baseline, Terms};
use output::{STDOUT, outputs, print, print_by, say, screen, style, write_report};
use selection::Selection;
use settings::{NAMES, Settings};

const VERSION: &str = env!("CARGO_PKG_VERSION");

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
            say(&printable(&format!("{e:#}")));
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
        Command::Completions(args) => commands::completions::write(args.shell, &mut page)?,
        Command::Man(args) => commands::man::write(args.command.as_deref(), &mut page)?,
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
        let (path, origin, text) = settings::to_attest_in(&args.config, &root)?;
        // The reader says what is wrong, with the line; and what is written is what the next run reads.
        config::parse(&text, &origin, &NAMES)?;
        let text = config::edit::attest(&text, &origin.name, id, &voucher)?;
        config::parse(&text, &origin, &NAMES)?;
        save::whole(&path, text.as_bytes())
            .map_err(|e| anyhow!("cannot write {}: {}", origin.name, gather::files::words(&e)))?;
        commands::attest::written(id, &voucher, &origin.name, &mut page)?;
    } else {
        let settings = Settings::of_directory(&args.config, &root)?;
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
    Ok(judge::standing(&config.vouchers, today(env)?))
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
        answers: None,
        progress: Progress::default(),
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
    outputs(&typed.output)?;
    contradiction::check(typed)?;
    clash::check(typed)?;
    if typed.watch {
        return watch::run(typed, env);
    }
    if typed.fix == Some(FixName::Safe) {
        mend(typed, env)?;
    }
    let report = match &typed.replay {
        Some(path) => replayed(typed, path)?,
        None => look(typed, env, None)?,
    };
    if typed.fix == Some(FixName::Review) {
        let root = Root::open(&typed.dir)?;
        print_by(|out| fix::review(&report, &root, out))?;
        return Ok(Exit::from(report.decision));
    }
    tell(typed, env, &report, started)?;
    Ok(Exit::from(report.decision))
}

/// Audits what lies here alone, which is all that can be mended, and applies what is safe.
fn mend(typed: &Audit, env: &ProcessEnv) -> Result<()> {
    if let Some(what) = clash::read_once(typed) {
        bail!("--fix cannot read {what} twice; give it a file");
    }
    let mut alone = typed.clone();
    alone.live.offline = Some(true);
    alone.history = None;
    alone.record = None;
    let report = look(&alone, env, None)?;
    fix::apply(&report, &Root::open(&typed.dir)?, typed.force);
    Ok(())
}

/// Judges what another machine saw.
fn replayed(typed: &Audit, path: &Path) -> Result<Report> {
    let selection = Selection::new(typed, Settings::default())?;
    let baseline = baseline(typed)?;
    let recording = record::read(path)?;
    let args = record::filled(typed, &recording);
    Ok(judged(&args, &selection, baseline, recording))
}

/// Reads and asks, and judges what was found. Who looks again keeps the answers of the first time.
fn look(
    typed: &Audit,
    env: &ProcessEnv,
    answers: Option<&mut Option<watch::Answers>>,
) -> Result<Report> {
    let listing = gather::list(Root::open(&typed.dir)?, env);
    let settings = Settings::read(&typed.config, &listing.root, &listing.tree, &typed.app)?;
    let args = &settings::filled(typed, &settings.run);
    let selection = Selection::new(args, settings)?;
    let settings = &selection.settings;
    let baseline = baseline(args)?;
    let mut plan = plan::audit(
        args,
        plan::env(args, &settings.run.environment, &listing.root)?,
        settings.declared(),
        settings::offline(typed, &settings.run),
        selection.needs(|_| true),
        selection.needs(|scope| scope == Scope::Everything),
        env,
    )?;
    let root = listing.root.clone();
    let shown = progress::begin(args, env);
    plan.progress = shown.progress();
    let gathered = match answers {
        Some(answers) => watch::gather(&mut plan, listing, env, answers)?,
        None => gather::gather(&plan, listing, env)?,
    };
    drop(shown);
    tell_rate(&gathered.facts);
    let context = record::Context {
        root: &root,
        selection: &selection,
        plan: &plan,
        seams: plan::seams(&args.live),
        today: today(env)?,
    };
    let recording = record::make(&context, gathered);
    if let Some(path) = &args.record {
        record::write(path, &recording)?;
    }
    Ok(judged(args, &selection, baseline, recording))
}

/// Says how fast the history was searched.
fn tell_rate(facts: &[Facts]) {
    let searched = facts.iter().filter_map(|facts| facts.history.as_ref());
    for rate in searched.filter_map(|history| history.rate.as_ref()) {
        say(&rate.to_string());
    }
}

fn judged(args: &Audit, selection: &Selection, baseline: Baseline, recording: Recording) -> Report {
    let terms = Terms {
        checks: &selection.checks,
        needs: selection.needs(|_| true),
        whole: is_whole(args),
        baseline,
    };
    judge::judge(args, &terms, recording)
}

/// Whether all is judged: a part of the audit says nothing of the rest of the checklist.
fn is_whole(args: &Audit) -> bool {
    args.only.is_empty() && args.group.is_empty()
}

/// Writes the report everywhere where it was asked for; whether anybody reads on.
fn tell(args: &Audit, env: &ProcessEnv, report: &Report, started: Instant) -> Result<bool> {
    if let Some(path) = args.baseline.as_deref().filter(|_| args.baseline_write) {
        write_report(&report::JSON, report, path)?;
    }
    let style = style(args.color, env);
    let elapsed = io::stdout().is_terminal().then(|| started.elapsed());
    let options = Options {
        // Who names checks wants to see what became of each.
        verbose: args.verbose || !is_whole(args),
        quiet: args.quiet,
        elapsed,
    };
    let outputs = outputs(&args.output)?;
    for (format, path) in outputs.iter().filter(|(_, path)| *path != STDOUT) {
        write_report(format, report, Path::new(path))?;
    }
    let format = screen(args)?;
    let read_on = print_by(|out| (format.render)(report, &style, &options, out))?;
    // Who watches would add one for each change; and each would be a change, where it lies in the project.
    if !args.watch {
        let formats = outputs.iter().map(|(format, _)| *format);
        summary::add(report, formats.chain([format]), env);
    }
    Ok(read_on)
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
