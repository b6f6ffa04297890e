//! An incident told apart: what was collected becomes evidence, the evidence a category, the category
//! advice. Pure; what asks lies in `gather::triage`.
//!
//! | file | evidence |
//! | --- | --- |
//! | `status` | E1, the status page |
//! | `backend` | E2, the Backend API, and E11, its counts of users |
//! | `frontend` | E3, the Frontend API; E5, certificates |
//! | `names` | E4, the records |
//! | `site` | E6, the matrix of the app; E12, the bypass |
//! | `token` | E7, what forged tokens tell of the deployed key |
//! | `clock` | E8, the clocks |
//! | `session` | E9, redirects and the handshake |
//! | `hook` | E10, the webhook endpoint |
//! | `again` | what is not asked anew at every look of a watch |
//! | `proxied` | what E3 and E4 say of a host that a proxy stands in for |
//! | `control` | E13, whether this machine has a network at all |

mod advice;
pub mod again;
mod backend;
mod clock;
mod control;
mod frontend;
mod hook;
mod names;
mod people;
pub mod places;
mod proxied;
pub mod rotation;
mod rules;
mod session;
pub mod site;
mod status;
#[cfg(test)]
mod tests;
pub mod token;

use super::http::{Answer, Exchange, Fault};
use super::keys::PublishableKey;
use crate::model::triage::{Evidence, Mark, Triage};
use crate::model::{Known, Moment, Secret, Site};

pub use names::{Looked, Names};
pub use people::{Count, Window, windows};
pub use site::{Row, RowKind};

/// A question and what became of it.
#[derive(Debug, Clone)]
pub struct Probe {
    /// When the answer was there, or was given up.
    pub at: Moment,
    /// Milliseconds until then.
    pub took_ms: u64,
    /// What became of it.
    pub exchange: Exchange,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nobody answered in time, or the connection broke.
    Away,
    /// The name has no address.
    Name,
    /// No trustworthy connection could be made.
    Tls,
    /// This machine or its proxy is in the way.
    Ours,
}

impl Probe {
    /// The answer, if there is one.
    pub fn answer(&self) -> Option<&Answer> {
        self.exchange.as_ref().ok()
    }

    /// Why there is none.
    pub fn missing(&self) -> Option<Missing> {
        Some(match self.exchange.as_ref().err()? {
            Fault::DnsFailure { .. } => Missing::Name,
            Fault::TlsFailure { .. } => Missing::Tls,
            Fault::CaFile { .. }
            | Fault::NoTrustStore
            | Fault::ProxyFailure { .. }
            | Fault::LocalFailure { .. } => Missing::Ours,
            Fault::NotHttp { .. }
            | Fault::Refused { .. }
            | Fault::Unreachable { .. }
            | Fault::TimedOut { .. }
            | Fault::ConnectionLost { .. } => Missing::Away,
        })
    }

    /// Why there is none, as a clause.
    pub fn why(&self) -> String {
        match &self.exchange {
            Ok(answer) => format!("HTTP {}", answer.status),
            Err(fault) => clause(&fault.explain().what),
        }
    }

    /// The status, if there is one.
    pub fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    /// A piece of evidence that rests on it.
    fn says(
        &self,
        id: &'static str,
        subject: impl Into<String>,
        mark: Mark,
        says: impl Into<String>,
    ) -> Evidence {
        Evidence {
            id,
            subject: subject.into(),
            mark,
            says: says.into(),
            at: Some(self.at),
            took_ms: Some(self.took_ms),
        }
    }
}

/// A sentence as a clause: without its full stop.
fn clause(sentence: &str) -> String {
    sentence.trim_end_matches('.').to_owned()
}

/// A piece of evidence that was not asked for.
fn not_asked(id: &'static str, subject: &str, why: &str) -> Evidence {
    Evidence {
        id,
        subject: subject.to_owned(),
        mark: Mark::NotAsked,
        says: format!("not asked: {why}"),
        at: None,
        took_ms: None,
    }
}

/// Why something is not known, of a fact that is not.
fn why_not<T>(known: &Known<T>) -> &str {
    match known {
        Known::Yes(_) => "",
        Known::NotAsked(why) | Known::Failed(why) => why,
    }
}

/// What was asked of the Backend API.
#[derive(Debug, Clone)]
pub struct Backend {
    /// Whom.
    pub host: String,
    /// With which secret key; without one it can still be seen whether somebody answers.
    pub key: Option<Secret>,
    /// What became of it.
    pub probe: Probe,
}

/// What was asked of the Frontend API.
#[derive(Debug, Clone)]
pub struct Frontend {
    /// Whom.
    pub host: String,
    /// `/v1/health`
    pub health: Probe,
    /// `/v1/environment`; development instances do not answer it without a browser.
    pub environment: Known<Probe>,
    /// `/.well-known/jwks.json`
    pub jwks: Probe,
    /// The front page of the account portal, with its host.
    pub portal: Known<(String, Probe)>,
}

impl Forged {
    /// The one that was shown last.
    fn last(&self) -> &Probe {
        self.real.as_ref().unwrap_or(&self.bogus)
    }
}

/// What was asked of the site.
#[derive(Debug, Clone)]
pub struct App {
    /// Which one.
    pub site: Site,
    /// The matrix.
    pub rows: Vec<Row>,
    /// The front page once more, as a program asks for it.
    pub again: Probe,
    /// The redirects from the front page on, each with its address, at most five.
    pub chain: Vec<(String, Probe)>,
    /// The front page for somebody who comes back without a session.
    pub handshake: Probe,
    /// The path at which forged tokens are shown.
    pub token_path: String,
    /// The forged tokens.
    pub forged: Known<Forged>,
}

