//! `site/middleware-broken`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::down::{Down, judge};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/middleware-broken",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The front page answers without a server error",
        fail: "The site answers with server errors",
        why: "whoever comes there meets an error in place of the app, and cannot sign in",
        docs: include_str!("middleware_broken.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let (message, fix) = match judge(front) {
        Down::Nobody => return Verdict::of(None),
        Down::Everything { status } => (
            format!(
                "the host or the app is down: everything that was asked of the site answers with a server error, files too (HTTP {status})"
            ),
            "look at the log of the host; Express fails so on every request where CLERK_SECRET_KEY or the publishable key is missing",
        ),
        Down::Unreached { status, file } => (
            format!(
                "every page answers HTTP {status}, and {} does not: what stands before the app gets no answer from it, or keeps it closed",
                without_query(&file)
            ),
            "see that the app runs and listens where the host or the proxy looks for it, and read its start-up log; after maintenance, open it again",
        ),
        Down::Middleware { status, file } => (
            format!(
                "every page answers HTTP {status} without a word of Clerk's SDK, and {} does not: the middleware fails",
                without_query(&file)
            ),
            "set CLERK_SECRET_KEY and the publishable key in the environment of the deploy, look at the log of the middleware, or roll back",
        ),
        Down::FrontPage {
            status,
            behind_clerk: true,
        } => (
            format!(
                "the front page answers HTTP {status} behind Clerk's middleware: the page fails, and not the middleware"
            ),
            "look at the log of the server",
        ),
        Down::FrontPage { status, .. } => (
            format!("the front page answers HTTP {status}, and other paths do not"),
            "look at the log of the server",
        ),
        Down::Returning { status } => (
            format!(
                "for browsers of those who signed in before the front page answers HTTP {status}"
            ),
            "look at the log of the server",
        ),
    };
    Verdict::of(Some(
        Finding::error(message).at(front.place("/"), "").fix(fix),
    ))
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}
