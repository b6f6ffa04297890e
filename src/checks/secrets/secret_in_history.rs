//! `secrets/secret-in-history`

use super::{counts, cure, is_clerks, severity};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::secrets::PastHit;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/secret-in-history",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No secret of Clerk's stands in the history of the repository",
        fail: "A secret of Clerk's stands in the history of the repository",
        why: "deleting a file does not delete what was committed; every clone has it",
        docs: include_str!("secret_in_history.md"),
    },
    needs: &[Need::History],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(history) = facts.history.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if let Some(why) = &history.absent {
        return Verdict::not_applicable(why.clone());
    }
    let hits = history.hits.iter();
    let hits = hits.filter(|hit| counts(facts, &hit.credential, hit.setting));
    let findings: Vec<Finding> = hits.map(|hit| finding(facts, hit)).collect();
    if !findings.is_empty() {
        return Verdict::Judged(findings);
    }
    if let Some(rest) = &history.cut {
        return Verdict::Undecided {
            why: format!("what is older than {rest} was not searched: it is too much for one run"),
            hint: format!("go on with --history={rest}"),
            marks: Vec::new(),
        };
    }
    if history.is_shallow {
        return Verdict::Undecided {
            why: "the clone is shallow, so only its newest commits were searched".to_owned(),
            hint: "fetch the others with `git fetch --unshallow`; in a workflow, give actions/checkout `fetch-depth: 0`"
                .to_owned(),
            marks: Vec::new(),
        };
    }
    Verdict::Judged(findings)
}

fn finding(facts: &Facts, hit: &PastHit) -> Finding {
    let (path, value) = (&hit.path, &hit.credential.value);
    let what = hit.credential.words();
    let brought = match &hit.commit {
        Some((id, date)) => format!("commit {id} of {date}"),
        None => "a commit".to_owned(),
    };
    let clerks = is_clerks(facts, &hit.credential);
    let whose = if clerks {
        ""
    } else {
        ", which may be Clerk's or another company's"
    };
    let message = format!("{brought} holds {what} in {path}: {value}{whose}");
    let severity = if clerks {
        severity(&hit.credential, hit.setting)
    } else {
        Severity::Warning
    };
    let finding = Finding::new(severity, message)
        .at(Place::file(path.as_str()), "as it was then")
        .fix(format!(
            "{}: only that makes it worthless; to rewrite the history does not reach the clones",
            cure(hit.credential.kind)
        ));
    match &hit.commit {
        Some((id, _)) => finding.verify(format!("git show --stat {id} -- {path}")),
        None => finding,
    }
}
