//! Clerk's status page: incident.io's, in the shape of Statuspage (`/api/v2/summary.json`, and the smaller
//! `/api/v2/status.json`). Lists that are empty are left out; a word that is new is kept.

use serde_json::Value;

use crate::facts::api::Screen;

/// More than ever stand there at the same time.
const MOST: usize = 20;

/// What it says. Every text is fit to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// `none`, `minor`, `major`, `critical`, `maintenance`, or a word that is new.
    pub indicator: String,
    /// The same in a few words.
    pub description: Option<String>,
    /// The parts of Clerk that are not `operational`: name and state.
    pub components: Vec<(String, String)>,
    /// The incidents that are open.
    pub incidents: Vec<Incident>,
    /// When the page was asked, in seconds since 1970.
    pub at: u64,
}

/// An incident that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its title.
    pub name: String,
    /// `investigating`, `identified`, `monitoring`.
    pub status: Option<String>,
    /// `minor`, `major`, `critical`.
    pub impact: Option<String>,
}

/// Reads either of the two. `None` where it is neither.
pub fn read(body: &Value) -> Option<Status> {
    let screen = Screen::default();
    let text = |at: &Value, name: &str| {
        let text = screen.sentence(at.get(name)?.as_str()?);
        (!text.is_empty()).then_some(text)
    };
    let list = |name: &str| {
        let list = body.get(name).and_then(Value::as_array);
        list.into_iter().flatten()
    };
    let status = body.get("status")?;
    let components = list("components").filter_map(|one| {
        let state = text(one, "status").filter(|state| state != "operational")?;
        Some((text(one, "name")?, state))
    });
    let incidents = list("incidents").filter_map(|one| {
        let state = text(one, "status");
        let over = state.as_deref() == Some("resolved");
        let name = text(one, "name").filter(|_| !over)?;
        Some(Incident {
            name,
            status: state,
            impact: text(one, "impact"),
        })
    });
    Some(Status {
        indicator: text(status, "indicator")?,
        description: text(status, "description"),
        components: components.take(MOST).collect(),
        incidents: incidents.take(MOST).collect(),
        at: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_summary_and_the_status() {
        let summary = json!({
            "page": {"name": "Clerk"},
            "status": {"indicator": "major", "description": "Partial\u{1b}[2J outage"},
            "components": [
                {"id": "1", "name": "Dashboard", "status": "operational"},
                {"id": "2", "name": "Session management", "status": "partial_outage"}, 7,
            ],
            "incidents": [
                {"name": "Sessions fail", "status": "investigating", "impact": "major", "shortlink": null},
                {"name": "Old", "status": "resolved"},
            ],
        });
        let read_summary = read(&summary).unwrap();
        assert_eq!(read_summary.indicator, "major");
        assert_eq!(
            read_summary.description.as_deref(),
            Some("Partial[2J outage")
        );
        let partial = ("Session management".to_owned(), "partial_outage".to_owned());
        assert_eq!(read_summary.components, [partial]);
        assert_eq!(read_summary.incidents.len(), 1);
        let small = read(&json!({"status": {"indicator": "none"}})).unwrap();
        assert_eq!(small.indicator, "none");
        for other in [json!({}), json!({"status": "none"}), json!([]), json!(7)] {
            assert_eq!(read(&other), None);
        }
    }
}
