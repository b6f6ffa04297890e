//! `clerk/oauth-server-open`

use super::address::{Fault, fault};
use super::instance::{cut, place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::facts::live::instance::{OauthApplication, Part};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/oauth-server-open",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "As an OAuth server the instance knows its clients and protects their sign-ins",
        fail: "As an OAuth server the instance has clients whose sign-ins can be stolen, or that nobody chose",
        why: "a code that reaches another's address, or a client that anybody registered, signs in as your users",
        docs: include_str!("oauth_server_open.md"),
    },
    needs: &[
        Need::Packages,
        Need::Part(Part::OauthSettings),
        Need::Part(Part::OauthApplications),
    ],
    scope: Scope::Servers,
    run,
};

/// Packages of MCP servers, whose clients register themselves
/// (modelcontextprotocol.io/specification, authorization).
const MCP: &[&str] = &[
    "@clerk/mcp-tools",
    "@modelcontextprotocol/sdk",
    "@modelcontextprotocol/server",
    "mcp-handler",
    "@vercel/mcp-adapter",
    "fastmcp",
    "xmcp",
];

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let applications = Verdict::told(&instance.oauth_applications)?;
    let mut findings: Vec<Finding> = applications.items.iter().flat_map(of_application).collect();
    let settings = match Verdict::told(&instance.oauth_settings) {
        Ok(settings) => settings,
        // What the other answer showed is true all the same.
        Err(_) if !findings.is_empty() => return Ok(Verdict::Judged(findings)),
        Err(verdict) => return Err(verdict),
    };
    let packages = facts.packages.as_ref();
    let is_mcp = packages.is_some_and(|all| MCP.iter().any(|name| all.direct(name).is_some()));
    if settings.dynamic_registration == Some(true) && !is_mcp {
        findings.push(
            Finding::warning("anybody may register an OAuth client (dynamic client registration is on), and the app is no MCP server that needs it")
                .at(place(Part::OauthSettings), "dynamic_oauth_client_registration")
                .fix("switch it off in the Clerk Dashboard (OAuth applications, Settings), unless clients you do not know are to register"),
        );
    }
    if findings.is_empty() && !applications.whole {
        return Err(cut(Part::OauthApplications));
    }
    Ok(Verdict::Judged(few(findings, "faults of the OAuth server")))
}

fn of_application(one: &OauthApplication) -> Vec<Finding> {
    let name = &one.name;
    let mut findings = Vec::new();
    if one.public == Some(true) && one.pkce_required == Some(false) {
        findings.push(
            Finding::error(format!(
                "the public OAuth client “{name}” may sign in without PKCE"
            ))
            .fix("require PKCE of it in the Clerk Dashboard (OAuth applications)"),
        );
    }
    // A client that registered itself answers for its own addresses.
    let uris = one.redirect_uris.iter().filter(|_| !one.registered_itself);
    findings.extend(uris.filter_map(|uri| of_uri(one, uri)));
    if one.consent_screen == Some(false) {
        findings.push(
            Finding::warning(format!(
                "the OAuth client “{name}” gets data of users without asking them"
            ))
            .because("users do not learn who gets their data, and cannot refuse")
            .fix("switch the consent screen on in the Clerk Dashboard (OAuth applications)"),
        );
    }
    let at = |finding: Finding| {
        finding.at(
            place(Part::OauthApplications),
            "the OAuth clients of the instance",
        )
    };
    findings.into_iter().map(at).collect()
}

fn of_uri(one: &OauthApplication, uri: &str) -> Option<Finding> {
    let name = &one.name;
    let fix = "give the whole https address of the client";
    match fault(uri)? {
        Fault::Plain => Some(
            Finding::error(format!(
                "the OAuth client “{name}” takes codes back over http, without encryption"
            ))
            .fix(fix),
        ),
        Fault::Anybody => Some(
            Finding::error(format!(
                "the OAuth client “{name}” takes codes back to hosts that anybody may have"
            ))
            .fix(fix),
        ),
        // A program on the user's own machine listens there (RFC 8252 section 7.3); it has no secret.
        Fault::Local if one.public != Some(false) => None,
        Fault::Local => Some(
            Finding::warning(format!(
                "the OAuth client “{name}” takes codes back to a developer's machine"
            ))
            .fix(fix),
        ),
        Fault::Development => None,
    }
}
