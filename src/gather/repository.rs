//! What git knows of the project, joined with the paths of the audit.

use std::path::Path;

use super::environment;
use super::files::Root;
use super::git::{self, Repository};
use super::process::ProcessEnv;
use crate::facts::Git;
use crate::facts::secrets::session;
use crate::facts::tree;
use crate::model::Known;

/// The repository that the audited directory lies in, if any.
#[derive(Debug)]
pub struct Opened(Known<Repository>);

/// Opens it. Nothing of git is run, and nothing that the repository configures is executed.
pub fn open(dir: &Path, process: &ProcessEnv) -> Opened {
    let home = process.get("HOME").filter(|home| !home.is_empty());
    let xdg = process
        .get("XDG_CONFIG_HOME")
        .filter(|home| !home.is_empty());
    let opened = git::open(
        dir,
        home.as_deref().map(Path::new),
        xdg.as_deref().map(Path::new),
        &matters,
    );
    Opened(match opened {
        Ok(Some(repository)) => Known::Yes(repository),
        Ok(None) => Known::NotAsked("not a git repository".to_owned()),
        Err(e) => Known::Failed(format!(
            "the git repository could not be read: {}",
            super::files::words(&e)
        )),
    })
}

/// A message with paths as seen from the audited directory: no report holds an absolute one of this machine.
fn relative(root: &Root, message: &str) -> String {
    let mut message = message.to_owned();
    for (up, folder) in root.path().ancestors().enumerate() {
        if folder.parent().is_some() {
            message = message.replace(&format!("{}/", folder.display()), &"../".repeat(up));
        }
    }
    message
}

/// The tracked files that a check asks for.
fn matters(path: &str) -> bool {
    environment::is_env_file(tree::file_name(path))
        || path.ends_with("keyless.json")
        || session::may_hold_session(path)
}

impl Opened {
    /// The root of the work tree.
    pub fn work_tree(&self) -> Option<&Path> {
        self.0.as_ref().map(|repository| repository.root.as_path())
    }

    /// What git knows, with the rules of every folder that may hold secrets.
    pub fn facts(
        &self,
        root: &Root,
        folders: &[Vec<String>],
        notes: &mut Vec<String>,
    ) -> Known<Git> {
        let bare;
        let repository = match &self.0 {
            Known::Yes(repository) => repository,
            Known::Failed(why) => return Known::Failed(relative(root, why)),
            // Without git the ignore files still say what a first commit would take.
            Known::NotAsked(why) => {
                bare = Repository {
                    root: root.path().to_owned(),
                    prefix: String::new(),
                    tracked: Known::NotAsked(why.clone()),
                    excludes: Vec::new(),
                    notes: Vec::new(),
                };
                &bare
            }
        };
        notes.extend(repository.notes.iter().map(|note| relative(root, note)));
        let prefix = repository.prefix.clone();
        let paths: Vec<String> = folders
            .iter()
            .flatten()
            .map(|folder| tree::join(&prefix, &tree::join(folder, ".clerk/.tmp/x")))
            .collect();
        let (rules, unread) = repository.ignore_rules(paths.iter().map(String::as_str));
        notes.extend(unread.iter().map(|note| relative(root, note)));
        let tracked = match &repository.tracked {
            Known::Yes(all) => {
                let own = all.iter().filter(|path| tree::is_below(path, &prefix));
                Known::Yes(
                    own.map(|path| path[prefix.len()..].trim_start_matches('/').to_owned())
                        .collect(),
                )
            }
            Known::NotAsked(why) => Known::NotAsked(why.clone()),
            Known::Failed(why) => Known::Failed(relative(root, why)),
        };
        Known::Yes(Git {
            prefix,
            rules,
            tracked,
        })
    }
}
