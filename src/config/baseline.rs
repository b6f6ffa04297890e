//! A baseline: a former report, whose findings are known and do not count.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;

/// What a report must say of itself to serve.
const SCHEMA: &str = "clerk-audit/report/v1";

#[derive(Deserialize)]
struct Report {
    schema: String,
}

#[derive(Deserialize)]
struct Findings {
    apps: Vec<App>,
}

#[derive(Deserialize)]
struct App {
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    findings: Vec<Finding>,
    #[serde(default)]
    acknowledged: Vec<Acknowledged>,
}

#[derive(Deserialize)]
struct Acknowledged {
    by: String,
    finding: Finding,
}

#[derive(Deserialize)]
struct Finding {
    fingerprint: String,
}

/// The fingerprints of a former report. What it ignored is not among them: the ignore itself must go on
/// saying so.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn parse(name: &str, text: &str) -> Result<BTreeSet<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let wrong = |e: serde_json::Error| {
        anyhow!("the baseline {name} is not a JSON report of clerk-audit: {e}")
    };
    let report: Report = serde_json::from_str(text).map_err(wrong)?;
    if report.schema != SCHEMA {
        let newer = report.schema.starts_with("clerk-audit/report/v");
        let hint = match newer {
            true => "it was written by another version of clerk-audit",
            false => "write one with --baseline FILE --baseline-write",
        };
        bail!(
            "the baseline {name} has the schema {}, and this version reads {SCHEMA}; {hint}",
            report.schema
        );
    }
    let findings: Findings = serde_json::from_str(text).map_err(wrong)?;
    let checks = findings.apps.into_iter().flat_map(|app| app.checks);
    let known = checks.flat_map(|check| {
        let before = check.acknowledged.into_iter();
        let before = before
            .filter(|one| one.by == "baseline")
            .map(|one| one.finding);
        check.findings.into_iter().chain(before)
    });
    Ok(known.map(|finding| finding.fingerprint).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_old_and_new_are_known_and_what_is_ignored_is_not() {
        let text = r#"{"schema":"clerk-audit/report/v1","apps":[{"checks":[{"findings":[{"fingerprint":"a"}],
            "acknowledged":[{"by":"baseline","finding":{"fingerprint":"b"}},{"by":"ignored","finding":{"fingerprint":"c"}}]}]}]}"#;
        let known: Vec<String> = parse("x", text).unwrap().into_iter().collect();
        assert_eq!(known, ["a", "b"]);
    }

    #[test]
    fn what_is_no_report_is_an_error_that_says_so() {
        for (text, said) in [
            ("", "line 1 column 0"),
            (
                "{\"schema\":\"clerk-audit/report/v1\",\n\"apps\":[{]}",
                "line 2",
            ),
            ("[]", "not a JSON report"),
            ("{\"schema\":\"clerk-audit/report/v2\"}", "another version"),
            ("{\"schema\":\"x\"}", "--baseline-write"),
            (
                "{\"schema\":\"clerk-audit/report/v1\",\"apps\":[{\"checks\":[{\"findings\":[{}]}]}]}",
                "fingerprint",
            ),
        ] {
            let error = parse("old.json", text).unwrap_err().to_string();
            assert!(
                error.contains("old.json") && error.contains(said),
                "{text}: {error}"
            );
        }
    }
}
