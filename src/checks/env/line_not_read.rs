//! `env/line-not-read`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::env::EnvProblem;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/line-not-read",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "Every line of the env files is read as it is meant",
        fail: "A line of the env files is not read as it is meant",
        why: "the loader reads it otherwise than it is meant, or drops it, without a word",
        docs: include_str!("line_not_read.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(env) = facts.env.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if env.files.is_empty() {
        return Verdict::not_applicable("no env file was read");
    }
    let findings = env.problems.iter().filter(|problem| !is_done(problem)).map(|problem| {
        let place = Place::Span {
            file: problem.path.clone(),
            line: problem.line,
            column: 1,
            excerpt: None,
        };
        Finding::warning(problem.message.clone())
            .at(place, "")
            .fix(
                "write NAME=value on one line; quote a value that has spaces, `#` or line breaks, and write `\\$` \
                 for a plain dollar sign",
            )
    });
    Verdict::Judged(findings.collect())
}

/// Commands that dotenv-expand runs and values that dotenvx decrypts: the loader does what is meant, only
/// this program does not follow. A key with such a value is undecided, and its own checks say so.
fn is_done(problem: &EnvProblem) -> bool {
    problem.message.starts_with("dotenv-expand 1000")
}
