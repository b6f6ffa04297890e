//! `clerk/sms-unrestricted`

use super::instance::{place, production, unsaid};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/sms-unrestricted",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "SMS do not go to every country of the world",
        fail: "SMS go to every country of the world",
        why: "who can make Clerk send SMS to numbers that cost money earns with each one, at your expense",
        docs: include_str!("sms_unrestricted.md"),
    },
    needs: &[Need::Part(Part::Communication), Need::Frontend],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let environment = Verdict::told(&Verdict::told(&facts.live.frontend)?.environment)?;
    match environment.uses("phone_number") {
        Some(false) => {
            let why = "nobody signs in with a phone number, so that no SMS is sent";
            return Ok(Verdict::not_applicable(why));
        }
        None => {
            let why = "the Frontend API does not say whether phone numbers are used";
            return Err(Verdict::Skipped(why.to_owned()));
        }
        Some(true) => {}
    }
    let settings = Verdict::told(&instance.communication)?;
    let blocked = settings
        .blocked_countries
        .ok_or_else(|| unsaid(Part::Communication))?;
    Ok(Verdict::of((blocked == 0).then(|| {
        Finding::warning("phone numbers are used, and no country is blocked for SMS")
            .at(place(Part::Communication), "blocked_country_codes")
            .fix("block in the Clerk Dashboard (SMS) the countries in which you have no users")
    })))
}
