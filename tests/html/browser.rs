//! A real browser, where there is one.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::dom::Page;

const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Longer than any page of these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Browser {
    program: String,
    folder: tempfile::TempDir,
}

impl Browser {
    /// The browser, or nothing and a word why a test does not run.
    pub fn find() -> Option<Self> {
        let answers = |name: &&&str| {
            let mut command = Command::new(name);
            let command = command.arg("--version");
            let command = command.stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let Some(program) = NAMES.iter().find(answers) else {
            eprintln!("skipped: none of {} is installed", NAMES.join(", "));
            return None;
        };
        Some(Self {
            program: (*program).to_owned(),
            folder: tempfile::tempdir().expect("a folder"),
        })
    }

    /// What the browser makes of a page at an anchor; panics where the page complains in the console.
    pub fn open(&self, html: &str, anchor: &str) -> Page {
        let file = self.folder.path().join("report.html");
        std::fs::write(&file, html).expect("a file");
        let (dom, log) = self.dump(&format!("file://{}{anchor}", file.display()));
        let complaints: Vec<_> = log
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
        Page::parse(&dom)
    }

    fn dump(&self, url: &str) -> (String, String) {
        let [dom, log] = ["dom.html", "log.txt"].map(|name| self.folder.path().join(name));
        let mut command = Command::new(&self.program);
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            // No name has an address: whatever the page asked for would fail, and be told.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND")
            .args([
                "--enable-logging=stderr",
                "--virtual-time-budget=4000",
                "--dump-dom",
            ])
            .arg(format!(
                "--user-data-dir={}",
                self.folder.path().join("profile").display()
            ))
            .arg(url)
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&dom).expect("a file"))
            .stderr(std::fs::File::create(&log).expect("a file"));
        let mut running = command.spawn().expect("a browser");
        let begun = Instant::now();
        while running.try_wait().expect("a process").is_none() {
            if begun.elapsed() > PATIENCE {
                running.kill().expect("a process");
                panic!("the browser does not answer");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let read =
            |path| String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned();
        (read(dom), read(log))
    }
}
