//! The code that the browser gets.

use std::collections::BTreeSet;

use super::Reading;
use crate::facts::Facts;
use crate::facts::code::client::{self, ClientCode, Files, is_server_entry};
use crate::facts::secrets::is_secret_name;
use crate::model::Known;

/// The code of an app that the browser gets.
pub(super) fn code_of(reading: &Reading<'_>, facts: &Facts) -> Known<ClientCode> {
    let app = &facts.app;
    let below = reading.tree.below(&app.path).iter();
    let all: Vec<&str> = below
        .map(String::as_str)
        .filter(|path| reading.is_of(app, path))
        .collect();
    let marked = |path: &&&str| reading.scanned.client.contains(**path);
    let client: Vec<&str> = all.iter().filter(marked).copied().collect();
    let files = Files {
        folder: &app.path,
        all: &all,
        client: &client,
    };
    let framework = app.framework.id;
    let roots = client::roots(reading.project, framework, &files);
    // A workspace package may be what brings it into the browser's code.
    let suspects: BTreeSet<String> = reading
        .scanned
        .all_uses()
        .filter(|(_, mentions)| {
            let entries = &mentions.clerk_imports;
            entries.iter().any(|specifier| is_server_entry(specifier))
                || mentions
                    .env_reads
                    .iter()
                    .any(|read| is_secret_name(&read.name))
        })
        .map(|(path, _)| path.to_owned())
        .collect();
    let server_calls = framework == "tanstack-start";
    Known::Yes(client::read(
        reading.project,
        &app.path,
        &roots,
        &suspects,
        server_calls,
    ))
}
