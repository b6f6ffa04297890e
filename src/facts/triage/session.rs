//! E9: where the site sends people who come, and people who come back without a session.

use url::Url;

use super::{App, Probe, RowKind, not_asked, why_not};
use crate::facts::api::Screen;
use crate::facts::keys::{Mode, PublishableKey};
use crate::model::triage::{Evidence, Mark};
use crate::model::{Known, Secret};

/// The path of the handshake (clerk/javascript `packages/backend/src/tokens/handshake.ts`).
pub(super) const HANDSHAKE: &str = "/v1/client/handshake";

/// What sends people astray.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Session {
    /// Clauses, one for each fault.
    pub(super) faults: Vec<String>,
    /// The key in the page is of the other kind than the one that was given.
    pub(super) mixed: Option<String>,
    /// The key in the page is of another instance than the one that was given: the site's was changed, or
    /// the one given is meant for another site.
    pub(super) other: Option<String>,
    /// The keys here are those of development and the page's are live, as in any project: worth a note.
    pub(super) note: Option<String>,
    /// Whether the site shows that it is of the instance whose publishable key was judged.
    pub(super) confirmed: bool,
    chain: String,
    handshake: String,
}

pub(super) fn read(
    app: &App,
    given: Option<&PublishableKey>,
    in_page: Option<&(Secret, PublishableKey)>,
) -> Session {
    let mut session = Session::default();
    session.chain(app);
    session.confirmed = in_page.is_some()
        || given.is_some_and(|given| {
            let target = target(&app.handshake, app);
            target.is_some_and(|to| to.host_str() == Some(&given.host))
        });
    session.mixed = given
        .filter(|given| given.mode == Mode::Live)
        .and_then(|given| development_host(app).map(|host| (given, host)))
        .map(|(given, host)| {
            format!(
                "the server hands over to the development instance {host}, the key given here is of {}",
                given.host
            )
        });
    let key = in_page.map(|(_, key)| key).or(given);
    session.handshake(app, key);
    let again = app
        .again
        .answer()
        .and_then(|answer| super::site::key_in(&answer.text()));
    if let (Some((_, one)), Some((_, other))) = (in_page, &again)
        && one.host != other.host
    {
        session.faults.push(format!(
            "two answers of the same page carry keys of two instances, {} and {}: two deployments answer",
            one.host, other.host
        ));
    }
    if let (Some(given), Some((_, shown))) = (given, in_page)
        && given.host != shown.host
    {
        let words = format!(
            "the page has a key of {}, the key given here is of {}",
            shown.host, given.host
        );
        if given.mode == shown.mode {
            session.other = Some(format!(
                "{words}: the site was given another key, or the keys here are of another environment"
            ));
        } else if shown.mode == Mode::Live {
            session.note = Some(format!(
                "{words}: what was asked of Clerk is about the development instance; give the keys of the deployment with --env-file"
            ));
        } else {
            let words = format!("{words}; the site runs with a development key");
            session.mixed.get_or_insert(words);
        }
    }
    session
}

impl Session {
    /// Whether the redirects of the front page come to an end.
    fn chain(&mut self, app: &App) {
        let mut seen: Vec<&str> = Vec::new();
        for (url, _) in &app.chain {
            if seen.contains(&url.as_str()) {
                self.chain = format!("comes back to {} again and again", shown(url));
                self.faults.push(format!("the front page {}", self.chain));
                return;
            }
            seen.push(url);
        }
        let open = app.chain.last().filter(|(_, probe)| {
            let answer = probe.answer();
            app.chain.len() >= 5
                && answer.is_some_and(|answer| answer.is_redirect() && !is_handshake(probe))
        });
        if open.is_some() {
            self.chain = "does not come to an end after five redirects".to_owned();
            self.faults.push(format!("the front page {}", self.chain));
            return;
        }
        self.chain = match app.chain.len() {
            0 | 1 => "leads nowhere else on the site".to_owned(),
            hops => format!("comes to an end after {} redirects", hops - 1),
        };
    }

