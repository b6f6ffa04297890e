//! The history of the repository, searched for credentials. The one place that runs git: only git can read
//! its packs. Nothing that the repository configures is run, nothing is fetched, and nothing is written.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::process::ProcessEnv;
use super::progress::Progress;
use crate::facts::secrets::{History, LIMIT, PastHit, Search, files};
use crate::model::{Known, Secret};

/// How long it may take.
const TIME: Duration = Duration::from_secs(600);

/// How many bytes are read.
const BYTES: u64 = 16 << 30;

/// So many credentials are kept; more say nothing new.
const MOST: usize = 100;

/// For so many of them the commit is looked up: each is a walk through the history.
const COMMITS: usize = 20;

/// After so many blobs it is said how far it is.
const TOLD: u64 = 16;

/// How many blobs may be on their way.
const QUEUE: usize = 1024;

/// Where and what to search.
pub(super) struct Ask<'a> {
    /// The root of the work tree.
    pub root: &'a Path,
    /// The audited directory below it.
    pub prefix: &'a str,
    /// The range; empty: everything.
    pub range: &'a str,
    /// For `PATH`.
    pub process: &'a ProcessEnv,
    /// Where to say how far it is.
    pub progress: &'a Progress,
}

/// Searches it.
pub(super) fn search(ask: &Ask<'_>) -> Known<History> {
    let Some(git) = Git::find(ask) else {
        return Known::Failed(
            "git was not found, and only git can read its history: install it, or leave out --history"
                .to_owned(),
        );
    };
    match git.search() {
        Ok(history) => Known::Yes(history),
        Err(why) => Known::Failed(why),
    }
}

/// The program, and how it is called.
struct Git<'a> {
    program: PathBuf,
    ask: &'a Ask<'a>,
}

/// A blob that was asked for: its id, its path, and the newest commit that has it.
struct Wanted {
    id: String,
    path: String,
    commit: Arc<str>,
}

impl<'a> Git<'a> {
    /// The first git of `PATH` that stands neither in the audited directory nor at a relative path.
    fn find(ask: &'a Ask<'a>) -> Option<Self> {
        let path = ask.process.get("PATH")?;
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        let folders = std::env::split_paths(&path);
        let safe = folders.filter(|folder| folder.is_absolute() && !folder.starts_with(ask.root));
        let program = safe
            .map(|folder| folder.join(name))
            .find(|program| program.is_file())?;
        Some(Self { program, ask })
    }

    /// Git with everything off that a repository could use to run, fetch or write something (git-config(1)).
    /// Its environment is empty but for what is set here.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"]);
        for setting in [
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "core.commitGraph=false",
            "protocol.allow=never",
            "log.showSignature=false",
            "log.mailmap=false",
            // Whoever asks for an audit of a checkout of somebody else's means it; what this guards against
            // is turned off above.
            "safe.directory=*",
        ] {
            command.args(["-c", setting]);
        }
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        if let Some(folder) = self.program.parent() {
            command.env("PATH", folder);
        }
        if let Some(above) = self.ask.root.parent() {
            command.env("GIT_CEILING_DIRECTORIES", above);
        }
        command
            .current_dir(self.ask.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// The revisions to walk, as arguments.
    fn revisions(&self) -> &str {
        if self.ask.range.is_empty() {
            "--all"
        } else {
            self.ask.range
        }
    }

    /// The first line of what a small question is answered with.
    fn answer(&self, args: &[&str]) -> Option<String> {
        let done = self.command().args(args).output().ok()?;
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        done.status
            .success()
            .then(|| text.lines().next().unwrap_or_default().to_owned())
    }

    fn search(&self) -> Result<History, String> {
        if self
            .answer(&["rev-parse", "--is-inside-work-tree"])
            .is_none()
        {
            return Err("git does not read this repository; run `git status` here".to_owned());
        }
        let shallow = self.answer(&["rev-parse", "--is-shallow-repository"]);
        if !self.ask.range.is_empty() {
            let check = ["rev-list", "-n", "1", self.ask.range, "--"];
            if self.answer(&check).is_none() {
                return Err(format!("git knows no revisions {:?}", self.ask.range));
            }
        }
        let mut walk = Walk::start(self)?;
        let outcome = walk.run(self.ask.range, self.ask.progress);
        let mut history = outcome?;
        history.is_shallow = shallow.as_deref() == Some("true");
        self.date(&mut history);
        Ok(history)
    }

    /// Looks up which commit brought the first credentials.
    fn date(&self, history: &mut History) {
        let until = Instant::now() + TIME / 5;
        for hit in history.hits.iter_mut().take(COMMITS) {
            if Instant::now() > until {
                return;
            }
            let find = format!("--find-object={}", hit.blob);
            let mut command = self.command();
            command.args([
                "log",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--format=%h%x09%as",
                &find,
                self.revisions(),
                "--",
            ]);
            let Ok(done) = command.output() else { return };
            let text = String::from_utf8_lossy(&done.stdout).into_owned();
            // The newest is first; the one that brought it is the last.
            let oldest = text.lines().rfind(|line| line.contains('\t'));
            hit.commit = oldest
                .and_then(|line| line.split_once('\t'))
                .map(|(id, date)| (id.to_owned(), date.to_owned()));
        }
    }
}

/// Two processes: one that lists, one that reads.
struct Walk {
    list: Guard,
    read: Guard,
    wanted: Receiver<Wanted>,
    lister: Option<std::thread::JoinHandle<bool>>,
}

/// A process that does not outlive its search.
struct Guard(Arc<Mutex<Child>>);

impl Guard {
    fn new(child: Child) -> Self {
        Self(Arc::new(Mutex::new(child)))
    }

