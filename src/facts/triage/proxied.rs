//! An app whose Frontend API is behind a proxy that only its code names: the page and the handshake tell.
//! The host of the publishable key then need not be there at all, and nobody misses it.

use url::Url;

use super::frontend::{self, Health};
use super::{App, Collected, Looked, RowKind, session, site};
use crate::facts::api::Screen;
use crate::facts::live::site::front::{handshake, page};
use crate::model::Known;

/// What was collected without what the host of the key answered and is not well, if the site names a proxy
/// in its place. What is well stays: it speaks for nothing else.
pub(super) fn set_aside(collected: &Collected) -> Option<Collected> {
    let app = collected.app.as_ref()?;
    let shown = site::key_in_page(app).map(|(_, key)| key);
    let host = match (&collected.key, shown) {
        // What a page names says nothing of another instance.
        (Some(given), Some(shown)) if given.host != shown.host => return None,
        (Some(given), _) => given.host.clone(),
        (None, shown) => shown?.host,
    };
    let proxy = named(app, &host)?;
    let mut without = collected.clone();
    let why = format!(
        "the site names a proxy of the Frontend API, {proxy}, and {host} is not missed; set the variable …_CLERK_PROXY_URL to have the proxy asked"
    );
    if let Known::Yes(front) = &mut without.frontend
        && front.host == host
    {
        if frontend::read(front).health == Health::Well {
            let answers = |(_, probe): &(String, super::Probe)| probe.answer().is_some();
            if !front.portal.as_ref().is_some_and(answers) {
                front.portal = Known::NotAsked(why);
            }
        } else {
            without.frontend = Known::NotAsked(why);
        }
    }
    if let Known::Yes(names) = &mut without.names {
        let front = without.frontend.as_ref().map(frontend::read);
        let found = |own: &(String, Looked)| matches!(own.1, Looked::Found(_));
        if !names.own.as_ref().is_some_and(found) || names.fault(front.as_ref()).is_some() {
            names.own = None;
        }
    }
    Some(without)
}

/// The proxy that the site names, in its page or by where it sends people to be recognised; `host` is that
/// of the key.
fn named(app: &App, host: &str) -> Option<String> {
    let row = app.rows.iter().find(|row| row.kind == RowKind::Page);
    let pages = row.map(|row| &row.probe).into_iter().chain([&app.again]);
    let mut answers = pages.filter_map(super::Probe::answer);
    let other = |url: &Url| url.host_str().is_some_and(|named| named != host);
    let in_page = || {
        answers
            .find_map(|answer| app.site.url().join(page::proxy(&answer.text())?).ok())
            .filter(other)
    };
    let proxied = |to: &Url| handshake::of(to).is_some_and(|one| one.proxied);
    let found = session::target(&app.handshake, app)
        .filter(proxied)
        .filter(other)
        .or_else(in_page)?;
    let path = found.path().trim_end_matches('/');
    let path = path.strip_suffix(session::HANDSHAKE).unwrap_or(path);
    Some(Screen::default().sentence(&format!("{}{path}", found.origin().ascii_serialization())))
}
