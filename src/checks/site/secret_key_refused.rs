//! `site/secret-key-refused`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Front;
use crate::facts::live::site::front::DeployedKey;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/secret-key-refused",
        group: Group::Site,
        severity: Severity::Error,
        pass: "Clerk accepts the secret key that the site was deployed with",
        fail: "The site cannot use the secret key that it was deployed with",
        why: "nobody can sign in with it, and visitors without a session see nothing of that",
        docs: include_str!("secret_key_refused.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    match front.deployed_key() {
        DeployedKey::Refused => found(
            front,
            Finding::error(
                "Clerk does not accept the secret key of the site: it is wrong or revoked (the site refuses a made-up token with “secret-key-invalid”)",
            )
            .fix("set CLERK_SECRET_KEY of the deploy to the key in the Clerk Dashboard, and deploy again"),
        ),
        DeployedKey::ClerkFails(code) => {
            let code = code.map_or_else(String::new, |code| format!(" (HTTP {code})"));
            found(
                front,
                Finding::warning(format!(
                    "the site asked Clerk for its keys and got an error{code}: Clerk may be down, or something between them answers"
                ))
                .fix("look at status.clerk.com and at the outgoing connections of the server, and ask again"),
            )
        }
        DeployedKey::ClerkUnreachable => found(
            front,
            Finding::warning(
                "the site cannot reach Clerk's Backend API: its outgoing connections or its DNS may be blocked",
            )
            .fix("let the server connect to api.clerk.com:443, and ask again"),
        ),
        DeployedKey::OfTheInstance
        | DeployedKey::OfAnotherInstance(_)
        | DeployedKey::Works(_)
        | DeployedKey::Contradictory => Verdict::of(None),
        DeployedKey::Unused => Verdict::Skipped(
            "the site verifies tokens with CLERK_JWT_KEY and does not use its secret key for that"
                .to_owned(),
        ),
        DeployedKey::Untold(why) => Verdict::Skipped(why),
    }
}

fn found(front: &Front, finding: Finding) -> Verdict {
    let path = front.tokens.as_ref().map_or("/", |tokens| &tokens.path);
    Verdict::of(Some(finding.at(front.place(path), "")))
}