    fn kill(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Walk {
    fn start(git: &Git<'_>) -> Result<Self, String> {
        let failed =
            |e: std::io::Error| format!("git could not be run: {}", super::files::words(&e));
        let filter = format!("--filter=blob:limit={LIMIT}");
        let mut list = git.command();
        list.args([
            "rev-list",
            "--objects",
            "--in-commit-order",
            "--missing=allow-any",
            &filter,
            git.revisions(),
            "--",
        ]);
        if !git.ask.prefix.is_empty() {
            list.arg(git.ask.prefix);
        }
        let mut list = list.spawn().map_err(failed)?;
        let mut read = git.command();
        read.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let mut read = read.spawn().map_err(failed)?;
        let (listed, asked) = (list.stdout.take(), read.stdin.take());
        let (list, read) = (Guard::new(list), Guard::new(read));
        let (Some(listed), Some(asked)) = (listed, asked) else {
            return Err("git gave no pipe".to_owned());
        };
        let (send, wanted) = mpsc::sync_channel(QUEUE);
        let lister = std::thread::spawn(move || {
            pass_on(BufReader::new(listed), BufWriter::new(asked), &send).is_ok()
        });
        Ok(Self {
            list,
            read,
            wanted,
            lister: Some(lister),
        })
    }

    fn run(&mut self, range: &str, progress: &Progress) -> Result<History, String> {
        let output = {
            let mut child = self.read.0.lock().unwrap_or_else(PoisonError::into_inner);
            child.stdout.take()
        };
        let mut output = BufReader::with_capacity(1 << 16, output.ok_or("git gave no pipe")?);
        let search = Search::new().ok_or("the search could not be built")?;
        let started = Instant::now();
        let watch = self.watch();
        let mut past = Past::default();
        let mut cut = None;
        while let Ok(wanted) = self.wanted.recv() {
            if past.blobs.is_multiple_of(TOLD) {
                progress.reading(|| past.told());
            }
            let over = started.elapsed() > TIME || past.bytes > BYTES || past.hits.len() >= MOST;
            if over || !past.next(&wanted, &mut output, &search) {
                cut = Some(wanted.commit.to_string());
                break;
            }
        }
        drop(watch);
        if cut.is_some() {
            self.list.kill();
            self.read.kill();
        }
        let passed = self.finish();
        if cut.is_none() && !passed {
            return Err("git ended before the history did; run `git fsck` here".to_owned());
        }
        let seconds = started.elapsed().as_secs_f64();
        let megabytes = past.bytes as f64 / 1e6;
        let rate = format!(
            "history: {} files in {megabytes:.1} MB searched in {seconds:.1} s ({:.0} MB/s)",
            past.blobs,
            megabytes / seconds.max(0.001)
        );
        let resume = |commit: String| {
            let start = range
                .split_once("..")
                .map(|(from, _)| from.trim_end_matches('.'));
            match start {
                Some(from) => format!("{from}..{commit}"),
                None => commit,
            }
        };
        Ok(History {
            hits: past.hits,
            cut: cut.map(resume),
            rate: Some(rate),
            ..History::default()
        })
    }

    /// Ends both processes when the time is over, even if one of them hangs. Ends itself when dropped.
    fn watch(&self) -> SyncSender<()> {
        let (stop, stopped) = mpsc::sync_channel::<()>(0);
        let (list, read) = (Arc::clone(&self.list.0), Arc::clone(&self.read.0));
        std::thread::spawn(move || {
            if stopped.recv_timeout(TIME + Duration::from_secs(5))
                == Err(mpsc::RecvTimeoutError::Timeout)
            {
                Guard(list).kill();
                Guard(read).kill();
            }
        });
        stop
    }

    /// Whether the list came to its end by itself.
    fn finish(&mut self) -> bool {
        // Unblocks the lister if it waits to hand something over.
        let (_, nothing) = mpsc::sync_channel(0);
        self.wanted = nothing;
        let passed = self
            .lister
            .take()
            .is_some_and(|lister| lister.join().unwrap_or(false));
        let mut list = self.list.0.lock().unwrap_or_else(PoisonError::into_inner);
        passed && list.wait().is_ok_and(|status| status.success())
    }
}

/// Passes on from the list to the reader what is worth reading. A line is `id` for a commit, `id path` for
/// what stands in it.
fn pass_on(
    mut listed: impl BufRead,
    mut asked: impl Write,
    wanted: &SyncSender<Wanted>,
) -> std::io::Result<()> {
    let mut commit: Arc<str> = Arc::from("");
    let mut line = Vec::new();
    loop {
        line.clear();
        // A path may be long, and is no megabyte.
        if (&mut listed).take(1 << 20).read_until(b'\n', &mut line)? == 0 {
            return asked.flush();
        }
        let text = String::from_utf8_lossy(line.trim_ascii_end());
        match text.split_once(' ') {
            None => commit = Arc::from(text.get(..12).unwrap_or(&text)),
            Some((id, path)) if files::is_searched(path) => {
                asked.write_all(id.as_bytes())?;
                asked.write_all(b"\n")?;
                // The reader waits for what it is asked, and we for the reader: hand over at once.
                asked.flush()?;
                let next = Wanted {
                    id: id.to_owned(),
                    path: path.to_owned(),
                    commit: Arc::clone(&commit),
                };
                if wanted.send(next).is_err() {
                    return Ok(());
                }
            }
            Some(_) => {}
        }
    }
}

/// What was found so far.
#[derive(Default)]
struct Past {
    hits: Vec<PastHit>,
    seen: std::collections::BTreeSet<Secret>,
    bytes: u64,
    blobs: u64,
    buffer: Vec<u8>,
}

impl Past {
    /// How far it is, in words.
    fn told(&self) -> String {
        let megabytes = self.bytes as f64 / 1e6;
        format!(
            "searching the history: {} files, {megabytes:.0} MB",
            self.blobs
        )
    }

    /// Reads the answer to one question and searches it; `false` where the answers end.
    fn next(&mut self, wanted: &Wanted, output: &mut impl BufRead, search: &Search) -> bool {
        let mut header = Vec::new();
        let read = output.take(4096).read_until(b'\n', &mut header);
        if read.is_err() || !header.ends_with(b"\n") {
            return false;
        }
        let header = String::from_utf8_lossy(&header).into_owned();
        let mut words = header.split_whitespace().skip(1);
        let (kind, size) = (words.next(), words.next());
        if kind == Some("missing") {
            return true;
        }
        let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else {
            return false;
        };
        self.buffer.clear();
        let done = if kind == Some("blob") && size <= LIMIT {
            output
                .take(size)
                .read_to_end(&mut self.buffer)
                .map(|read| read as u64)
        } else {
            std::io::copy(&mut output.take(size), &mut std::io::sink())
        };
        self.bytes += size;
        let whole = done.is_ok_and(|done| done == size);
        if !whole || output.read_exact(&mut [0]).is_err() {
            return false;
        }
        if kind == Some("blob") {
            self.blobs += 1;
            self.look(wanted, search);
        }
        true
    }

    fn look(&mut self, wanted: &Wanted, search: &Search) {
        if files::is_binary(&self.buffer) {
            return;
        }
        for credential in search.credentials(&wanted.path, &self.buffer) {
            if !credential.kind.is_credential() || self.seen.contains(&credential.value) {
                continue;
            }
            self.seen.insert(credential.value.clone());
            self.hits.push(PastHit {
                path: wanted.path.clone(),
                setting: files::setting(&wanted.path),
                blob: wanted.id.clone(),
                credential,
                commit: None,
            });
        }
    }
}

#[cfg(test)]
mod tests;
