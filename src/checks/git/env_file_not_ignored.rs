//! `git/env-file-not-ignored`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, Git, tree};
use crate::model::{AppKind, Finding, Fix, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "git/env-file-not-ignored",
        group: Group::Git,
        severity: Severity::Error,
        pass: "Git ignores the env files that hold secrets",
        fail: "Git does not ignore an env file that holds secrets",
        why: "one `git add .` publishes the keys, and history keeps them",
        docs: include_str!("env_file_not_ignored.md"),
    },
    needs: &[Need::Git],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(git) = facts.git.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let mut findings = Vec::new();
    let tracked = |path: &str| {
        git.tracked
            .as_ref()
            .is_some_and(|all| all.iter().any(|file| file == path))
    };
    let mut judged = false;
    for file in facts
        .secret_files
        .iter()
        .filter(|file| !file.credentials.is_empty() && !tracked(&file.path))
    {
        judged = true;
        if git.ignores(&file.path, false).ignored {
            continue;
        }
        let only_here = git.ignores_here(&file.path);
        let message = format!("{} holds a secret and git does not ignore it", file.path);
        let finding = match (only_here, file.credentials.first()) {
            (true, _) => Finding::warning(format!("{} is ignored on this machine only", file.path))
                .at(
                    Place::file(file.path.clone()),
                    "ignored by a personal rule that does not travel with the repository",
                ),
            (false, Some(first)) => Finding::error(message).at(first.place(), "would be committed"),
            (false, None) => Finding::error(message).at(Place::file(file.path.clone()), ""),
        };
        findings.push(
            finding
                .fix(super::taken_back(git, &file.path).unwrap_or_else(|| rule_for(&file.path)))
                .mended_by(ignoring(git, &file.path))
                .verify(format!("git check-ignore -v {}", file.path)),
        );
    }
    if let Some(finding) = unwritten(facts, git) {
        judged = true;
        findings.extend(finding);
    }
    if !judged {
        let secrets = facts
            .secret_files
            .iter()
            .any(|file| !file.credentials.is_empty());
        return Verdict::not_applicable(if secrets {
            "its env files with secrets are tracked: see git/secret-tracked"
        } else {
            "no env file of this app holds a secret"
        });
    }
    Verdict::Judged(findings)
}

/// The file into which Clerk's quickstart writes the keys of this framework, where it does not exist
/// yet. `None`: there is nothing to judge.
fn unwritten(facts: &Facts, git: &Git) -> Option<Option<Finding>> {
    if facts.app.kind != AppKind::App || !facts.app.has_server() {
        return None;
    }
    let covered = |name: &str| {
        git.ignores(&tree::join(&facts.app.path, name), false)
            .ignored
    };
    let cloudflare = facts.code.as_ref().is_some_and(|code| code.on_cloudflare());
    let usual = facts.app.framework.env.key_file;
    // Next.js loads its own files there, too.
    let name = if cloudflare && facts.app.framework.id != "next" && !covered(usual) {
        ".dev.vars"
    } else {
        usual
    };
    let path = tree::join(&facts.app.path, name);
    if covered(name) || facts.secret_files.iter().any(|file| file.path == path) {
        return Some(None);
    }
    // Where the project ignores another usual file, its keys are probably kept in that one.
    let mut usual = [".env", ".env.local", ".dev.vars"].into_iter();
    let loader = if name == ".dev.vars" {
        "Cloudflare's runtime"
    } else {
        facts.app.framework.name
    };
    let finding = match usual.find(|name| covered(name)) {
        Some(other) => Finding::warning(format!(
            "git would not ignore {path}, which {loader} loads too ({other} is ignored, {name} is not)"
        )),
        None => Finding::error(format!(
            "git would not ignore {path}, where {loader} keeps its keys"
        )),
    };
    Some(Some(
        finding
            .at(
                Place::file(tree::join(&facts.app.path, ".gitignore")),
                format!("no rule for {path}"),
            )
            .fix(super::taken_back(git, &path).unwrap_or_else(|| rule_for(&path)))
            .mended_by(ignoring(git, &path))
            .verify(format!("git check-ignore -v --no-index {path}")),
    ))
}

/// The rules to add, and the folder of the file: the one beside the secrets, which a rule for them
/// always reaches.
fn rules_for(path: &str) -> (&str, Vec<&str>) {
    if let Some((folder, _)) = path.split_once(".clerk/") {
        return (folder.trim_end_matches('/'), vec!["/.clerk/"]);
    }
    let name = tree::file_name(path);
    let rules = match name.starts_with(".env") {
        true => vec![".env*", "!.env.example"],
        false => vec![name],
    };
    (tree::folder(path), rules)
}

fn rule_for(path: &str) -> String {
    let (folder, rules) = rules_for(path);
    let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
    let file = tree::join(folder, ".gitignore");
    format!("add {} to {file}", rules.join(" and "))
}

fn ignoring(git: &Git, path: &str) -> Option<Fix> {
    let (folder, rules) = rules_for(path);
    super::ignoring(git, path, folder, &rules)
}
