//! E6: the matrix of the app, that is which kinds of address work; E12: signs that everybody is let in.

use url::Url;

use super::{App, Collected, Missing, Probe, not_asked, why_not};
use crate::facts::api::Screen;
use crate::facts::http::Answer;
use crate::facts::keys::{self, Mode, PublishableKey};
use crate::facts::live::site::visited::{Look, Met, Shape, Unheard, meets};
use crate::model::triage::{Evidence, Mark};
use crate::model::{Known, Secret};

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// The front page.
    Page,
    /// A path that the user says is protected.
    Protected,
    /// A file that no middleware is asked about.
    Static,
    /// A path below `/api` that nobody has: it goes through the middleware.
    Api,
    /// A health endpoint.
    Health,
}

impl RowKind {
    const fn word(self) -> &'static str {
        match self {
            RowKind::Page => "page",
            RowKind::Protected => "protected",
            RowKind::Static => "static file",
            RowKind::Api => "API",
            RowKind::Health => "health",
        }
    }
}

/// A static file that nobody has.
pub const NO_FILE: &str = "/_next/static/clerk-audit-probe.js";

/// An API path that nobody has.
pub const NO_API: &str = "/api/clerk-audit-probe";

/// An address of the app and what became of it.
#[derive(Debug, Clone)]
pub struct Row {
    /// What kind it is.
    pub kind: RowKind,
    /// Its path.
    pub path: String,
    /// What became of it.
    pub probe: Probe,
}

/// The signs of the matrix.
#[derive(Debug, Clone, Default)]
pub(super) struct Matrix {
    /// Nothing works, static files included.
    pub(super) down: bool,
    /// What the middleware covers fails before Clerk is asked, and static files work.
    pub(super) middleware: Option<Breakage>,
    /// What stands before the app answers in its place that it is away or closed, and static files work.
    pub(super) unreached: Option<Breakage>,
    /// The app fails although Clerk's middleware ran.
    pub(super) app: bool,
    /// The name of the site has no address.
    pub(super) no_name: Option<String>,
    /// The header of the bypass, by the path where it was seen.
    pub(super) bypass: Option<String>,
    /// Protected paths that were shown to everybody.
    pub(super) open: Vec<String>,
    /// A health endpoint that says 503.
    pub(super) sick: Option<String>,
    /// A secret key in the page, redacted.
    pub(super) leaked: Option<Secret>,
    /// Whether anything shows that the app is there: a host that lost it still answers.
    pub(super) alive: bool,
    /// What keeps it from being said that the app is well, each with its address.
    pub(super) troubles: Vec<String>,
    /// Whether a page fails; without that, the path that nobody has counts for nothing.
    pages_fail: bool,
}

/// How much of what the middleware covers fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breakage {
    /// All of it.
    All,
    /// Some of it.
    Some,
}

impl Row {
    fn is_broken(&self) -> bool {
        self.probe.status().is_some_and(|status| status >= 500)
    }

    fn is_gateways(&self) -> bool {
        self.probe.answer().is_some_and(Answer::is_gateways)
    }

    fn is_gone(&self) -> bool {
        self.is_broken() || self.probe.missing() == Some(Missing::Away)
    }

    fn has_clerk_headers(&self) -> bool {
        self.probe.answer().is_some_and(has_clerk_headers)
    }

    fn is_page(&self) -> bool {
        matches!(self.kind, RowKind::Page | RowKind::Protected)
    }

    /// Whether it shows that the app is there. A host answers for static files and for any path too.
    fn is_of_the_app(&self, app: &App) -> bool {
        let Some(answer) = self.probe.answer() else {
            return false;
        };
        let by_status = match self.kind {
            RowKind::Page | RowKind::Protected => answer.status < 400,
            RowKind::Health => (200..300).contains(&answer.status),
            RowKind::Static | RowKind::Api => false,
        };
        self.trouble(app).is_none() && (by_status || has_clerk_headers(answer))
    }

    /// Why a page does not show how the app is.
    fn trouble(&self, app: &App) -> Option<String> {
        let answer = self.probe.answer().filter(|_| self.is_page())?;
        let asked = app.site.at(&self.path);
        match trouble(app, &asked, answer) {
            Some(Trouble::Status) if self.kind == RowKind::Protected => None,
            trouble => trouble.map(|trouble| trouble.words(app, answer)),
        }
    }
}

fn has_clerk_headers(answer: &Answer) -> bool {
    let mut headers = answer.headers.iter();
    headers.any(|(name, _)| name.starts_with("x-clerk-"))
}

/// Why an answer does not show how the app is.
enum Trouble {
    /// A firewall, a password of the host.
    Barrier,
    /// A redirect to another address, which was not asked.
    Elsewhere(Url),
    /// 4xx without a sign of Clerk's middleware: perhaps there is no app any more.
    Status,
}

