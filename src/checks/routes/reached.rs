//! `routes/reached`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Evidence, MethodAnswer, Route, Sensitivity, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/reached",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Whoever is signed out reaches only what is declared public",
        fail: "Whoever is signed out reaches routes that nothing declares public",
        why: "anyone can ask for it without an account: Clerk stops nobody where no check asks it to",
        docs: include_str!("reached.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let map = match super::map(facts) {
        Ok(map) => map,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let outside = |at: usize| {
        map.middleware
            .routes
            .get(at)
            .and_then(|detail| detail.outside.as_deref())
    };
    let (mut reading, mut plain) = (Vec::new(), Vec::new());
    for (at, route) in map.routes.iter().enumerate() {
        if !super::has_address(route) {
            continue;
        }

        let open: Vec<&MethodAnswer> = super::open(route).collect();
        if open.is_empty() {
            continue;
        }
        match grave(route, &open) {
            Some((methods, work)) => {
                let finding = exposed(facts, route, outside(at), &methods, work);
                let fix = super::guarding(facts, map, [(at, route, methods)]);
                findings.push(finding.mended_or_not(fix));
            }
            None if open.iter().any(|answer| reads(answer)) => reading.push(route),
            None => plain.push(route),
        }
    }
    if findings.is_empty() && reading.is_empty() && plain.is_empty() {
        return super::undecided(map).unwrap_or(Verdict::Judged(findings));
    }
    let open = map.routes.iter().filter(|route| super::has_address(route));
    let undecided = open
        .filter(|route| route.verdict() == Meets::Undecided)
        .count();
    findings.extend(reading_pages(facts, &reading));
    findings.extend(others(facts, &plain, undecided));
    Verdict::Judged(findings)
}

fn reads(answer: &MethodAnswer) -> bool {
    let mut work = answer.sensitive.iter();
    work.any(|work| work.kind == Sensitivity::ReadsUserData)
}

/// The worst work that nobody should get to, and the methods that get to such work.
fn grave<'r>(
    route: &Route,
    open: &[&'r MethodAnswer],
) -> Option<(Vec<&'r MethodAnswer>, &'r Evidence)> {
    let work = open.iter().flat_map(|answer| &answer.sensitive);
    let grave = work.filter(|work| super::is_grave(route.kind, work.kind));
    let worst = grave.min_by_key(|work| work.kind)?;
    let does = |answer: &MethodAnswer| answer.sensitive.iter().any(|work| work.kind == worst.kind);
    let methods = open.iter().copied().filter(|answer| does(answer));
    Some((methods.collect(), worst))
}

fn exposed(
    facts: &Facts,
    route: &Route,
    outside: Option<&str>,
    methods: &[&MethodAnswer],
    work: &Evidence,
) -> Finding {
    let does = match work.kind {
        Sensitivity::Writes => "changes data with",
        Sensitivity::ReadsUserData => "reads data of users with",
        Sensitivity::PaidCall => "acts in the app's name with",
    };
    let who = super::named(route, methods);
    let mut finding = Finding::error(format!(
        "{who} answers whoever is signed out, and {does} {}()",
        work.what
    ))
    .at(super::place(&work.place), format!("{}()", work.what));
    let gate = methods.first().map(|answer| &answer.middleware);
    if let Some((gate, at)) = gate.and_then(|gate| Some((gate, gate.place.as_ref()?))) {
        finding = finding.see(super::place(at), gate.why.clone());
    }
    let guard = super::guard_of(facts, route);
    // Without the middleware, what asks for the session throws.
    let first = match outside.filter(|_| guard.contains("auth")) {
        Some(url) => format!("let config.matcher match {url}, and "),
        None => String::new(),
    };
    finding
        .fix(format!(
            "{first}{guard}; if it is meant to be open, say so: {}",
            super::declare(route)
        ))
        .verify(super::why(facts, route))
}

fn reading_pages(facts: &Facts, pages: &[&Route]) -> Vec<Finding> {
    let sentence = Together::new(
        "",
        "pages show whoever is signed out what may be data of users, and nothing says that this is meant",
    );
    let finding = |route: &&Route| {
        let work = route.methods.iter().flat_map(|answer| &answer.sensitive);
        let mut work = work.filter(|work| work.kind == Sensitivity::ReadsUserData);
        let work = work.next()?;
        let guard = super::guard(facts, route.kind);
        let who = super::named(route, &[]);
        let shown = Finding::warning(format!(
            "{who} shows whoever is signed out what may be data of users, and nothing says that this is meant"
        ))
        .at(
            super::place(&work.place),
            format!("{}: {}()", route.pattern, work.what),
        )
        .fix(format!(
            "{guard}, or name those that are meant to be open in [routes] public of clerk-audit.toml"
        ));
        Some(shown.together(&sentence))
    };
    pages.iter().filter_map(finding).collect()
}

fn others(facts: &Facts, routes: &[&Route], undecided: usize) -> Vec<Finding> {
    let more = match undecided {
        0 => String::new(),
        more => format!("; {more} more could not be followed"),
    };
    let fix = format!(
        "name those that are meant to be open in [routes] public of clerk-audit.toml, and protect the others{more}"
    );
    let verify = format!(
        "clerk-audit routes{} --only reached",
        super::app_option(facts)
    );
    let sentence = Together::new(
        "",
        "routes are open to whoever is signed out, and nothing says that they are meant to be",
    );
    let finding = |(route, who): (&Route, String)| {
        Finding::warning(format!(
            "{who} is open to whoever is signed out, and nothing says that this is meant"
        ))
        .at(super::file_of(route), who)
        .fix(fix.as_str())
        .verify(verify.as_str())
        .together(&sentence)
    };
    super::by_interest(routes).map(finding).collect()
}
