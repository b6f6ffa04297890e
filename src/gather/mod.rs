//! Every byte that enters the program comes through here: one walk over the tree, the manifests, the
//! env files, git, the code, and one question to Clerk that waits while the code is read.

pub mod apps;
mod broken;
mod built;
pub mod changes;
pub mod client;
pub mod deploy;
pub mod editing;
pub mod environment;
pub mod files;
mod gate;
pub mod git;
pub mod headers;
mod history;
pub mod ignores;
pub mod installed;
pub mod live;
pub mod net;
pub mod packages;
pub mod process;
pub mod progress;
pub mod reading;
pub mod repository;
pub mod routes;
pub mod secrets;
pub mod shapes;
pub mod source;
pub mod triage;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::facts::api::ApiBase;
use crate::facts::code::Project;
use crate::facts::framework::Ecosystem;
use crate::facts::live::Live;
use crate::facts::project::{self, App};
use crate::facts::tree::{self, Tree};
use crate::facts::{Declared, Facts, NOT_SELECTED, Need, Target};
use crate::model::{AppKind, Site};
use files::Root;
use live::question::Keys;
use live::{Desk, Question};
use process::ProcessEnv;
use progress::Progress;
pub use reading::Reading;
use reading::{Once, not_selected};

/// What to gather.
#[derive(Debug)]
pub struct Plan {
    /// What the project is judged for.
    pub target: Target,
    /// What is declared about each app.
    pub declared: DeclaredOf,
    /// The folders of the apps to audit; empty: all.
    pub apps: Vec<String>,
    /// Where values are looked for.
    pub env: EnvPlan,
    /// How to ask Clerk; why not, if it is not asked.
    pub ask: Result<Ask, String>,
    /// What the selected checks need to be told of an app.
    pub needs: BTreeSet<Need>,
    /// What they need to be told of a library, which most of them leave to the apps that import it.
    pub needs_of_libraries: BTreeSet<Need>,
    /// What to ask about routes.
    pub routes: routes::RoutesPlan,
    /// Which revisions of the history to search for secrets; empty: all. `None`: do not.
    pub history: Option<String>,
    /// What the running things answered before, by the folder of the app: with it nothing is asked.
    pub answers: Option<BTreeMap<String, Live>>,
    /// Where to say how far it is.
    pub progress: Progress,
}

/// What is declared about each app.
#[derive(Debug, Default)]
pub struct DeclaredOf {
    /// About every one that is not named.
    pub all: Declared,
    /// About those in these folders.
    pub apps: BTreeMap<String, Declared>,
}

impl DeclaredOf {
    /// What is declared about an app.
    pub fn of(&self, app: &App) -> &Declared {
        tree::of_folder(&self.apps, &app.path).unwrap_or(&self.all)
    }
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
    /// Files given by the user: path as it is shown, and text; the last one wins.
    pub given: Vec<(String, String)>,
}

/// How to ask the running things.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The time that all of it may take.
    pub budget: Duration,
    /// How the network is reached.
    pub settings: net::Settings,
    /// The resolvers to ask; empty: those of this machine, and public ones for a second opinion.
    pub resolvers: Vec<SocketAddr>,
    /// Another Backend API than that of the environment.
    pub backend: Option<ApiBase>,
    /// Another address of the Frontend API than that of the key.
    pub frontend: Option<Site>,
    /// Another address of the status page.
    pub status: Option<Site>,
    /// The deployed site.
    pub site: Option<SiteChoice>,
    /// How many routes to ask for.
    pub sample: usize,
    /// How many of them in a second.
    pub rate: u32,
    /// The webhook endpoint: an address, or a path on the site. That it is given allows to post to it.
    pub hook: Option<String>,
    /// Whether to post events that are signed with the app's own secret.
    pub signed: bool,
}

/// Which site is the deployed one.
#[derive(Debug, Clone)]
pub enum SiteChoice {
    /// This one.
    Given(Site),
    /// That of the domain which the publishable key names.
    OfKey,
}

/// What was gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The name of the audited directory.
    pub directory: String,
    /// One per app, by path.
    pub facts: Vec<Facts>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// What should have been read and could not be: the audit is then not complete.
    pub gaps: Vec<String>,
    /// The files in which somebody may have written that a finding does not count.
    pub ignoring: BTreeSet<String>,
}

/// The audited directory, with the repository that it lies in and the names of its files.
#[derive(Debug)]
pub struct Listing {
    /// The directory: files may be read up to the root of the work tree.
    pub root: Root,
    /// Its files.
    pub tree: Tree,
    repository: repository::Opened,
    gaps: Vec<String>,
}