impl Trouble {
    fn words(&self, app: &App, answer: &Answer) -> String {
        match self {
            Trouble::Barrier => format!(
                "HTTP {}: something before the app, a firewall or a password of the host, keeps this machine out",
                answer.status
            ),
            Trouble::Elsewhere(to) => elsewhere_words(app, to),
            Trouble::Status => format!(
                "HTTP {} without a sign of Clerk's middleware: perhaps the app is not there",
                answer.status
            ),
        }
    }
}

fn elsewhere_words(app: &App, to: &Url) -> String {
    let to = Screen::default().sentence(&to.origin().ascii_serialization());
    format!(
        "{} redirects to {to}: ask the address it leads to: --url {to}",
        app.site
    )
}

fn trouble(app: &App, asked: &Url, answer: &Answer) -> Option<Trouble> {
    let meeting = meets(answer, asked, Shape::Document, &Unheard::default());
    if meeting.met == Met::Barred {
        return Some(Trouble::Barrier);
    }
    if let Some(to) = elsewhere(app, asked, answer).filter(|_| meeting.met != Met::Handshake) {
        return Some(Trouble::Elsewhere(to));
    }
    let refused = (400..500).contains(&answer.status);
    (refused && !has_clerk_headers(answer)).then_some(Trouble::Status)
}

/// Where a redirect leads that leaves the site, and not to sign in.
fn elsewhere(app: &App, asked: &Url, answer: &Answer) -> Option<Url> {
    let answer = Some(answer).filter(|answer| answer.is_redirect())?;
    let to = asked.join(answer.header("location")?).ok()?;
    let host = to.host_str()?;
    let own = app.site.host();
    let twin = host.strip_prefix("www.") == Some(own) || own.strip_prefix("www.") == Some(host);
    let signs_in = has_clerk_headers(answer)
        || host.starts_with("accounts.")
        || host.ends_with(".accounts.dev");
    (to.origin() != app.site.url().origin() && (twin || !signs_in)).then_some(to)
}

/// What keeps it from being said that the app is well: of the pages, and of where the front page leads.
fn troubles(app: &App) -> Vec<String> {
    let of = |row: &Row| {
        let words = row.trouble(app)?;
        Some(format!("{} {}: {words}", row.kind.word(), row.path))
    };
    let mut all: Vec<String> = app.rows.iter().filter_map(of).collect();
    if let Some((url, probe)) = app.chain.last().filter(|_| app.chain.len() > 1)
        && let Ok(url) = Url::parse(url)
    {
        let words = match probe.answer() {
            None => Some(probe.why()),
            Some(answer) if answer.status >= 500 => Some(format!("HTTP {}", answer.status)),
            Some(answer) => trouble(app, &url, answer).map(|one| one.words(app, answer)),
        };
        let path = Screen::default().sentence(url.path());
        all.extend(words.map(|words| format!("{path}, to which the front page leads: {words}")));
    }
    all
}

pub(super) fn read(app: &App) -> Matrix {
    let rows = &app.rows;
    let of = |kind: RowKind| rows.iter().filter(move |row| row.kind == kind);
    // A health endpoint may say 503 on purpose; static files that work are what tells the two apart.
    let down = of(RowKind::Static).count() > 0 && rows.iter().all(Row::is_gone);
    let still =
        of(RowKind::Static).any(|row| row.probe.status().is_some_and(|status| status < 500));
    let pages_fail = rows.iter().any(|row| row.is_page() && row.is_broken());
    // An API path that answers without Clerk's headers is perhaps not covered; that it fails alone says no
    // more than that nobody made it.
    let covered = |row: &&Row| pages_fail && (row.is_broken() || row.has_clerk_headers());
    let matched: Vec<&Row> = of(RowKind::Page)
        .chain(of(RowKind::Protected))
        .chain(of(RowKind::Api).filter(covered))
        .collect();
    let unrun = |by_gateway: bool| {
        let rows = matched.iter().filter(|row| {
            row.is_broken() && !row.has_clerk_headers() && row.is_gateways() == by_gateway
        });
        match rows.count() {
            0 => None,
            _ if !still => None,
            all if all == matched.len() => Some(Breakage::All),
            _ => Some(Breakage::Some),
        }
    };
    let page = of(RowKind::Page).next();
    let sick = of(RowKind::Health).find(|row| row.probe.status() == Some(503));
    Matrix {
        down,
        middleware: unrun(false),
        unreached: unrun(true),
        app: !down
            && matched
                .iter()
                .any(|row| row.is_broken() && row.has_clerk_headers()),
        no_name: page
            .filter(|row| row.probe.missing() == Some(Missing::Name))
            .map(|row| row.probe.why()),
        bypass: bypassed(app),
        open: opened(app),
        sick: sick.map(|row| row.path.clone()),
        leaked: leaked(app),
        alive: rows.iter().any(|row| row.is_of_the_app(app)),
        troubles: troubles(app),
        pages_fail,
    }
}

