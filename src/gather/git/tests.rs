//! What is read here is what the real git says, in repositories made for the purpose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;

/// A folder with an empty home beside what a test makes in it.
struct Place {
    scratch: TempDir,
}

impl Place {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        fs::create_dir_all(scratch.path().join("home")).unwrap();
        fs::create_dir_all(scratch.path().join("tree")).unwrap();
        Self { scratch }
    }

    /// With a repository in `tree`.
    fn with_repository(arguments: &[&str]) -> Self {
        let place = Self::new();
        place.git("tree", &[&["init", "-q", "-b", "main"], arguments].concat());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        // On macOS the folder for temporary files is itself behind a link.
        self.scratch.path().canonicalize().unwrap().join(name)
    }

    fn home(&self) -> PathBuf {
        self.path("home")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs git with nothing of the machine's configuration.
    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let done = Command::new("git")
            .current_dir(self.path(folder))
            .args([
                "-c",
                "protocol.file.allow=always",
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b",
            ])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.path(""))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        said
    }

    /// Files whose names sit awkwardly in an index, added.
    fn add_files(&self, tree: &str) {
        let long = "long/".repeat(30) + &"n".repeat(200);
        for name in [
            ".env",
            ".env.local",
            "a",
            "a.b",
            "aa/b",
            "apps/web/.env",
            "größe",
            "x y",
            &long,
        ] {
            self.write(&format!("{tree}/{name}"), name);
        }
        for n in 0..300 {
            self.write(&format!("{tree}/many/file-{n}.txt"), "");
        }
        self.git(tree, &["add", "-A"]);
    }

    fn open(&self, folder: &str) -> Option<Repository> {
        open(&self.path(folder), Some(&self.home()), None, &|_| true).unwrap()
    }

    /// Opens `folder` and compares the tracked files with `git ls-files`.
    fn agrees_with_git(&self, folder: &str) -> Repository {
        let repository = self.open(folder).unwrap();
        let said = self.git(folder, &["ls-files", "-z"]);
        let said: Vec<String> = said.split_terminator('\0').map(str::to_owned).collect();
        assert!(!said.is_empty());
        assert_eq!(repository.tracked, Known::Yes(said));
        assert_eq!(repository.root, self.path(folder));
        assert_eq!(repository.notes, Vec::<String>::new());
        repository
    }
}

fn failure(repository: &Repository) -> &str {
    match &repository.tracked {
        Known::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tracked_files_are_those_of_git_in_every_index_version() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    for version in ["2", "4"] {
        place.git("tree", &["update-index", "--index-version", version]);
        assert_eq!(
            fs::read(place.path("tree/.git/index")).unwrap()[7],
            version.as_bytes()[0] - b'0'
        );
        place.agrees_with_git("tree");
    }
    place.git("tree", &["update-index", "--index-version", "2"]);
    place.git("tree", &["commit", "-qm", "first"]);
    place.git("tree", &["update-index", "--skip-worktree", "a"]);
    assert_eq!(fs::read(place.path("tree/.git/index")).unwrap()[7], 3);
    place.agrees_with_git("tree");
}

#[test]
fn tracked_files_are_those_of_git_with_sha256() {
    let place = Place::with_repository(&["--object-format=sha256"]);
    place.add_files("tree");
    place.agrees_with_git("tree");
    place.git("tree", &["update-index", "--index-version", "4"]);
    place.agrees_with_git("tree");
}

#[test]
fn tracked_files_are_those_of_git_in_a_linked_work_tree() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["commit", "-qm", "first"]);
    place.git("tree", &["worktree", "add", "-q", "../linked"]);
    place.git("linked", &["rm", "-q", "--cached", ".env"]);
    place.write("tree/.git/info/exclude", ".env\n");
    let linked = place.agrees_with_git("linked");
    let rule = linked
        .ignore_rules([".env"])
        .0
        .judge(".env", false)
        .rule
        .unwrap();
    assert_eq!(
        rule.file,
        place.path("tree/.git/info/exclude").display().to_string()
    );
    place.agrees_with_git("tree");
}

