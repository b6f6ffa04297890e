//! `site/source-map-public`

use super::shown;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/source-map-public",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The site hands out no source maps",
        fail: "The site hands out its source maps",
        why: "anybody reads the code as it was written, comments and all",
        docs: include_str!("source_map_public.md"),
    },
    needs: &[Need::Surface],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let surface = match shown(facts) {
        Ok(surface) => surface,
        Err(verdict) => return verdict,
    };
    if surface.scripts.0 == 0 && surface.scripts.1 > 0 {
        return Verdict::Skipped("none of the scripts of the front page could be read".to_owned());
    }
    if surface.scripts.1 == 0 {
        return Verdict::not_applicable("the front page names no script of the site's own");
    }
    let Some((first, more)) = surface.maps.split_first() else {
        return Verdict::Judged(Vec::new());
    };
    let mut finding = Finding::warning("the source map of a script can be loaded by anybody")
        .at(Place::Url { url: first.clone() }, "public")
        // The names of scripts change with every build.
        .known_by("a source map")
        .fix("switch browser source maps off for production, or upload them to the error tracker and delete them from the build");
    for url in more {
        finding = finding.see(Place::Url { url: url.clone() }, "public, too");
    }
    Verdict::of(Some(finding))
}
