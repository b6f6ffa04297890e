//! `clerk-audit rotate-check`: whether a key rotation is complete.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::{print, style};
use crate::cli::RotateArgs;
use crate::exit::Exit;
use crate::facts::Need;
use crate::facts::triage::{Told, places, rotation as steps};
use crate::gather::files::{self, Root};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::triage::rotation::{self, Found, Pair};
use crate::gather::triage::{self, Look};
use crate::model::Secret;
use crate::model::rotation::Rotation;
use crate::{commands, gather, plan};

/// The variable of the key that is to be dead.
const OLD: &str = "CLERK_OLD_SECRET_KEY";

pub(super) fn run(args: &RotateArgs, env: &ProcessEnv) -> Result<Exit> {
    if args.live.is_offline() {
        bail!("--offline leaves rotate-check nobody to ask whether the keys work");
    }
    let stdin = |from: &Option<String>| from.as_deref() == Some("-");
    let from_stdin = args.env_file.iter().filter(|file| *file == "-").count();
    if usize::from(stdin(&args.old_from)) + usize::from(stdin(&args.new_from)) + from_stdin > 1 {
        bail!("standard input holds one thing only: give one of them as a file");
    }
    let mut needs = BTreeSet::from([Need::Texts, Need::Built]);
    needs.extend(args.history.is_some().then_some(Need::History));
    let plan = plan::keys(&args.env_file, needs, args.history.clone())?;
    let ask = plan::ask(&args.live, env)?;
    let subject = triage::subject(&plan, &ask, Root::open(&args.dir)?, env);
    let pair = Pair {
        old: old(args, env)?,
        new: new(args, subject.secret.as_ref())?,
    };
    let listing = gather::list(Root::open(&args.dir)?, env);
    let gathered = gather::gather(&plan, listing, env)?;
    let found = Found {
        repository: places::in_repository(&gathered.facts, &pair.old, &pair.new),
        history: places::history(&gathered.facts, args.history.as_deref()),
        build: places::in_build(&gathered.facts, &pair.old, &pair.new),
    };
    let mut notes: Vec<String> = gathered
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"))
        .collect();
    let still = places::still_old(&gathered.facts, &pair.old);
    if !still.is_empty() {
        notes.push(format!("the old key still stands in {}", still.join(", ")));
    }
    notes.extend(plan::seams(&args.live));
    let look = Look {
        ask,
        subject,
        protected: Vec::new(),
        told: Told::default(),
        first: triage::time_left(std::time::Duration::ZERO),
    };
    let asked = rotation::ask(look, pair.clone(), found)
        .map_err(|fault| anyhow!("{}", fault.explain().what))?;
    let rotation = Rotation {
        version: env!("CARGO_PKG_VERSION"),
        old: pair.old.redacted(),
        new: pair.new.redacted(),
        steps: steps::steps(&asked),
        notes,
    };
    let mut page = Vec::new();
    let exit = Exit::from(rotation.state());
    let style = style(args.color, env);
    commands::rotate::render(args.format, &rotation, exit.code(), &style, &mut page)?;
    print(&page)?;
    Ok(exit)
}

fn old(args: &RotateArgs, env: &ProcessEnv) -> Result<Secret> {
    if let Some(from) = &args.old_from {
        return read(from, OLD).context("--old-from");
    }
    let set = env.all().get(OLD).filter(|value| !value.is_empty());
    set.cloned().with_context(|| {
        format!("set the old key as {OLD}, or give a file with it: --old-from FILE (- for standard input)")
    })
}

fn new(args: &RotateArgs, set: Option<&Secret>) -> Result<Secret> {
    if let Some(from) = &args.new_from {
        return read(from, "CLERK_SECRET_KEY").context("--new-from");
    }
    set.cloned().context(
        "no secret key that could be sent is set here: set CLERK_SECRET_KEY to the new one, or give a file with it: --new-from FILE",
    )
}

/// A key from a file: the key alone, or the line of an env file that sets it.
fn read(from: &str, name: &str) -> Result<Secret> {
    let text = if from == "-" {
        process::read_stdin()?
    } else {
        files::read_given("the file", Path::new(from), files::TEXT_LIMIT)?
    };
    let key = commands::rotate::key_in(&text, name);
    key.with_context(|| format!("it holds neither a secret key alone nor a line {name}=…"))
}
