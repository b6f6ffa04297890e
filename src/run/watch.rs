//! `--watch`: audits again whenever something changes, until Ctrl-C.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};

use super::output::{outputs, screen};
use super::{clash, look, progress, tell};
use crate::cli::Audit;
use crate::config::FILE_NAME;
use crate::exit::Exit;
use crate::facts::Facts;
use crate::facts::live::Live;
use crate::gather::changes::{self, Beside, Change};
use crate::gather::process::ProcessEnv;
use crate::gather::{self, Gathered, Listing, Plan};
use crate::model::{AppKind, Report};
use crate::report::{self, printable};
use crate::save;

/// As much as an audit has on the main thread of an ordinary system, and some.
const STACK: usize = 64 << 20;

/// What the running things answered at the first look, by the folder of the app.
pub(super) type Answers = BTreeMap<String, Live>;

/// What happens while it watches.
enum Step {
    Looked(Box<Looked>),
    Changed(Change),
    Interrupted,
}

struct Looked {
    report: Result<Report>,
    answers: Option<Answers>,
    started: Instant,
}

/// What is known between two looks.
struct Watch {
    args: Arc<Audit>,
    env: Arc<ProcessEnv>,
    steps: Sender<Step>,
    /// Kept as long as the network would be asked the same.
    answers: Option<Answers>,
    is_looking: bool,
    /// What changed since the look began, and whether the network is to be asked again.
    changed: Option<(String, bool)>,
    has_told: bool,
}

/// Watches.
pub(super) fn run(args: &Audit, env: &ProcessEnv) -> Result<Exit> {
    if let Some(what) = clash::read_once(args) {
        bail!("--watch cannot read {what} again; give it a file");
    }
    let (steps, happened) = channel();
    let send = steps.clone();
    // That nobody listens any more means that the program ends.
    changes::watch(&args.dir, beside(args)?, env, move |change| {
        let _ = send.send(Step::Changed(change));
    })?;
    let send = steps.clone();
    changes::on_interrupt(move || drop(send.send(Step::Interrupted)));
    let mut watch = Watch {
        args: Arc::new(args.clone()),
        env: Arc::new(env.clone()),
        steps,
        answers: None,
        is_looking: false,
        changed: None,
        has_told: false,
    };
    watch.begin()?;
    for step in happened {
        match step {
            Step::Interrupted => {
                watch.clear_line();
                return Ok(Exit::Interrupted);
            }
            Step::Changed(Change::Over(e)) => {
                watch.clear_line();
                return Err(e);
            }
            Step::Changed(Change::Read { path, asks }) => {
                let before = watch.changed.take();
                let asks = asks || before.is_some_and(|(_, asks)| asks);
                watch.changed = Some((path, asks));
            }
            Step::Looked(looked) => {
                watch.is_looking = false;
                if let Some(exit) = watch.show(*looked)? {
                    return Ok(exit);
                }
            }
        }
        if !watch.is_looking && watch.changed.is_some() {
            watch.begin()?;
        }
    }
    Ok(Exit::Interrupted)
}

/// Gathers everything, over the network only what is not answered yet.
pub(super) fn gather(
    plan: &mut Plan,
    listing: Listing,
    env: &ProcessEnv,
    answers: &mut Option<Answers>,
) -> Result<Gathered> {
    let root = listing.root.clone();
    let deployed = |facts: &&Facts| facts.app.kind == AppKind::App;
    plan.answers = answers.take().filter(|_| plan.ask.is_ok());
    let mut gathered = gather::gather(plan, listing, env)?;
    let unknown = |known: &Answers| {
        let mut apps = gathered.facts.iter().filter(deployed);
        apps.any(|facts| !known.contains_key(&facts.app.path))
    };
    if plan.answers.as_ref().is_some_and(unknown) {
        // An app that was not there before.
        plan.answers = None;
        gathered = gather::gather(plan, gather::list(root, env), env)?;
    }
    let all = gathered.facts.iter().filter(deployed);
    let all = all.map(|facts| (facts.app.path.clone(), facts.live.clone()));
    *answers = Some(all.collect());
    Ok(gathered)
}

/// The files beside the project that matter, and those that are its own.
fn beside(args: &Audit) -> Result<Beside> {
    let outputs = outputs(&args.output)?.into_iter();
    Ok(Beside {
        env_files: args.env_file.iter().map(PathBuf::from).collect(),
        others: args.baseline.iter().cloned().collect(),
        written: outputs
            .map(|(_, path)| save::followed(Path::new(path)))
            .collect(),
        is_draft: save::is_beside,
        config: FILE_NAME,
    })
}

fn is_human(args: &Audit) -> bool {
    screen(args).is_ok_and(|format| format.name == report::HUMAN.name)
}

impl Watch {
    /// Begins a look, on a thread of its own: Ctrl-C does not wait for the network.
    fn begin(&mut self) -> Result<()> {
        let started = Instant::now();
        let changed = self.changed.take();
        if changed.as_ref().is_some_and(|(_, asks)| *asks) {
            self.answers = None;
        }
        if let Some((path, _)) = &changed {
            self.separate(path);
        }
        let (args, env) = (Arc::clone(&self.args), Arc::clone(&self.env));
        let (steps, mut answers) = (self.steps.clone(), self.answers.take());
        let work = move || {
            let looked = || look(&args, &env, Some(&mut answers));
            let report = catch_unwind(AssertUnwindSafe(looked)).unwrap_or_else(|_| {
                Err(anyhow!(
                    "the audit itself broke; please report it with this project's layout"
                ))
            });
            let looked = Looked {
                report,
                answers,
                started,
            };
            let _ = steps.send(Step::Looked(Box::new(looked)));
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(work);
        thread.map_err(|e| anyhow!("cannot start a thread: {e}"))?;
        self.is_looking = true;
        Ok(())
    }

    /// Tells what was seen; the exit where there is no point in going on.
    fn show(&mut self, looked: Looked) -> Result<Option<Exit>> {
        self.answers = looked.answers;
        let report = match looked.report {
            Ok(report) => report,
            // What is wrong from the start was typed so; later, somebody is in the middle of an edit.
            Err(e) if !self.has_told => return Err(e),
            Err(e) => {
                self.clear_screen();
                let _ = writeln!(
                    io::stderr(),
                    "clerk-audit: {}",
                    printable(&format!("{e:#}"))
                );
                return Ok(None);
            }
        };
        self.clear_screen();
        self.has_told = true;
        if !tell(&self.args, &self.env, &report, looked.started)? {
            // Nobody reads on.
            return Ok(Some(Exit::from(report.decision)));
        }
        if io::stderr().is_terminal() && !self.args.quiet {
            let _ = writeln!(io::stderr(), "\nWatching for changes; Ctrl-C ends.");
        }
        Ok(None)
    }

    fn clear_screen(&self) {
        if io::stdout().is_terminal() {
            let _ = write!(io::stdout(), "\x1b[2J\x1b[3J\x1b[H");
            let _ = io::stdout().flush();
        }
    }

    /// Where people read a log instead of a screen: a line between two reports.
    fn separate(&self, path: &str) {
        let log = !io::stdout().is_terminal() && is_human(&self.args);
        if log && self.has_told {
            let _ = writeln!(io::stdout(), "\n---- {} changed ----\n", printable(path));
        }
    }

    /// Leaves the terminal as it was found.
    fn clear_line(&self) {
        if io::stderr().is_terminal() {
            progress::draw(None);
        }
    }
}