/// The directory, from which files may be read up to the root of the work tree that it lies in.
pub fn fenced(root: Root, process: &ProcessEnv) -> Root {
    let repository = repository::open(root.path(), process);
    root.within(repository.work_tree())
}

/// Lists the audited directory. No file of it is read yet.
pub fn list(root: Root, process: &ProcessEnv) -> Listing {
    let repository = repository::open(root.path(), process);
    let root = root.within(repository.work_tree());
    let (tree, mut gaps) = root.list();
    let tree = workspace::around(&root, tree, &mut gaps);
    Listing {
        root,
        tree,
        repository,
        gaps,
    }
}

/// Gathers everything that the plan asks for.
pub fn gather(plan: &Plan, listing: Listing, process: &ProcessEnv) -> Result<Gathered> {
    let Listing {
        root,
        tree,
        repository,
        gaps,
    } = listing;
    plan.progress
        .reading(|| format!("reading {} files", tree.files().len()));
    let mut gathered = Gathered {
        directory: root.name(),
        gaps,
        ..Gathered::default()
    };

    let manifests = packages::read_manifests(&root, &tree, &mut gathered.gaps);
    // The answer takes as long as the network takes: ask for the apps that show at once, and read the
    // code meanwhile. What shows only in the code (an app that gets Clerk from a workspace package) is
    // asked for afterwards; it nearly always has the same key.
    let mut plain = project::discover(&manifests, &tree, &|_, _| false);
    // The key of an app that nobody asked about is not sent.
    plain.apps.retain(|app| is_wanted(plan, app));
    let early = environment::load_all(plan, &root, &plain.apps, process);
    let ask = plan.ask.as_ref().ok().filter(|_| plan.answers.is_none());
    let desk = ask.map(|ask| Desk::open(ask, &plan.progress));
    if let (Some(desk), Ok(ask)) = (&desk, &plan.ask) {
        let deployed = plain.apps.iter().filter(|app| app.kind == AppKind::App);
        let alone = deployed.count() == 1;
        for (app, (_, env)) in plain.apps.iter().zip(&early.0) {
            if app.kind == AppKind::App {
                let keys = Keys::early(app, env);
                desk.expect(Question::new(plan, ask, env, keys, alone));
            }
        }
    }
    let all_texts = plan.needs.contains(&Need::Texts);
    let mut sources = source::scan_all(&root, &tree, &manifests, all_texts);

    gathered.gaps.append(&mut sources.gaps);
    gathered.ignoring = std::mem::take(&mut sources.ignoring);
    gathered.notes.append(&mut sources.notes());
    let mut found = project::discover(&manifests, &tree, &|folder, names| {
        sources.import(&tree, folder, names)
    });
    let others = std::mem::take(&mut found.above);
    let mut apps = select(plan, found, &mut gathered.notes)?;
    if apps.is_empty() {
        let why = packages::without_clerk(&root, &tree, &manifests);
        gathered.notes.extend(why);
    }
    gathered.gaps.extend(broken::faults(&root, &tree, &apps));
    packages::resolve_versions(&root, &manifests, &mut apps, &mut gathered.notes);
    let envs = environment::load_rest(plan, &root, &apps, process, early);
    let codes = source::read_all(&root, &tree, &apps, &others, &manifests, &sources);

    let folders = source::folders_of(&apps);
    let several = apps.len() > 1;
    let git = repository.facts(&root, &folders, &mut gathered.notes);
    for (((app, env), (code, entry)), folders) in apps.into_iter().zip(envs).zip(codes).zip(folders)
    {
        let not_asked = plan.ask.as_ref().err();
        gathered.facts.push(Facts {
            declared: Declared {
                is_shared: several && !plan.declared.apps.contains_key(&app.path),
                ..plan.declared.of(&app).clone()
            },
            secret_files: environment::secret_files(&root, &folders, &mut gathered.gaps),
            env,
            code,
            entry,
            git: git.clone(),
            live: Live::not_asked(not_asked.map_or(NOT_SELECTED, String::as_str)),
            ..Facts::unasked(plan.target, app)
        });
    }
    mark_unused(&mut gathered);
    // What lies in no app's folder is judged with the first one, so that must be one that is judged.
    let mut order: Vec<&App> = gathered.facts.iter().map(|facts| &facts.app).collect();
    order.sort_by_key(|app| app.kind == AppKind::Unused);
    let folders: Vec<String> = order.iter().map(|app| app.path.clone()).collect();
    let files = source::Files::new(&root, &tree).knowing(&sources);
    let workspace = source::workspace_names(&manifests);
    let project = Project::new(&files, &workspace);
    let reading = Reading {
        plan,
        root: &root,
        tree: &tree,
        manifests: &manifests,
        scanned: &sources,
        project: &project,
        repository: &repository,
        folders: &folders,
        others: &others,
        once: &Once::default(),
        process,
    };
    let questions = questions(plan, &gathered.facts);
    if let Some(desk) = &desk {
        for (app, question) in &questions {
            desk.ask(*app, question.clone());
        }
    }
    apps::read_all(&reading, &mut gathered.facts);
    if let (Some(desk), Ok(ask)) = (desk, &plan.ask) {
        let asked: Vec<usize> = questions.iter().map(|(app, _)| *app).collect();
        for (app, question) in questions {
            let tour = gathered
                .facts
                .get(app)
                .map(|facts| live::routes_to_visit(facts, ask));
            desk.visit(app, question, tour.unwrap_or_else(not_selected));
        }
        let mut answers = desk.close();
        for app in asked {
            if let Some(facts) = gathered.facts.get_mut(app) {
                let answer = answers.remove(&app);
                facts.live = answer.unwrap_or_else(|| Live::failed("the asking broke off"));
            }
        }
    }
    if let Some(answers) = &plan.answers {
        for facts in &mut gathered.facts {
            if let Some(answer) = answers.get(&facts.app.path) {
                facts.live = answer.clone();
            }
        }
    }
    for facts in &gathered.facts {
        gathered.gaps.extend(apps::gaps(facts, &project));
        gathered.notes.extend(apps::notes(facts));
    }
    Ok(gathered)
}