/// `X-Auth-Bypass`, as the emergency bypass of the runbook announces itself, on any answer.
fn bypassed(app: &App) -> Option<String> {
    let rows = app.rows.iter().map(|row| (row.path.as_str(), &row.probe));
    let others = [("/", &app.again), ("/", &app.handshake)];
    let forged = app.forged.as_ref();
    let forged = forged.map(|forged| (app.token_path.as_str(), &forged.bogus));
    let all = rows.chain(others).chain(forged);
    let mut announced = all.filter(|(_, probe)| {
        let value = probe
            .answer()
            .and_then(|answer| answer.header("x-auth-bypass"));
        value.is_some_and(is_on)
    });
    announced.next().map(|(path, _)| path.to_owned())
}

/// Whether a switch is on, as programs write it.
pub fn is_on(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    !matches!(value.as_str(), "" | "0" | "false" | "off" | "no")
}

/// Protected paths that were shown to a visitor without a session. The page that every path of a
/// single-page app gets shows nothing, and neither does a page for signing in.
fn opened(app: &App) -> Vec<String> {
    let page = app.rows.iter().find(|row| row.kind == RowKind::Page);
    let shell = page.and_then(|row| row.probe.answer());
    // What the site gives for paths that nobody has.
    let look = |path: &str| {
        let row = app.rows.iter().find(|row| row.path == path)?;
        let answer = row.probe.answer().filter(|answer| answer.status == 200)?;
        Some(Look::of(answer, path))
    };
    let unheard = Unheard {
        document: look(NO_FILE),
        data: look(NO_API),
        // What stands before the whole site is told by its front page.
        refused: Vec::new(),
    };
    let rows = app.rows.iter().filter(|row| row.kind == RowKind::Protected);
    let open = rows.filter(|row| {
        let Some(answer) = row.probe.answer().filter(|answer| answer.status == 200) else {
            return false;
        };
        let same = shell.is_some_and(|shell| shell.body == answer.body);
        let asked = app.site.at(&row.path);
        !same && meets(answer, &asked, Shape::Document, &unheard).met == Met::Reached
    });
    open.map(|row| row.path.clone()).collect()
}

/// The publishable key in a page, as Clerk's script tag carries it.
pub fn key_in(text: &str) -> Option<(Secret, PublishableKey)> {
    let begins = text
        .match_indices("pk_")
        .map(|(at, _)| text.get(at..).unwrap_or_default());
    begins
        .filter(|rest| rest.starts_with("pk_live_") || rest.starts_with("pk_test_"))
        .take(50)
        .find_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_+/=-".contains(c));
            let key = Secret::new(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
            let read = keys::publishable(&key).key().cloned()?;
            Some((key, read))
        })
}

/// The publishable key in the front page. With a development key a browser is sent elsewhere first, and
/// only a program gets the page.
pub(super) fn key_in_page(app: &App) -> Option<(Secret, PublishableKey)> {
    let row = app.rows.iter().find(|row| row.kind == RowKind::Page);
    let probes = row.map(|row| &row.probe).into_iter().chain([&app.again]);
    let mut answers = probes.filter_map(Probe::answer);
    answers.find_map(|answer| key_in(&answer.text()))
}

/// That the site runs with a development key: no incident, and nothing for users.
pub(super) fn development(app: &App) -> Option<String> {
    let (_, key) = key_in_page(app)?;
    let shown = key.mode == Mode::Test && app.site.is_tls() && !app.site.is_loopback();
    shown.then(|| {
        format!(
            "{} runs with a development key; clerk-audit says more",
            app.site
        )
    })
}

/// A secret key in the page. Stripe's look the same, and are no better there.
fn leaked(app: &App) -> Option<Secret> {
    let row = app.rows.iter().find(|row| row.kind == RowKind::Page)?;
    let text = row.probe.answer()?.text();
    let begins = text
        .match_indices("sk_")
        .map(|(at, _)| text.get(at..).unwrap_or_default());
    begins
        .filter(|rest| rest.starts_with("sk_live_") || rest.starts_with("sk_test_"))
        .take(50)
        .find_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let key = rest.get(..end.unwrap_or(rest.len()))?;
            (key.len() >= 28).then(|| Secret::new(key))
        })
}

