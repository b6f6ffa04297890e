//! E1: the status page. It lags and often says less than is so, so it never decides alone
//! (incident.io serves it in the shape of Atlassian's pages: lists may be missing, names may repeat).

use serde_json::Value;

use super::Probe;
use crate::facts::api::Screen;
use crate::model::triage::{Evidence, Mark};

/// What the page says. Every text is fit to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    indicator: String,
    description: String,
    /// Open incidents.
    incidents: Vec<String>,
    /// Components that are not operational: name and state.
    troubled: Vec<(String, String)>,
}

/// So many incidents and components are looked at; a page has a few dozen.
const MOST: usize = 200;

/// The first answer that is a status document.
pub(super) fn read(probes: &[Probe]) -> Option<Page> {
    probes.iter().find_map(|probe| {
        let answer = probe.answer().filter(|answer| answer.status == 200)?;
        page(&answer.json().ok()?)
    })
}

fn page(value: &Value) -> Option<Page> {
    let status = value.get("status")?.as_object()?;
    let screen = Screen::default();
    let text = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str);
        text.map_or_else(String::new, |text| screen.sentence(text))
    };
    let list = |name: &str| {
        let list = value.get(name).and_then(Value::as_array);
        list.into_iter().flatten().take(MOST)
    };
    let is_open = |state: &str| !matches!(state, "resolved" | "postmortem" | "completed");
    let incidents = list("incidents").filter(|one| is_open(&text(one.get("status"))));
    let components = list("components").map(|one| (text(one.get("name")), text(one.get("status"))));
    Some(Page {
        indicator: text(status.get("indicator")),
        description: text(status.get("description")),
        incidents: incidents.map(|one| text(one.get("name"))).collect(),
        troubled: components
            .filter(|(_, state)| {
                !matches!(state.as_str(), "" | "operational" | "under_maintenance")
            })
            .collect(),
    })
}

/// Whether a name is one of what signs users in and keeps them so.
fn is_about_auth(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "authentication",
        "session",
        "sign-in",
        "sign in",
        "sign-up",
        "sign up",
        "frontend api",
        "backend api",
        "log in",
        "login",
    ]
    .iter()
    .any(|word| name.contains(word))
}

impl Page {
    /// What on it speaks for an outage of sign-in, if anything does.
    pub(super) fn outage(&self) -> Option<String> {
        let auth = self.troubled.iter().find(|(name, _)| is_about_auth(name));
        let grave = auth.filter(|(_, state)| state.ends_with("_outage"));
        if let Some((name, state)) = grave {
            return Some(format!("{name}: {}", state.replace('_', " ")));
        }
        if let Some(name) = self.incidents.iter().find(|name| is_about_auth(name)) {
            return Some(format!("open incident: {name}"));
        }
        if let (Some((name, state)), Some(incident)) = (auth, self.incidents.first()) {
            return Some(format!(
                "{name}: {}; open incident: {incident}",
                state.replace('_', " ")
            ));
        }
        // Where the page says which parts are in trouble, and sign-in is none of them, it is not this.
        let elsewhere = auth.is_none() && !self.troubled.is_empty();
        let grave = matches!(self.indicator.as_str(), "major" | "critical");
        (grave && !elsewhere).then(|| format!("{} ({})", self.indicator, self.description))
    }

    /// What on it speaks for webhooks that do not go out.
    pub(super) fn webhooks(&self) -> Option<String> {
        let (name, state) = self
            .troubled
            .iter()
            .find(|(name, _)| name.to_ascii_lowercase().contains("webhook"))?;
        Some(format!("{name}: {}", state.replace('_', " ")))
    }

    fn words(&self) -> String {
        let mut words = vec![if self.description.is_empty() {
            format!("says {}", self.indicator)
        } else {
            format!("says \"{}\"", self.description)
        }];
        words.extend(
            self.incidents
                .iter()
                .take(3)
                .map(|name| format!("open incident: {name}")),
        );
        let troubled = self.troubled.iter().take(5);
        words.extend(troubled.map(|(name, state)| format!("{name}: {}", state.replace('_', " "))));
        words.join("; ")
    }
}

pub(super) fn evidence(probes: &[Probe], page: Option<&Page>) -> Vec<Evidence> {
    let Some(last) = probes.last() else {
        return Vec::new();
    };
    let subject = "status page";
    let Some(page) = page else {
        let says = format!("tells nothing ({}); that decides nothing", last.why());
        return vec![last.says("E1", subject, Mark::Silent, says)];
    };
    let calm = page.incidents.is_empty() && page.troubled.is_empty();
    let mark = match page.indicator.as_str() {
        _ if page.outage().is_some() || page.webhooks().is_some() => Mark::Bad,
        "none" | "maintenance" if calm => Mark::Good,
        _ => Mark::Odd,
    };
    vec![last.says("E1", subject, mark, page.words())]
}
