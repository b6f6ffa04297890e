//! The status page in incident.io's shape, and the account portal.

use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::Scenario;

const PAGE: &str = r#""page":{"id":"01JCLERKSTATUSPAGE00000000","name":"Clerk","url":"https://status.clerk.com","updated_at":"2026-11-02T10:00:00Z"},"status":{"indicator":"none","description":"All Systems Operational"}"#;

const COMPONENTS: &[&str] = &[
    "User and authentication",
    "Session management",
    "Machine authentication",
    "Webhooks",
    "B2B SaaS",
    "Email delivery",
    "SMS delivery",
    "Billing",
    "Account Portal",
    "Dashboard",
    "Platform API",
    "Development Services",
];

/// `status.clerk.com`. Lists of incidents are left out when empty.
pub fn page(request: &Request) -> Answer {
    let body = match request.path.as_str() {
        "/api/v2/status.json" => format!("{{{PAGE}}}"),
        "/api/v2/summary.json" => {
            let components: Vec<String> = (1..)
                .zip(COMPONENTS)
                .map(|(at, name)| {
                    format!(
                        r#"{{"id":"01JCOMPONENT{at:014}","name":"{name}","status":"operational","position":{at}}}"#
                    )
                })
                .collect();
            format!(r#"{{{PAGE},"components":[{}]}}"#, components.join(","))
        }
        "/" => return Answer::html(200, "<!doctype html><title>Clerk Status</title>"),
        _ => return Answer::html(404, "<!doctype html><title>Not found</title>"),
    };
    Answer::of(200, "application/json; charset=utf-8", body)
}

/// `accounts.<domain>`.
pub fn portal(scenario: &Scenario) -> Answer {
    let body = format!(
        "<!doctype html><title>{}</title><div id=\"__next\"></div>",
        scenario.domain
    );
    Answer::html(200, body)
}
