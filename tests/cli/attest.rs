//! `clerk-audit attest`: written down once, counted until its last day, and never at the cost of the file.

use std::fs;

use crate::project::{Done, Project, finish, program};
use crate::support;

/// 2026-11-21, noon.
const TODAY: &str = "1795262400";

fn attest(project: &Project, args: &[&str]) -> Done {
    let mut command = program();
    command
        .arg("attest")
        .args(args)
        .arg("--dir")
        .arg(project.dir())
        .env("SOURCE_DATE_EPOCH", TODAY);
    finish(&mut command, b"")
}

fn config(project: &Project) -> String {
    fs::read_to_string(project.path("clerk-audit.toml")).unwrap_or_default()
}

#[test]
fn a_statement_is_written_down_and_the_rest_of_the_file_stays() {
    let ours = "# ours\nwebhooks = \"none\" # really\n";
    let project = Project::next_live().with("clerk-audit.toml", ours);
    attest(
        &project,
        &["uptime-monitor", "--by", "Ada", "--until", "2027-05-31"],
    )
    .exits(0)
    .says("uptime-monitor is attested by Ada until 2027-05-31");
    assert_eq!(
        config(&project),
        format!(
            "{ours}\n[attest]\nuptime-monitor = {{ by = \"Ada\", date = 2026-11-21, until = 2027-05-31 }}\n"
        )
    );
    let mut command = project.command(&["--offline"]);
    let report = finish(command.env("SOURCE_DATE_EPOCH", TODAY), b"").exits(0);
    report
        .says("Attested by people: 1 of")
        .says("OPEN      production-domain");
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let project = Project::next_live();
    for (args, said) in [
        (&["uptime"][..], "did you mean uptime-monitor?"),
        (&["uptime-monitor"], "--by NAME"),
        (&["uptime-monitor", "--by", "Ada"], "--until DATE"),
        (
            &["uptime-monitor", "--by", "Ada", "--until", "2026-11-20"],
            "lies before today",
        ),
        (
            &["uptime-monitor", "--by", "Ada", "--until", "2027-02-29"],
            "there is no such day",
        ),
        (
            &["uptime-monitor", "--by", "A\nda", "--until", "2027-02-28"],
            "control character",
        ),
        (
            &["user-import", "--by", "Ada", "--not-applicable"],
            "--note",
        ),
    ] {
        let done = attest(&project, args).exits(2);
        assert!(done.err.contains(said), "{args:?}: {}", done.err);
    }
    assert_eq!(config(&project), "");
    let broken = Project::next_live().with("clerk-audit.toml", "webhooks = \n");
    attest(
        &broken,
        &["uptime-monitor", "--by", "Ada", "--until", "2027-05-31"],
    )
    .exits(2)
    .complains("clerk-audit: clerk-audit.toml:1: ");
    assert_eq!(config(&broken), "webhooks = \n");
}

/// A file with `[attest]` below the audited directory is an error: what one app's folder writes must not
/// break the run above it.
#[test]
fn in_a_folder_of_a_repository_it_is_written_where_every_run_reads_it() {
    let project = Project::copy("fixtures/apps/acme-mono")
        .with("apps/web/clerk-audit.toml", "webhooks = \"none\"\n");
    support::git(project.dir(), &["init", "-q"]);
    let said = ["uptime-monitor", "--by", "Ada", "--until", "2027-05-31"];
    let below = |folder: &str| {
        let mut command = program();
        command
            .arg("attest")
            .args(said)
            .current_dir(project.path(folder))
            .env("SOURCE_DATE_EPOCH", TODAY);
        finish(&mut command, b"").exits(0)
    };
    below("apps/web").says("in ../../clerk-audit.toml");
    assert!(config(&project).contains("uptime-monitor"));
    let counted = project.audit(&["--no-env"]);
    counted.says("Attested by people: 1 of");
    // One that is audited by itself has its own.
    project.write("apps/web/clerk-audit.toml", "target = \"preview\"\n");
    below("apps/web").says("until 2027-05-31\n");
    let own = fs::read_to_string(project.path("apps/web/clerk-audit.toml")).unwrap();
    assert!(own.contains("uptime-monitor"), "{own}");
}

#[test]
fn the_config_that_is_named_is_the_one_that_counts() {
    let project = Project::next_live().with("clerk-audit.toml", "");
    let other = project.outside().join("other.toml");
    fs::write(&other, "webhooks = \"none\"\n").unwrap();
    let other = other.to_str().unwrap();
    let said = ["uptime-monitor", "--by", "Ada", "--until", "2027-05-31"];
    attest(&project, &[&said[..], &["--config", other]].concat()).exits(0);
    assert_eq!(config(&project), "");
    attest(&project, &["--config", other])
        .exits(0)
        .says("by Ada on 2026-11-21");
    attest(&project, &[&said[..], &["--no-config"]].concat())
        .exits(2)
        .complains("--no-config leaves no file to attest in");
}

#[test]
fn strict_wants_every_statement_and_counts_none_that_has_expired() {
    let all = clerk_audit::checks::attestations::ALL;
    let said = |until: &str| {
        let lines = all.iter().map(|one| {
            format!(
                "{} = {{ by = \"Ada\", date = 2026-01-01, until = {until} }}\n",
                one.id
            )
        });
        Project::next_live().with(
            "clerk-audit.toml",
            &format!(
                "skip = [\"git/secret-tracked\"]\n[attest]\n{}",
                lines.collect::<String>()
            ),
        )
    };
    let strict = |project: &Project| {
        let mut command = project.command(&["--strict", "--offline"]);
        finish(command.env("SOURCE_DATE_EPOCH", TODAY), b"")
    };
    strict(&said("2026-11-21")).exits(0);
    strict(&said("2026-11-20"))
        .exits(1)
        .says("EXPIRED   uptime-monitor");
    strict(&Project::next_live()).exits(1);
}

#[test]
fn the_list_names_every_statement_and_how_it_is_settled() {
    let listed = attest(&Project::next_live(), &[]).exits(0);
    for one in clerk_audit::checks::attestations::ALL {
        assert!(listed.out.contains(one.id), "{}", one.id);
    }
    let machine = attest(&Project::next_live(), &["--format", "json"]).exits(0);
    assert_eq!(machine.json()[0]["state"], "open");
}
