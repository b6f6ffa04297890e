//! `webhooks/parsed-body`

use super::receivers;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::{ParsedBody, What};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/parsed-body",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The signature of a webhook is checked on the text as it came",
        fail: "The signature of a webhook is not checked on the text as it came",
        why: "the signature is over the bytes that were sent; what was parsed first may verify, or never does",
        docs: include_str!("parsed_body.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let files = match receivers::verifying(facts) {
        Ok(files) => files,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    for file in files {
        for shape in &file.shapes {
            let What::ParsedBody(what) = &shape.what else {
                continue;
            };
            let (finding, fix) = match what {
                ParsedBody::Again => (
                    Finding::warning(
                        "the body is parsed and made a text again before its signature is checked",
                    ),
                    "verify what `await request.text()` gives, and parse it afterwards",
                ),
                ParsedBody::Object => (
                    Finding::error(
                        "the parsed body is checked instead of its text, which always fails",
                    ),
                    "verify the raw text of the body, and parse it afterwards",
                ),
                ParsedBody::Consumed => (
                    Finding::error(
                        "the body has been read before the signature is checked, so that nothing is left to check",
                    ),
                    "leave the body to the verification (in pages/api: `export const config = { api: { bodyParser: false } }`)",
                ),
            };
            findings.push(finding.at(file.place(shape), "").fix(fix));
        }
    }
    Verdict::Judged(findings)
}