#[test]
fn tracked_files_are_those_of_git_in_a_linked_work_tree_of_a_bare_repository() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["commit", "-qm", "first"]);
    place.git("tree", &["clone", "-q", "--bare", ".", "../bare"]);
    place.git("bare", &["worktree", "add", "-q", "../linked", "main"]);
    place.agrees_with_git("linked");
    let bare = place.open("bare").unwrap();
    assert!(matches!(bare.tracked, Known::NotAsked(_)));
    assert_eq!(bare.notes.len(), 1);
}

#[test]
fn tracked_files_are_those_of_git_in_a_submodule_and_around_it() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["commit", "-qm", "first"]);
    fs::create_dir(place.path("outer")).unwrap();
    place.git("outer", &["init", "-q", "-b", "main"]);
    place.git(
        "outer",
        &["submodule", "--quiet", "add", "../tree", "libs/inner"],
    );
    assert!(place.path("outer/libs/inner/.git").is_file());
    place.agrees_with_git("outer/libs/inner");
    place.agrees_with_git("outer");
}

#[test]
fn tracked_files_are_those_of_git_in_the_middle_of_a_conflict() {
    let place = Place::with_repository(&[]);
    let tree = |text: &str| {
        place.write("tree/.env", text);
        place.git("tree", &["add", "-A"]);
        place.git("tree", &["write-tree"]).trim().to_owned()
    };
    let (base, ours, theirs) = (tree("base"), tree("ours"), tree("theirs"));
    place.git("tree", &["reset", "-q"]);
    place.git("tree", &["read-tree", "-i", "-m", &base, &ours, &theirs]);
    assert_eq!(place.git("tree", &["ls-files", "-s"]).lines().count(), 3);
    let repository = place.open("tree").unwrap();
    assert_eq!(repository.tracked, Known::Yes(vec![".env".to_owned()]));
}

#[test]
fn a_split_index_is_named_as_the_reason() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["update-index", "--split-index"]);
    let repository = place.open("tree").unwrap();
    assert!(
        failure(&repository).contains("split index"),
        "{}",
        failure(&repository)
    );
    place.git("tree", &["update-index", "--no-split-index"]);
    place.agrees_with_git("tree");
}

#[test]
fn a_sparse_index_is_noted() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["commit", "-qm", "first"]);
    place.git(
        "tree",
        &["sparse-checkout", "set", "--cone", "--sparse-index", "apps"],
    );
    let repository = place.open("tree").unwrap();
    assert!(
        repository
            .tracked
            .as_ref()
            .unwrap()
            .contains(&"many/".to_owned())
    );
    assert!(
        repository.notes.iter().any(|note| note.contains("sparse")),
        "{:?}",
        repository.notes
    );
}

#[test]
fn a_fresh_repository_tracks_nothing() {
    let place = Place::with_repository(&[]);
    assert_eq!(place.open("tree").unwrap().tracked, Known::Yes(Vec::new()));
}

#[test]
fn a_folder_below_knows_its_place() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    let keep = |path: &str| path.ends_with("/.env");
    let repository = open(&place.path("tree/apps/web"), None, None, &keep)
        .unwrap()
        .unwrap();
    assert_eq!(repository.prefix, "apps/web");
    assert_eq!(repository.root, place.path("tree"));
    assert_eq!(
        repository.tracked,
        Known::Yes(vec!["apps/web/.env".to_owned()])
    );
}

#[test]
fn without_git_there_is_nothing() {
    let place = Place::new();
    assert!(place.open("tree").is_none());
    assert!(open(&place.path("missing"), None, None, &|_| true).is_err());
}

#[test]
fn an_empty_folder_called_git_does_not_count() {
    let place = Place::with_repository(&[]);
    fs::create_dir_all(place.path("tree/apps/.git")).unwrap();
    assert_eq!(place.open("tree/apps").unwrap().root, place.path("tree"));
}