pub(super) fn evidence(known: &Known<App>, matrix: Option<&Matrix>) -> Vec<Evidence> {
    let (Known::Yes(app), Some(matrix)) = (known, matrix) else {
        return vec![not_asked("E6", "site", why_not(known))];
    };
    let line = |row: &Row| {
        let subject = format!("{} {}", row.kind.word(), row.path);
        let (mark, says) = row_says(app, row, matrix);
        row.probe.says("E6", subject, mark, says)
    };
    app.rows
        .iter()
        .filter(|row| !is_spare(app, row))
        .map(line)
        .collect()
}

/// Of the health endpoints that are tried, those that are not there say nothing beside one that is.
fn is_spare(app: &App, row: &Row) -> bool {
    let there = |row: &Row| row.probe.status().is_some_and(|status| status != 404);
    let first = app
        .rows
        .iter()
        .find(|one| one.kind == RowKind::Health && there(one))
        .or_else(|| app.rows.iter().find(|one| one.kind == RowKind::Health));
    row.kind == RowKind::Health && first.is_some_and(|first| first.path != row.path)
}

fn row_says(app: &App, row: &Row, matrix: &Matrix) -> (Mark, String) {
    let Some(answer) = row.probe.answer() else {
        let mark = match row.probe.missing() {
            Some(Missing::Name | Missing::Tls) => Mark::Bad,
            _ => Mark::Silent,
        };
        return (mark, row.probe.why());
    };
    if let Some(words) = row.trouble(app) {
        return (Mark::Odd, words);
    }
    let status = answer.status;
    let clerk = if row.has_clerk_headers() {
        ", Clerk's middleware ran"
    } else {
        ""
    };
    match (row.kind, status) {
        (RowKind::Health, 503) => (
            Mark::Bad,
            "HTTP 503: the app says that something it needs is out of reach".to_owned(),
        ),
        (RowKind::Health, 404) => (Mark::Odd, "HTTP 404: no health endpoint here".to_owned()),
        (RowKind::Api, 500..=599) if !matrix.pages_fail => (
            Mark::Odd,
            format!("HTTP {status}: nobody has that path, and the pages work{clerk}"),
        ),
        (_, 500..=599) => (Mark::Bad, format!("HTTP {status}{clerk}")),
        (RowKind::Protected, 200) if matrix.open.contains(&row.path) => (
            Mark::Bad,
            format!("HTTP 200: shown to a visitor without a session{clerk}"),
        ),
        (RowKind::Protected, 200) => (
            Mark::Odd,
            format!("HTTP 200: a page for signing in, or the shell of a single-page app{clerk}"),
        ),
        (RowKind::Protected, 401 | 403) => (Mark::Good, format!("HTTP {status}: closed{clerk}")),
        (RowKind::Protected, 404) if row.has_clerk_headers() => {
            (Mark::Good, format!("HTTP 404: closed{clerk}"))
        }
        (_, 429) => (
            Mark::Odd,
            "HTTP 429: the site limits this address".to_owned(),
        ),
        (RowKind::Health, 300..=399) => (
            Mark::Odd,
            format!("HTTP {status}: behind the sign-in, so no monitor sees it"),
        ),
        (RowKind::Page | RowKind::Protected, 404) => (Mark::Odd, format!("HTTP 404{clerk}")),
        _ => (Mark::Good, format!("HTTP {status}{clerk}")),
    }
}

pub(super) fn bypass_evidence(collected: &Collected, matrix: Option<&Matrix>) -> Evidence {
    let line = |mark: Mark, says: String| Evidence {
        id: "E12",
        subject: "emergency bypass".to_owned(),
        mark,
        says,
        at: Some(collected.at),
        took_ms: None,
    };
    if let Some(path) = matrix.and_then(|matrix| matrix.bypass.as_ref()) {
        return line(Mark::Bad, format!("{path} answers with X-Auth-Bypass"));
    }
    if let Some(place) = &collected.told.bypass {
        return line(
            Mark::Bad,
            format!("CLERK_EMERGENCY_BYPASS is on in {place}"),
        );
    }
    match matrix {
        None => not_asked("E12", "emergency bypass", why_not(&collected.app)),
        Some(matrix) if !matrix.open.is_empty() => line(
            Mark::Bad,
            format!(
                "no sign of the switch, but {} is open",
                matrix.open.join(", ")
            ),
        ),
        Some(_) => line(Mark::Good, "no answer carries X-Auth-Bypass".to_owned()),
    }
}

/// A site that is elsewhere: what is asked of it says nothing of where its users are.
pub(super) fn moved(app: &App) -> Option<String> {
    let row = app.rows.iter().find(|row| row.kind == RowKind::Page)?;
    match trouble(app, &app.site.at(&row.path), row.probe.answer()?)? {
        Trouble::Elsewhere(to) => Some(elsewhere_words(app, &to)),
        Trouble::Barrier | Trouble::Status => None,
    }
}
