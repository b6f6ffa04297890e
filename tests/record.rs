//! A recording: made on one machine, told on another to the same bytes, and no secret in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "record/broken.rs"]
mod broken;
#[path = "support/project.rs"]
mod project;
mod support;
#[path = "record/told.rs"]
mod told;

use std::path::PathBuf;

use project::{Done, Project, finish, program};
use serde_json::Value;

/// Records an audit with these arguments. The project is gone before anything is told.
fn recorded(project: Project, args: &[&str]) -> (Recorded, Done) {
    let file = project.outside().join("facts.json");
    let mut command = project.command(args);
    let done = finish(command.arg("--record").arg(&file), b"");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let recorded = Recorded::of(&text);
    (recorded, done)
}

/// A recording on another machine: a folder with nothing else in it.
struct Recorded {
    home: tempfile::TempDir,
    text: String,
}

impl Recorded {
    fn of(text: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("facts.json"), text).unwrap();
        Self {
            home,
            text: text.to_owned(),
        }
    }

    /// With one value replaced.
    fn with(&self, pointer: &str, value: Value) -> Self {
        let mut json = self.json();
        *json
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}")) = value;
        Self::of(&json.to_string())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Tells it, in a folder where nothing else is.
    fn told(&self, args: &[&str]) -> Done {
        let mut command = program();
        command.current_dir(self.home.path());
        finish(command.args(["--replay", "facts.json"]).args(args), b"")
    }
}