/// What each app that is deployed wants to know of the running things, by its place among all.
fn questions(plan: &Plan, all: &[Facts]) -> Vec<(usize, Question)> {
    let Ok(ask) = &plan.ask else {
        return Vec::new();
    };
    let deployed = || {
        let all = all.iter().enumerate();
        all.filter(|(_, facts)| facts.app.kind == AppKind::App)
    };
    let alone = deployed().count() == 1;
    deployed()
        .map(|(at, facts)| {
            (
                at,
                Question::new(plan, ask, &facts.env, Keys::of(facts), alone),
            )
        })
        .collect()
}

/// Whether the user named an app, or none.
fn is_wanted(plan: &Plan, app: &App) -> bool {
    plan.apps.is_empty() || plan.apps.iter().any(|path| normal(path) == app.path)
}

/// The apps that the user asked for; all but samples, if none was named.
fn select(plan: &Plan, found: project::Discovery, notes: &mut Vec<String>) -> Result<Vec<App>> {
    let project::Discovery {
        mut apps, aside, ..
    } = found;
    if plan.apps.is_empty() {
        let paths: Vec<&str> = aside.iter().map(App::shown_path).collect();
        if let Some(first) = paths.first() {
            let shown = paths.iter().take(3).copied().collect::<Vec<_>>().join(", ");
            let more = if paths.len() > 3 {
                format!(" and {} more", paths.len() - 3)
            } else {
                String::new()
            };
            notes.push(format!(
                "left out as samples or tests, although they use Clerk: {shown}{more} (--app {first} audits one)"
            ));
        }
        return Ok(apps);
    }
    apps.extend(aside);
    let wanted: Vec<&str> = plan.apps.iter().map(|path| normal(path)).collect();
    for path in &wanted {
        if !apps.iter().any(|app| app.path == *path) {
            let all: Vec<&str> = apps.iter().map(App::shown_path).collect();
            let known = if all.is_empty() {
                "none".to_owned()
            } else {
                all.join(", ")
            };
            bail!("--app {path}: no app with Clerk there; found: {known}");
        }
    }
    apps.retain(|app| is_wanted(plan, app));
    Ok(apps)
}

fn normal(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    if path == "." { "" } else { path }
}

/// A package that is declared and that no code imports is no use of Clerk.
fn mark_unused(gathered: &mut Gathered) {
    for facts in &mut gathered.facts {
        let used = facts.code.as_ref().is_none_or(|code| code.uses_clerk());
        // How other languages import it is not read well enough to say that nothing does.
        let read = facts.app.framework.ecosystem == Ecosystem::Npm;
        if used || !read || facts.app.kind != AppKind::App {
            continue;
        }
        facts.app.kind = AppKind::Unused;
        if let Some(package) = facts.app.clerk.first() {
            let (manifest, line, name) = (&package.manifest, package.line, &package.name);
            gathered.notes.push(format!("{manifest}:{line}: {name} is declared and no code imports it, so nothing was judged"));
        }
    }
}
