//! For code scanning: SARIF 2.1.0 (OASIS Standard, 27 March 2020), as GitHub takes it.
//!
//! - Every result has a place in a file of the repository, since GitHub refuses those without. What is
//!   in no file (a variable of the host, an address) stands at the manifest of its app, and the message
//!   names the real place.
//! - Paths are below the root of the repository, not below the audited directory.
//! - What was not judged is a notification, never a hole: see [`invocation`].
//! - What somebody acknowledged stays a result, with a suppression and the reason.

mod invocation;
mod results;
mod rules;

use std::io;

use serde::Serialize;

use super::{Options, Style, json};
use crate::model::Report;
use invocation::Invocation;
use results::Results;
use rules::{Driver, Rules};

/// Where the schema lies that the document keeps.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report as SARIF.
pub fn render(
    report: &Report,
    _style: &Style,
    _options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let rules = Rules::of(report);
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver::new(report, &rules),
            },
            original_uri_base_ids: Bases {
                root: Base {
                    description: Text {
                        text: "The root of the repository".to_owned(),
                    },
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation::new(report, &rules)],
            results: Results {
                report,
                rules: &rules,
            },
        }],
    };
    json::write(&log, out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    original_uri_base_ids: Bases,
    column_kind: &'static str,
    invocations: [Invocation<'a>; 1],
    results: Results<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Bases {
    #[serde(rename = "%SRCROOT%")]
    root: Base,
}

#[derive(Serialize)]
struct Base {
    description: Text,
}

/// A message of which there is only a plain form.
#[derive(Serialize, PartialEq)]
struct Text {
    text: String,
}
