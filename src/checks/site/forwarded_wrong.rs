//! `site/forwarded-wrong`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Front;
use crate::facts::live::site::front::chain::End;
use crate::facts::live::site::front::handshake::{Misled, misled};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/forwarded-wrong",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The server knows the address under which visitors reach it",
        fail: "The server takes itself for another address than its visitors use",
        why: "Clerk sends the browser back to that address, so that people end on a wrong host or in a loop",
        docs: include_str!("forwarded_wrong.md"),
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
    let Some(handshake) = front.handshake() else {
        return Verdict::Skipped(unasked(front));
    };
    let Some(back) = &handshake.back else {
        return Verdict::Skipped(
            "the redirect to Clerk names no address to come back to".to_owned(),
        );
    };
    Verdict::of(misled(&front.site, back).map(|fault| {
        let origin = front.site.origin();
        let message = match &fault {
            Misled::Plain => format!(
                "the server takes itself for one without TLS: it wants browsers back at http://, and the site is {origin}"
            ),
            Misled::Host(host) => format!(
                "the server takes itself for {host}: it wants browsers back there, and the site is {origin}"
            ),
            Misled::Port(port) => format!(
                "the server wants browsers back at port {}, and the site is {origin}",
                port.map_or_else(|| "?".to_owned(), |port| port.to_string())
            ),
        };
        Finding::error(message)
            .at(front.place("/"), "")
            .fix("have what stands before the server pass X-Forwarded-Host and X-Forwarded-Proto: https, and the server trust them")
    }))
}

fn unasked(front: &Front) -> String {
    let away = matches!(front.chain.end, End::Away { .. });
    if front.shows_clerk() && !away {
        return "the server does not send browsers to Clerk, so it did not name its own address"
            .to_owned();
    }
    front.unseen()
}
