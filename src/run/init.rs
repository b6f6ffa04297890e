//! `clerk-audit init`: looks, and writes what was not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use super::{print, settings};
use crate::cli::InitArgs;
use crate::config::{self, FILE_NAME, Origin};
use crate::exit::Exit;
use crate::facts::{Need, Target};
use crate::gather::files::{Root, TEXT_LIMIT, words};
use crate::gather::process::ProcessEnv;
use crate::gather::progress::Progress;
use crate::gather::routes::RoutesPlan;
use crate::gather::{self, DeclaredOf, EnvPlan, Plan};
use crate::report::printable;
use crate::{commands, save};

/// Where GitHub looks for workflows.
const FOLDER: &str = ".github/workflows";

pub(super) fn run(args: &InitArgs, env: &ProcessEnv) -> Result<Exit> {
    let listing = gather::list(Root::open(&args.dir)?, env);
    let root = listing.root.clone();
    let standing = match fs::symlink_metadata(root.path().join(FILE_NAME)) {
        Ok(_) => !args.print,
        Err(_) => false,
    };
    if standing && args.force {
        // What cannot be read, or lies outside behind a link, is not written either.
        root.read_raw(FILE_NAME, TEXT_LIMIT)
            .map_err(|e| anyhow!("{e}"))?;
    } else if standing && !args.workflow {
        bail!(
            "{FILE_NAME} stands there already; --force replaces it, --print shows what would be written"
        );
    }
    let workflow = args.workflow.then(|| Workflow::place(&root)).transpose()?;

    let gathered = gather::gather(&plan(), listing, env)?;
    for note in gathered.gaps.iter().chain(&gathered.notes) {
        super::say(&printable(note));
    }
    let text = commands::init::config(&gathered.facts);
    let origin = Origin {
        name: FILE_NAME.to_owned(),
        ..Origin::default()
    };
    // What is written is what the next run reads, or it is not written.
    config::parse(&text, &origin, &settings::NAMES)?;
    if args.print {
        print(text.as_bytes())?;
        return Ok(Exit::Ready);
    }
    let mut said = String::new();
    if standing && !args.force {
        said.push_str(&format!(
            "{FILE_NAME} stands there already, and stays as it is\n"
        ));
    } else {
        let path = root.path().join(FILE_NAME);
        let written = match standing {
            true => save::whole(&path, text.as_bytes()),
            false => save::fresh(&path, text.as_bytes()),
        };
        written.map_err(|e| anyhow!("cannot write {FILE_NAME}: {}", words(&e)))?;
        said.push_str(&format!("wrote {FILE_NAME}\n"));
    }
    match workflow {
        Some(workflow) => {
            let text = commands::init::workflow(&gathered.facts, &root.below_fence());
            workflow.write(&text)?;
            said.push_str(&format!(
                "wrote {}: give the repository the variables and secrets that it names\n",
                workflow.shown
            ));
        }
        None => said.push_str(&format!(
            "clerk-audit init --workflow writes {FOLDER}/{} too\n",
            workflow_of(&root.below_fence())
        )),
    }
    print(said.as_bytes())?;
    Ok(Exit::Ready)
}

/// What is looked at: the code and the files, whatever this machine has set.
fn plan() -> Plan {
    Plan {
        target: Target::Production,
        declared: DeclaredOf::default(),
        apps: Vec::new(),
        env: EnvPlan {
            off: None,
            process: false,
            files: true,
            given: Vec::new(),
        },
        ask: Err("not asked".to_owned()),
        needs: BTreeSet::from([Need::Routes]),
        needs_of_libraries: BTreeSet::new(),
        routes: RoutesPlan::default(),
        history: None,
        answers: None,
        progress: Progress::default(),
    }
}

/// The name of the workflow for a folder of the repository: each app may have its own.
fn workflow_of(folder: &str) -> String {
    match folder {
        "" => "clerk-audit.yml".to_owned(),
        folder => format!("clerk-audit-{}.yml", folder.replace('/', "-")),
    }
}

/// A workflow that is to be written.
struct Workflow {
    folder: PathBuf,
    name: String,
    shown: String,
}

impl Workflow {
    /// Where it goes: GitHub reads those at the root of the work tree alone.
    fn place(root: &Root) -> Result<Self> {
        let below = root.below_fence();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        if !below.chars().all(plain) {
            bail!("the path of this folder in the repository cannot be written into a workflow");
        }
        let up = "../".repeat(root.height());
        let top = fs::canonicalize(root.path().join(&up)).context("cannot find the work tree")?;
        let name = workflow_of(&below);
        let workflow = Self {
            folder: top.join(FOLDER),
            shown: format!("{up}{FOLDER}/{name}"),
            name,
        };
        if fs::symlink_metadata(workflow.folder.join(&workflow.name)).is_ok() {
            bail!(
                "{} stands there already, and is never replaced",
                workflow.shown
            );
        }
        // A link on the way would lead out of the project.
        for step in [".github", FOLDER] {
            let about = fs::symlink_metadata(top.join(step));
            if about.is_ok_and(|about| about.is_symlink()) {
                bail!("{up}{step} is a link; nothing is written there");
            }
        }
        Ok(workflow)
    }

    fn write(&self, text: &str) -> Result<()> {
        let cannot = |e: std::io::Error| anyhow!("cannot write {}: {}", self.shown, words(&e));
        fs::create_dir_all(&self.folder).map_err(cannot)?;
        save::fresh(&self.folder.join(&self.name), text.as_bytes()).map_err(cannot)
    }
}