/// What became of forged tokens.
#[derive(Debug, Clone)]
pub struct Forged {
    /// That of a signing key that nobody has.
    pub bogus: Probe,
    /// That of the instance's own signing key; not shown where that is not known.
    pub real: Known<Probe>,
}

/// Everything that was collected in one look.
#[derive(Debug, Clone)]
pub struct Collected {
    /// When the look began.
    pub at: Moment,
    /// How long it took.
    pub took_ms: u64,
    /// Hosts that have nothing to do with Clerk or the site.
    pub control: Vec<(String, Probe)>,
    /// `summary.json` of the status page, and `status.json` where that was not to be had.
    pub status: Vec<Probe>,
    /// The Backend API.
    pub backend: Backend,
    /// Why the secret key that was given cannot be sent, if it cannot.
    pub unsendable: Option<String>,
    /// The Frontend API.
    pub frontend: Known<Frontend>,
    /// The records.
    pub names: Known<Names>,
    /// The site.
    pub app: Known<App>,
    /// An unsigned event to the webhook endpoint, with its address.
    pub hook: Known<(String, Probe)>,
    /// How many users there are, and were.
    pub people: Known<Vec<Count>>,
    /// The publishable key that was given.
    pub key: Option<PublishableKey>,
    /// What was said, and found on this machine.
    pub told: Told,
}

/// What was said, and found on this machine.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The user says that a key is in the wrong hands.
    pub compromised: bool,
    /// How many users the app's own database has.
    pub db_count: Option<u64>,
    /// Since when something is wrong.
    pub since: Option<Moment>,
    /// Where the variable of the emergency bypass is set.
    pub bypass: Option<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// What a look says.
pub fn judge(collected: &Collected) -> Triage {
    let without = proxied::set_aside(collected);
    let collected = without.as_ref().unwrap_or(collected);
    let read = Read::of(collected);
    let mut matches = rules::decide(collected, &read);
    let evidence = read.evidence(collected);
    let main = if matches.is_empty() {
        rules::nothing(collected, &read, &evidence)
    } else {
        matches.remove(0)
    };
    let mut notes = collected.told.notes.clone();
    notes.extend(read.notes(collected));
    notes.retain(|note| !main.because.iter().any(|because| because.ends_with(note)));
    Triage {
        at: collected.at,
        took_ms: collected.took_ms,
        advice: advice::of(&main, &matches),
        main,
        also: matches,
        evidence,
        notes,
    }
}

/// What the answers mean.
struct Read {
    control: control::Control,
    status: Option<status::Page>,
    backend: backend::Api,
    frontend: Option<frontend::Front>,
    matrix: Option<site::Matrix>,
    deployed: Option<token::Deployed>,
    skew: Option<clock::Skew>,
    session: Option<session::Session>,
    hook: Option<hook::Hook>,
    people: Option<people::People>,
}

impl Read {
    fn of(collected: &Collected) -> Self {
        let app = collected.app.as_ref();
        let frontend = collected.frontend.as_ref();
        let in_page = app.and_then(site::key_in_page);
        Self {
            control: control::read(&collected.control),
            status: status::read(&collected.status),
            backend: backend::read(&collected.backend),
            frontend: frontend.map(frontend::read),
            matrix: app.map(site::read),
            deployed: app.and_then(token::read),
            skew: clock::read(collected),
            session: app.map(|app| session::read(app, collected.key.as_ref(), in_page.as_ref())),
            hook: collected.hook.as_ref().map(|(_, probe)| hook::read(probe)),
            people: collected
                .people
                .as_ref()
                .map(|counts| people::read(counts, &collected.told)),
        }
    }

    fn evidence(&self, collected: &Collected) -> Vec<Evidence> {
        let mut all = status::evidence(&collected.status, self.status.as_ref());
        all.extend(backend::evidence(
            collected,
            &self.backend,
            self.key_here_is_old(),
        ));
        all.extend(frontend::evidence(
            &collected.frontend,
            self.frontend.as_ref(),
        ));
        all.extend(names::evidence(&collected.names, self.frontend.as_ref()));
        all.extend(frontend::certificates(collected));
        all.extend(site::evidence(&collected.app, self.matrix.as_ref()));
        all.push(token::evidence(&collected.app, self.deployed.as_ref()));
        all.push(clock::evidence(collected, self.skew.as_ref()));
        all.extend(session::evidence(&collected.app, self.session.as_ref()));
        all.push(hook::evidence(&collected.hook, self.hook.as_ref()));
        all.extend(people::evidence(&collected.people, self.people.as_ref()));
        all.push(site::bypass_evidence(collected, self.matrix.as_ref()));
        all.extend(control::evidence(&collected.control));
        all
    }

    /// Whether Clerk refuses the secret key that was given here and takes that of the site: the fault is on
    /// this machine only.
    fn key_here_is_old(&self) -> bool {
        matches!(self.backend, backend::Api::Refused(_))
            && matches!(
                self.deployed,
                Some(token::Deployed::Pairs | token::Deployed::Works)
            )
    }

    fn notes(&self, collected: &Collected) -> Vec<String> {
        let mut notes = Vec::new();
        if self.key_here_is_old() {
            notes.push(
                "Clerk refuses the secret key given here; the site's own key works, so it is the one given here that is old"
                    .to_owned(),
            );
        }
        notes.extend(
            self.session
                .as_ref()
                .and_then(|session| session.note.clone()),
        );
        if let Known::Yes(app) = &collected.app {
            notes.extend(site::moved(app));
            notes.extend(site::development(app));
        }
        notes
    }
}