    /// Whether the handshake leads to the instance of the page, and back to where the user came from.
    fn handshake(&mut self, app: &App, key: Option<&PublishableKey>) {
        let Some(target) = target(&app.handshake, app) else {
            self.handshake = match app.handshake.answer() {
                Some(answer) => format!("none (HTTP {})", answer.status),
                None => app.handshake.why(),
            };
            return;
        };
        let host = target.host_str().unwrap_or_default();
        let name = Screen::default().token(host).unwrap_or_default();
        self.handshake = format!("leads to {name}");
        if let Some(key) = key
            && host != key.host
            && host != app.site.host()
            && self.mixed.is_none()
            // A proxy of the Frontend API has a host of its own, which the page then names.
            && !in_page(app, host)
        {
            self.faults.push(format!(
                "the server hands over to {name}, the key in the page is of {}: front end and server use two instances",
                key.host
            ));
        }
        let back = target
            .query_pairs()
            .find(|(name, _)| name == "redirect_url")
            .and_then(|(_, value)| Url::parse(&value).ok());
        if let Some(back) = back
            && back.origin() != app.site.url().origin()
        {
            let origin = Screen::default().sentence(&back.origin().ascii_serialization());
            self.faults.push(format!(
                "the server takes itself for {origin} instead of {}: wrong X-Forwarded-Proto or X-Forwarded-Host",
                app.site
            ));
        }
        let aged = |answer: &crate::facts::http::Answer| {
            answer.header("age").is_some_and(|age| age.trim() != "0")
        };
        if app.handshake.answer().is_some_and(aged) {
            self.faults
                .push("the redirect to the handshake comes from a cache".to_owned());
        }
    }
}

/// Where the handshake leads, if the answer is one.
pub(super) fn target(probe: &Probe, app: &App) -> Option<Url> {
    let answer = probe.answer().filter(|answer| answer.is_redirect())?;
    let to = app.site.url().join(answer.header("location")?).ok()?;
    to.path().ends_with(HANDSHAKE).then_some(to)
}

/// Whether the page names a host: the front end then uses it too.
fn in_page(app: &App, host: &str) -> bool {
    let page = app.rows.iter().find(|row| row.kind == RowKind::Page);
    let answer = page.and_then(|row| row.probe.answer());
    !host.is_empty() && answer.is_some_and(|answer| answer.text().contains(host))
}

/// The development instance to which the server hands browsers over, if it is one.
fn development_host(app: &App) -> Option<String> {
    let target = target(&app.handshake, app)?;
    let host = target
        .host_str()
        .filter(|host| host.ends_with(".accounts.dev"))?;
    Screen::default().token(host)
}

fn is_handshake(probe: &Probe) -> bool {
    let location = probe
        .answer()
        .and_then(|answer| answer.header("location"))
        .unwrap_or_default();
    location.contains(HANDSHAKE)
}

/// An address without what follows `?`.
fn shown(url: &str) -> String {
    Screen::default().sentence(url.split('?').next().unwrap_or_default())
}

pub(super) fn evidence(known: &Known<App>, session: Option<&Session>) -> Vec<Evidence> {
    let (Known::Yes(app), Some(session)) = (known, session) else {
        return vec![not_asked("E9", "redirects", why_not(known))];
    };
    let first = app.chain.last().map_or(&app.handshake, |(_, probe)| probe);
    let loops = session
        .faults
        .iter()
        .any(|fault| fault.starts_with("the front page"));
    let mark = match (loops, first.answer()) {
        (true, _) => Mark::Bad,
        (false, Some(_)) => Mark::Good,
        (false, None) => Mark::Silent,
    };
    let mut all = vec![first.says("E9", "redirects of /", mark, session.chain.clone())];
    let mark = match app.handshake.answer() {
        Some(_) => Mark::Good,
        None => Mark::Silent,
    };
    all.push(
        app.handshake
            .says("E9", "handshake", mark, session.handshake.clone()),
    );
    let others = session
        .faults
        .iter()
        .chain(&session.mixed)
        .chain(&session.other);
    let others = others.filter(|fault| !fault.starts_with("the front page"));
    all.extend(others.map(|fault| {
        app.handshake
            .says("E9", "sessions", Mark::Bad, fault.clone())
    }));
    all
}
