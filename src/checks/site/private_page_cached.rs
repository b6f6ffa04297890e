//! `site/private-page-cached`

use super::visits;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::visited::{How, Kept, Meeting, Met, Visit};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/private-page-cached",
        group: Group::Site,
        severity: Severity::Error,
        pass: "No shared cache keeps what the deployed site answers at protected routes",
        fail: "A shared cache keeps what the deployed site answers at a protected route",
        why: "a cache that many share gives one user the answer of another",
        docs: include_str!("private_page_cached.md"),
    },
    needs: &[Need::Visited, Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let visited = match visits::visited(facts) {
        Ok(visited) => visited,
        Err(verdict) => return verdict,
    };
    let mut stopped = visited
        .visits
        .iter()
        .filter(|visit| visit.is_to_be_stopped() && visit.met(is_private).is_some())
        .peekable();
    if stopped.peek().is_none() {
        return Verdict::Skipped(visits::NOWHERE_STOPPED.to_owned());
    }
    let mut sure = Vec::new();
    let mut unsure = Vec::new();
    for (visit, meeting, kept) in stopped.filter_map(cached) {
        let list = if kept.is_sure { &mut sure } else { &mut unsure };
        list.push((visit, meeting, kept));
    }
    let mut findings = Vec::new();
    findings.extend(self::findings(Severity::Error, &sure));
    findings.extend(self::findings(Severity::Warning, &unsure));
    Verdict::Judged(findings)
}

/// A redirect or a refusal is for this visitor. The page of a 404 is the same for everybody, and so is one
/// that a script fills.
fn is_private(met: &Met) -> bool {
    matches!(met, Met::Stopped(How::Refused | How::SignIn))
}

fn cached(visit: &Visit) -> Option<(&Visit, &Meeting, &Kept)> {
    let mut all = visit.meetings.iter();
    all.find_map(|meeting| {
        let kept = meeting.kept.as_ref()?;
        is_private(&meeting.met).then_some((visit, meeting, kept))
    })
}

fn findings(severity: Severity, cached: &[(&Visit, &Meeting, &Kept)]) -> Vec<Finding> {
    let what = match severity {
        Severity::Error => "what a cache that many share keeps",
        _ => "what a cache that many share may keep",
    };
    let sentence = Together::new(
        "",
        format!("protected routes answer whoever is signed out with {what}"),
    );
    let finding = |(visit, meeting, kept): &(&Visit, &Meeting, &Kept)| {
        let target = &visit.target;
        let message = format!(
            "{} is protected and answers whoever is signed out with {what}",
            visits::named(target)
        );
        let finding = Finding::new(severity, message);
        visits::pointing(finding, &meeting.url, kept.header.clone(), target)
            .fix("send Cache-Control: private, no-store at every route behind the sign-in, and leave it out of the rules of the CDN")
            .together(&sentence)
    };
    cached.iter().map(finding).collect()
}
