//! The summary of a step in GitHub Actions.

use std::path::Path;

use crate::project::{Done, Project, finish};

fn audit(project: &Project, format: &str, summary: Option<&Path>) -> Done {
    let mut command = project.command(&["--offline", "--format", format]);
    if let Some(summary) = summary {
        command.env("GITHUB_STEP_SUMMARY", summary);
    }
    finish(&mut command, b"").exits(1)
}

#[test]
fn the_markdown_report_is_added_to_the_summary_of_the_step() {
    let project = Project::next();
    let file = project.outside().join("summary.md");
    std::fs::write(&file, "# Before\n").unwrap();
    for format in ["github", "human"] {
        let done = audit(&project, format, Some(&file));
        assert_eq!(done.err, "");
        // What is printed does not depend on it.
        assert_eq!(done.out, audit(&project, format, None).out);
    }
    let page = audit(&project, "markdown", Some(&file)).out;
    let summary = std::fs::read_to_string(&file).unwrap();
    assert_eq!(summary, format!("# Before\n{page}{page}"));
}

#[test]
fn formats_for_programs_write_no_summary_unless_a_readable_one_is_written_too() {
    let project = Project::next();
    let file = project.outside().join("summary.md");
    for format in ["json", "markdown", "agent"] {
        audit(&project, format, Some(&file));
        assert!(!file.exists(), "{format}");
    }
    let table = format!("human={}", project.outside().join("table.txt").display());
    let mut command = project.command(&["--offline", "--format", "json", "--output", &table]);
    finish(command.env("GITHUB_STEP_SUMMARY", &file), b"").exits(1);
    assert!(file.is_file());
}

#[test]
fn without_a_summary_nothing_is_written() {
    let project = Project::next();
    let before = std::fs::read_dir(project.outside()).unwrap().count();
    audit(&project, "github", None);
    audit(&project, "github", Some(Path::new("")));
    let after = std::fs::read_dir(project.outside()).unwrap().count();
    assert_eq!(before, after);
}

#[test]
fn a_summary_that_cannot_be_written_is_said_and_changes_no_verdict() {
    let project = Project::next();
    let done = audit(&project, "github", Some(project.outside()));
    let said =
        "clerk-audit: warning: the summary of the step was not written, GITHUB_STEP_SUMMARY: ";
    assert!(done.err.starts_with(said), "{}", done.err);
    assert_eq!(done.err.lines().count(), 1);
}

#[test]
fn a_full_summary_is_left_as_it_is() {
    let project = Project::next();
    let file = project.outside().join("summary.md");
    std::fs::write(&file, vec![b'x'; 1024 * 1024]).unwrap();
    let done = audit(&project, "github", Some(&file));
    assert!(done.err.contains("it is full"), "{}", done.err);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 1024 * 1024);
}
