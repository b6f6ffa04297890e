//! Reports with very much in them.

use clerk_audit::model::{Decision, Finding, Outcome, Place, Report};

use crate::reports::{DEV_KEY, MATCHER, app, check, report, span};

/// So many findings in one check of one app.
pub fn in_one_check(findings: usize) -> Report {
    shaped(1, 1, findings)
}

/// So many findings, a few in each check of many apps.
pub fn in_many_apps(findings: usize) -> Report {
    shaped(findings / 50, 10, 5)
}

fn shaped(apps: usize, checks: usize, findings: usize) -> Report {
    let metas = [DEV_KEY, MATCHER];
    let apps = (0..apps).map(|number| {
        let path = format!("apps/app-{number}");
        let checks = (0..checks).map(|at| {
            let findings = (0..findings).map(|line| finding(&path, line)).collect();
            let meta = metas[at % metas.len()];
            check(meta, Outcome::judged(findings))
        });
        let checks = checks.collect();
        app(&path, "an-app", checks)
    });
    report(apps.collect(), Decision::NotReady, 1)
}

fn finding(app: &str, line: usize) -> Finding {
    let number = u32::try_from(line + 1).expect("not so many");
    let text = format!("\tawait db.order.update({{ where: {{ id: '{line}' }} }})");
    let route = format!("{app}/src/app/api/orders/{line}/route.ts");
    let message = format!("/api/orders/{line} writes and nobody asks who is there: `db.update`");
    let made = match line % 3 {
        0 => Finding::error(message),
        _ => Finding::warning(message),
    };
    made.at(
        span(&route, number, &text, "db.order.update"),
        "writes here",
    )
    .see(Place::file(format!("{app}/src/proxy.ts")), "leaves it out")
    .fix("call auth.protect() before the write, or add the route to the matcher")
    .verify(format!("grep -n update {route}"))
}
