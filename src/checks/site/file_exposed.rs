//! `site/file-exposed`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/file-exposed",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The site hands out no file that holds secrets",
        fail: "The site hands out a file that holds secrets",
        why: "whoever scans the web for such files has the keys within hours",
        docs: include_str!("file_exposed.md"),
    },
    needs: &[Need::Surface],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let exposed = Verdict::told(&facts.live.surface).and_then(|surface| {
        let exposed = Verdict::told(&surface.exposed)?;
        Ok((surface, exposed))
    });
    let (surface, exposed) = match exposed {
        Ok(both) => both,
        Err(verdict) => return verdict,
    };
    let findings = exposed.iter().map(|file| {
        Finding::error(format!("{} can be loaded by anybody", file.what))
            .at(Place::Url { url: surface.site.at(file.path).to_string() }, "public")
            .fix("take it off the server, have every secret in it replaced, and serve nothing but the built files")
    });
    Verdict::Judged(findings.collect())
}
