//! `webhooks/endpoint-not-reached`

use super::endpoint;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::hook::{Hook, Probe, Redirect, Reply};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/endpoint-not-reached",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "Deliveries reach the webhook handler",
        fail: "Deliveries do not reach the webhook handler",
        why: "what is not answered 2xx by the handler itself is tried again for a day and then lost",
        docs: include_str!("endpoint_not_reached.md"),
    },
    needs: &[Need::Hook],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let hook = match Verdict::told(&facts.live.hook) {
        Ok(hook) => hook,
        Err(verdict) => return verdict,
    };
    if let Some(Reply::Refused(status @ (401 | 403))) = hook.reply(Probe::Good) {
        return Verdict::Skipped(format!(
            "a good event gets HTTP {status} too, from the handler or from a guard before it; webhooks/endpoint-refuses-genuine says more"
        ));
    }
    if hook.is_reached() {
        return Verdict::of(perhaps_behind_auth(hook));
    }
    let Some(posted) = hook.strangers().next() else {
        return Verdict::Skipped("nothing could be posted".to_owned());
    };
    let (what, fix) = match &posted.reply {
        Reply::Redirected(_, Redirect::SignIn) => behind_auth(),
        Reply::BehindAuth(_) => behind_auth(),
        Reply::Redirected(status, Redirect::Spelling) => (
            format!("the endpoint redirects to another spelling of its address (HTTP {status})"),
            "give Clerk the address that the redirect points to: https, www and the last slash as the site has them",
        ),
        Reply::Redirected(status, Redirect::Elsewhere) => (
            format!("the endpoint redirects (HTTP {status}), and a redirect is not followed"),
            "let the handler answer itself at exactly the address that Clerk has",
        ),
        Reply::NotThere => (
            "there is no endpoint at this address (HTTP 404)".to_owned(),
            "compare the path with the route of the handler, and with the endpoint in the Clerk dashboard",
        ),
        Reply::Page(status) => (
            format!(
                "a page of the site answers there (HTTP {status}), and no handler: deliveries count as made and are lost"
            ),
            "compare the path with the route of the handler, and let the server answer it before it gives its page for every path",
        ),
        Reply::NoPost => (
            "the endpoint takes no POST (HTTP 405)".to_owned(),
            "export a POST handler from the route",
        ),
        Reply::Firewall(status) => {
            return Verdict::Skipped(format!(
                "a firewall or a login answered in place of the endpoint (HTTP {status}); Svix's own addresses may be let through"
            ));
        }
        Reply::None(fault) => return endpoint::unanswered(hook, fault),
        Reply::Other(status) => {
            let what = format!("the endpoint answers HTTP {status} to every event");
            return Verdict::of(Some(
                Finding::warning(what)
                    .at(endpoint::place(hook), "posted there")
                    .fix("answer 200 when the event was taken, 400 when it is not genuine"),
            ));
        }
        Reply::Taken | Reply::Refused(_) | Reply::Broken(_) => {
            return Verdict::Judged(Vec::new());
        }
    };
    Verdict::of(Some(finding(hook, what, fix)))
}

/// A handler answers 401 to what is not genuine, and so does a sign-in that stands before it: only an event
/// that is taken tells them apart.
fn perhaps_behind_auth(hook: &Hook) -> Option<Finding> {
    let taken = hook.reply(Probe::Good) == Some(&Reply::Taken);
    (hook.refuses_all_with() == Some(401) && !taken).then(|| {
        Finding::warning("every event is answered 401: it may be the app's sign-in that answers, and not the handler")
            .at(endpoint::place(hook), "posted there")
            .fix("answer 400 to what is not genuine; --send-signed-test tells whether a good event arrives")
    })
}

fn behind_auth() -> (String, &'static str) {
    (
        "the endpoint is behind the sign-in: Clerk's middleware answers in place of the handler"
            .to_owned(),
        "name the route in the public list of the middleware: Clerk's deliveries carry a signature and no session",
    )
}

fn finding(hook: &Hook, what: String, fix: &str) -> Finding {
    Finding::error(what)
        .at(endpoint::place(hook), "posted there")
        .fix(fix)
}
