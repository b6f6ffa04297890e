//! `clerk-audit triage`: looks once, or again and again, and says what it is.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::{print, style};
use crate::cli::{FormatName, TriageArgs};
use crate::exit::Exit;
use crate::facts::triage::{self as rules, Collected};
use crate::gather::files::{self, Root, TEXT_LIMIT};
use crate::gather::process::ProcessEnv;
use crate::gather::triage::{self, Look, Watch};
use crate::model::triage::Incident;
use crate::report::printable;
use crate::{commands, plan, save};

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(args: &TriageArgs, env: &ProcessEnv) -> Result<Exit> {
    let began = Instant::now();
    if args.live.is_offline() {
        bail!("--offline leaves triage nothing to look at");
    }
    if let Some(path) = &args.report {
        may_write(path, args.force)?;
    }
    let root = Root::open(&args.dir)?;
    let plan = plan::keys(&args.env_file, BTreeSet::new(), None)?;
    let ask = plan::ask(&args.live, env)?;
    let subject = triage::subject(&plan, &ask, root, env);
    let mut told = commands::triage::told(args, triage::now());
    told.bypass.clone_from(&subject.bypass);
    told.notes.extend(subject.notes.iter().cloned());
    told.notes.extend(plan::seams(&args.live));
    let look = Look {
        ask,
        subject,
        protected: args.protected.clone(),
        told,
        first: triage::time_left(began.elapsed()),
    };
    match args.watch {
        None => {
            let collected =
                triage::once(look.clone()).map_err(|fault| anyhow!("{}", fault.explain().what))?;
            let incident = begin(&look, &collected);
            finish(args, env, &incident)
        }
        Some(seconds) => watch(args, env, look, seconds),
    }
}

fn begin(look: &Look, collected: &Collected) -> Incident {
    Incident::begin(VERSION, look.told.since, rules::judge(collected))
}

/// Looks again and again. What changes is told at once; the last look is told in full.
fn watch(args: &TriageArgs, env: &ProcessEnv, look: Look, seconds: u64) -> Result<Exit> {
    let human = args.format == FormatName::Human;
    let style = style(args.color, env);
    let alive = human && io::stderr().is_terminal();
    let mut incident: Option<Incident> = None;
    let mut written = Ok(());
    let watch = Watch {
        every: Duration::from_secs(seconds),
        times: args.times.and_then(|times| usize::try_from(times).ok()),
    };
    let context = look.clone();
    let interrupted = triage::watch(look, watch, |collected| {
        let changed = match &mut incident {
            None => {
                incident = Some(begin(&context, collected));
                true
            }
            Some(incident) => incident.go_on(rules::judge(collected)),
        };
        let Some(incident) = &incident else { return };
        if changed {
            if alive {
                let _ = write!(io::stderr(), "\r\u{1b}[K");
            }
            if human && written.is_ok() {
                let mut line = Vec::new();
                written = commands::triage::turn(incident, &style, &mut line)
                    .map_err(Into::into)
                    .and_then(|()| print(&line));
            }
            // Looking goes on: what is going on matters more than the file.
            if let Err(e) = write_report(args, incident, false) {
                let _ = writeln!(
                    io::stderr(),
                    "clerk-audit: {}",
                    printable(&format!("{e:#}"))
                );
            }
        } else if alive {
            let beat = commands::triage::heartbeat(incident);
            let _ = write!(io::stderr(), "\r\u{1b}[K{beat}");
            let _ = io::stderr().flush();
        }
    })
    .map_err(|fault| anyhow!("{}", fault.explain().what))?;
    if alive {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
    written?;
    let Some(incident) = incident else {
        // Interrupted before anything was seen.
        return Ok(Exit::Interrupted);
    };
    let exit = finish(args, env, &incident)?;
    Ok(if interrupted { Exit::Interrupted } else { exit })
}

/// Tells the last look, and writes the report.
fn finish(args: &TriageArgs, env: &ProcessEnv, incident: &Incident) -> Result<Exit> {
    let mut page = Vec::new();
    let exit = Exit::from(incident.last.standing());
    let style = style(args.color, env);
    commands::triage::render(args.format, incident, exit.code(), &style, &mut page)?;
    print(&page)?;
    write_report(args, incident, true)?;
    Ok(exit)
}

fn write_report(args: &TriageArgs, incident: &Incident, last: bool) -> Result<()> {
    let Some(path) = &args.report else {
        return Ok(());
    };
    // Somebody may have begun to edit it while it was watched.
    may_write(path, args.force)?;
    let text = commands::triage::report(incident);
    save::whole(path, text.as_bytes())
        .map_err(|e| anyhow!("cannot write {}: {}", path.display(), files::words(&e)))?;
    if last {
        let name = path.display().to_string();
        let _ = writeln!(
            io::stderr(),
            "clerk-audit: the report is in {}",
            printable(&name)
        );
    }
    Ok(())
}

/// Only what this program wrote, and nobody edited since, is overwritten.
fn may_write(path: &Path, force: bool) -> Result<()> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => bail!("cannot write {}: {}", path.display(), files::words(&e)),
    };
    if force || !about.is_file() {
        return Ok(());
    }
    let fits = about.len() <= TEXT_LIMIT;
    let text = if fits {
        std::fs::read_to_string(path).unwrap_or_default()
    } else {
        String::new()
    };
    match commands::triage::whose(&text) {
        commands::triage::Whose::Ours => Ok(()),
        commands::triage::Whose::Edited => bail!(
            "{} was edited since it was written; give another name, or --force to lose the edits",
            path.display()
        ),
        commands::triage::Whose::Foreign => bail!(
            "{} is no incident report; give another name, or --force to overwrite it",
            path.display()
        ),
    }
}
