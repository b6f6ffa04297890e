//! Clerk's status page.

use url::Url;

use super::Asker;
use crate::facts::live::status::{self, Status};
use crate::gather::net::Ask;
use crate::model::Known;

/// The summary says more, the status is what every such page has.
const PATHS: [&str; 2] = ["/api/v2/summary.json", "/api/v2/status.json"];

/// Clerk's status page. One that cannot be reached says nothing about Clerk, nor about the project.
pub(super) async fn ask(asker: &Asker) -> Known<Status> {
    let base = asker.shared.ask.status.as_ref();
    let mut why = String::new();
    for path in PATHS {
        let url = match base {
            Some(site) => Ok(site.at(path)),
            None => Url::parse(&format!("https://status.clerk.com{path}")),
        };
        let Ok(url) = url else { continue };
        let asked = asker.net().ask(&asker.lanes().status, Ask::get(url)).await;
        match asked {
            Ok(answer) => match answer.json().ok().as_ref().and_then(status::read) {
                Some(read) if answer.status == 200 => {
                    return Known::Yes(Status {
                        at: answer.at,
                        ..read
                    });
                }
                _ => why = format!("it answers HTTP {} without a status", answer.status),
            },
            // The other path has the same host.
            Err(fault) => {
                why = fault.explain().what;
                break;
            }
        }
    }
    Known::NotAsked(format!("Clerk's status page says nothing: {why}"))
}
