//! `routes/matcher-on-static-files`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::fix::{Change, Edit};
use crate::model::routes::Verdict as Meets;
use crate::model::{Finding, Fix, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/matcher-on-static-files",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "The middleware leaves static files alone",
        fail: "The middleware runs for every static file",
        why: "each script and style of a page costs a run of it, and one that stops them leaves the sign-in page blank",
        docs: include_str!("matcher_on_static_files.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

/// What Clerk's documentation recommends (reference/nextjs/clerk-middleware).
const RECOMMENDED: &str = r"/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)";

const API: &str = "/(api|trpc)(.*)";

fn run(facts: &Facts) -> Verdict {
    let (_, middleware) = match super::middleware(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let file = middleware.file.as_deref().unwrap_or_default();
    let mut samples = middleware.files.iter().filter(|sample| sample.runs);
    // A single icon costs nothing worth a word; the scripts of each page do.
    let Some(sample) = samples.find(|sample| sample.path.contains("/_next/static/")) else {
        return Verdict::Judged(Vec::new());
    };
    let place = sample
        .layer
        .place
        .as_ref()
        .map_or_else(|| Place::file(file), super::place);
    let finding = match sample.layer.verdict {
        Meets::Stopped => Finding::error(format!(
            "{file} stops whoever is signed out at scripts and styles, such as {}",
            sample.path
        ))
        .at(place, sample.layer.why.clone()),
        _ => Finding::warning(format!(
            "{file} runs for scripts and styles too, such as {}",
            sample.path
        ))
        .at(Place::file(file), ""),
    };
    let patterns = [RECOMMENDED, API].map(str::to_owned).to_vec();
    let finding = finding.fix(format!(
        "leave files out of config.matcher, as Clerk recommends it: [\"{RECOMMENDED}\", \"{API}\"]"
    ));
    // Other frameworks have no such setting.
    let fix = (facts.app.framework.id == "next")
        .then(|| Fix::review([Edit::new(file, Change::Matcher(patterns))]));
    Verdict::Judged(vec![finding.mended_by(fix)])
}