#[test]
fn a_pointer_to_nowhere_is_an_error_and_no_crash() {
    let place = Place::new();
    for (text, words) in [
        ("gitdir: ../nowhere\n", "no git repository"),
        ("gitdir: /\n", "no git repository"),
        ("gitdir: .git\n", "no git repository"),
        ("nonsense", "gitdir"),
        ("", "gitdir"),
    ] {
        place.write("tree/.git", text);
        let repository = place.open("tree").unwrap();
        assert!(
            failure(&repository).contains(words),
            "{text}: {}",
            failure(&repository)
        );
    }
}

#[test]
fn a_pointer_of_any_size_is_not_read_whole() {
    let place = Place::new();
    fs::File::create(place.path("tree/.git"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    assert!(failure(&place.open("tree").unwrap()).contains("larger"));
}

#[test]
fn an_index_that_cannot_be_read_is_no_empty_one() {
    let place = Place::with_repository(&[]);
    fs::create_dir(place.path("tree/.git/index")).unwrap();
    assert!(failure(&place.open("tree").unwrap()).contains("not a file"));
    fs::remove_dir(place.path("tree/.git/index")).unwrap();
    place.write("tree/.git/index", "");
    assert!(failure(&place.open("tree").unwrap()).contains("damaged"));
    fs::File::create(place.path("tree/.git/index"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    assert!(failure(&place.open("tree").unwrap()).contains("larger"));
}

#[test]
fn an_unknown_object_format_is_named() {
    let place = Place::with_repository(&[]);
    place.write("tree/.git/config", "[extensions]\nobjectformat = sha512\n");
    assert!(failure(&place.open("tree").unwrap()).contains("sha512"));
}

#[test]
fn a_work_tree_elsewhere_is_not_this_one() {
    let place = Place::with_repository(&[]);
    place.add_files("tree");
    place.git("tree", &["config", "core.worktree", "../../home"]);
    assert!(matches!(
        place.open("tree").unwrap().tracked,
        Known::NotAsked(_)
    ));
    place.git("tree", &["config", "core.worktree", "../nowhere"]);
    assert!(failure(&place.open("tree").unwrap()).contains("core.worktree"));
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_git_folder_or_pointer_behind_a_link_is_followed() {
        let place = Place::with_repository(&[]);
        place.add_files("tree");
        fs::rename(place.path("tree/.git"), place.path("real")).unwrap();
        symlink("../real", place.path("tree/.git")).unwrap();
        place.agrees_with_git("tree");
        fs::remove_file(place.path("tree/.git")).unwrap();
        place.write(
            "pointer",
            &format!("gitdir: {}\n", place.path("real").display()),
        );
        symlink("../pointer", place.path("tree/.git")).unwrap();
        place.agrees_with_git("tree");
    }

    #[test]
    fn links_in_circles_and_to_nowhere_end() {
        let place = Place::new();
        symlink(".git", place.path("tree/.git")).unwrap();
        assert!(matches!(
            place.open("tree").unwrap().tracked,
            Known::Failed(_)
        ));
        fs::remove_file(place.path("tree/.git")).unwrap();
        symlink("nowhere", place.path("tree/.git")).unwrap();
        assert!(place.open("tree").is_none());
    }

    #[test]
    fn a_pipe_is_never_opened() {
        let place = Place::with_repository(&[]);
        for name in ["tree/.git/index", "home/.gitconfig", "tree/.gitignore"] {
            let made = Command::new("mkfifo")
                .arg(place.path(name))
                .status()
                .unwrap();
            assert!(made.success());
        }
        let repository = place.open("tree").unwrap();
        assert!(failure(&repository).contains("not a file"));
        assert_eq!(repository.notes.len(), 1);
        assert_eq!(repository.ignore_rules(["a"]).1.len(), 1);
    }

    #[test]
    fn an_ignore_file_behind_a_link_does_not_count() {
        let place = Place::with_repository(&[]);
        place.write("rules", ".env\n");
        place.write("elsewhere/.gitignore", ".env\n");
        symlink("../rules", place.path("tree/.gitignore")).unwrap();
        symlink("../elsewhere", place.path("tree/apps")).unwrap();
        let (rules, notes) =
            place
                .open("tree")
                .unwrap()
                .ignore_rules([".env", "apps/.env", "../x"]);
        assert!(!rules.judge(".env", false).ignored);
        assert!(!rules.judge("apps/.env", false).ignored);
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
}

/// The rule that decides about `.env` in `tree`: whose it is and the file shown.
fn deciding(repository: &Repository) -> Option<(Origin, String)> {
    let (rules, _) = repository.ignore_rules([".env"]);
    rules
        .judge(".env", false)
        .rule
        .map(|rule| (rule.origin, rule.file))
}

#[test]
fn ignore_files_are_found_where_git_finds_them() {
    let place = Place::with_repository(&[]);
    assert_eq!(deciding(&place.open("tree").unwrap()), None);

    place.write("home/.config/git/ignore", ".env\n");
    let default = (Origin::Global, "~/.config/git/ignore".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(default));

    place.write("home/.config/git/config", "[core]\nexcludesfile = ~/.one\n");
    place.write("home/.one", ".env\n");
    let one = (Origin::Global, "~/.one".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(one));

    place.write("home/.gitconfig", "[core]\nexcludesfile = ~/.two\n");
    assert_eq!(deciding(&place.open("tree").unwrap()), None);
    place.write("home/.two", ".env\n");
    let two = (Origin::Global, "~/.two".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(two));

    place.git("tree", &["config", "core.excludesFile", "three"]);
    place.write("tree/three", ".env\n");
    let three = (Origin::Global, "three".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(three));

    place.write("tree/.git/info/exclude", "!.env\n");
    let exclude = (Origin::Exclude, ".git/info/exclude".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(exclude));

    place.write("tree/.gitignore", ".env\n");
    let shared = (Origin::Repository, ".gitignore".to_owned());
    assert_eq!(deciding(&place.open("tree").unwrap()), Some(shared));
}

#[test]
fn xdg_config_home_replaces_the_default() {
    let place = Place::with_repository(&[]);
    place.write("home/.config/git/ignore", "nothing\n");
    place.write("xdg/git/ignore", ".env\n");
    let open = |xdg: &Path| {
        open(&place.path("tree"), Some(&place.home()), Some(xdg), &|_| {
            true
        })
        .unwrap()
        .unwrap()
    };
    let shown = place.path("xdg/git/ignore").display().to_string();
    assert_eq!(
        deciding(&open(&place.path("xdg"))),
        Some((Origin::Global, shown))
    );
    assert_eq!(deciding(&open(Path::new(""))), None);
}

#[test]
fn without_a_home_there_are_no_personal_rules() {
    let place = Place::with_repository(&[]);
    place.write("tree/.git/config", "[core]\nexcludesfile = ~/x\n");
    let repository = open(&place.path("tree"), None, None, &|_| true)
        .unwrap()
        .unwrap();
    assert!(
        repository
            .excludes
            .iter()
            .all(|(origin, ..)| *origin == Origin::Exclude)
    );
    assert_eq!(repository.notes.len(), 1);
}

#[test]
fn an_excludes_file_that_is_no_small_file_is_noted_and_not_read() {
    let place = Place::with_repository(&[]);
    fs::File::create(place.path("large"))
        .unwrap()
        .set_len(2 << 20)
        .unwrap();
    for named in ["../large", "..", "/dev/zero"] {
        place.git("tree", &["config", "core.excludesFile", named]);
        let repository = place.open("tree").unwrap();
        assert!(
            repository
                .excludes
                .iter()
                .all(|(origin, ..)| *origin == Origin::Exclude)
        );
        assert_eq!(repository.notes.len(), 1, "{named}");
    }
}
