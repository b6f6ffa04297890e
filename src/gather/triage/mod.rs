//! What `triage` and `rotate-check` ask, all of it at once, with one deadline. What it means is decided in
//! `facts::triage`.

mod clerk;
mod names;
pub mod rotation;
mod site;
mod subject;

use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::net::{self, Lane, Net};
use super::{Ask, net::Ask as Request};
use crate::facts::http::Fault;
use crate::facts::keys::PublishableKey;
use crate::facts::triage::{Collected, Probe, Told, again, site as pages};
use crate::model::{Known, Moment, Secret, Site};
pub use subject::{Subject, subject};

/// For one request.
const REQUEST: Duration = Duration::from_secs(4);

/// For one look at everything: what a request leads to comes in this time too.
const LOOK: Duration = Duration::from_millis(4200);

/// Hosts that have nothing to do with Clerk, with the site or with each other.
const CONTROL: &[&str] = &["example.com", "one.one.one.one"];

/// What to look at, and how.
#[derive(Debug, Clone)]
pub struct Look {
    /// How to ask.
    pub ask: Ask,
    /// Whom, and with which keys.
    pub subject: Subject,
    /// Paths of the site that are protected, as the user says.
    pub protected: Vec<String>,
    /// What the user says.
    pub told: Told,
    /// The time for the first look; the reading of the project took some of it.
    pub first: Duration,
}

/// How often to look.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// The time from one look to the next.
    pub every: Duration,
    /// How many looks; `None`: until interrupted.
    pub times: Option<usize>,
}

/// What is left of the time for one look, so long after the program began.
pub fn time_left(began: Duration) -> Duration {
    let total = LOOK + Duration::from_millis(400);
    LOOK.min(total.saturating_sub(began)).max(LOOK / 2)
}

/// Now, by the clock of this machine.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Moment(since.map_or(0, |since| since.as_secs()))
}

/// Looks once. Must not be called from within another runtime.
///
/// # Errors
/// That this machine has no means to.
pub fn once(look: Look) -> Result<Collected, Fault> {
    net::run(|| {
        let time = look.first;
        collect(Rc::new(Collector::new(Rc::new(look.clone()), time)))
    })
}

/// Looks again and again and hands each look over; whether it was interrupted by Ctrl-C. What a site notices,
/// forged tokens and an event to its webhook endpoint, is sent at the first look and when something changed.
///
/// # Errors
/// That this machine has no means to.
pub fn watch(look: Look, watch: Watch, mut each: impl FnMut(&Collected)) -> Result<bool, Fault> {
    let look = Rc::new(look);
    net::run(|| async move {
        let stop = tokio::signal::ctrl_c();
        tokio::pin!(stop);
        let mut looks = 0;
        let mut last = None;
        loop {
            let next = Instant::now() + watch.every;
            let looking = async {
                match &last {
                    None => collect(Rc::new(Collector::new(look.clone(), look.first))).await,
                    Some(last) => look_again(look.clone(), last).await,
                }
            };
            let seen = tokio::select! {
                _ = &mut stop => return true,
                seen = looking => seen,
            };
            each(&seen);
            last = Some(seen);
            looks += 1;
            if watch.times.is_some_and(|times| looks >= times) {
                return false;
            }
            tokio::select! {
                _ = &mut stop => return true,
                () = sleep_until(next) => {}
            }
        }
    })
}

/// A look after another. What a site notices is sent only if the rest changed.
async fn look_again(look: Rc<Look>, last: &Collected) -> Collected {
    let mut quiet = Collector::new(look, LOOK);
    quiet.quiet = true;
    let quiet = Rc::new(quiet);
    let mut seen = collect(quiet.clone()).await;
    if !again::carry_over(last, &mut seen) {
        quiet.louder().send(&mut seen).await;
    }
    seen
}

/// One look.
struct Collector {
    look: Rc<Look>,
    net: Net,
    lanes: Lanes,
    page: OnceCell<Probe>,
    again: OnceCell<Probe>,
    jwks: OnceCell<Option<Probe>>,
    /// The time for one request.
    patience: Duration,
    /// Whether what a site notices is not sent.
    quiet: bool,
}

struct Lanes {
    control: Lane,
    status: Lane,
    backend: Lane,
    frontend: Lane,
    site: Lane,
    hook: Lane,
}

impl Collector {
    fn new(look: Rc<Look>, time: Duration) -> Self {
        Self {
            net: Net::new(look.ask.settings.clone(), time),
            look,
            lanes: Lanes {
                control: Lane::new(2, 4),
                status: Lane::new(2, 4),
                backend: Lane::new(4, 20),
                frontend: Lane::new(4, 10),
                site: Lane::new(12, 40),
                hook: Lane::new(1, 1),
            },
            page: OnceCell::new(),
            again: OnceCell::new(),
            jwks: OnceCell::new(),
            patience: REQUEST,
            quiet: false,
        }
    }

    /// The same look gone on with, by what a site notices; it has the time of a look for that.
    fn louder(&self) -> Self {
        Self {
            page: self.page.clone(),
            again: self.again.clone(),
            jwks: self.jwks.clone(),
            ..Self::new(self.look.clone(), LOOK)
        }
    }

    /// Forged tokens and the event to the webhook endpoint, for a look that did without.
    async fn send(&self, seen: &mut Collected) {
        let started = Instant::now();
        let tokens = async {
            let app = seen.app.as_ref()?;
            Some(self.forged(&app.site, &app.token_path).await)
        };
        let (forged, hook) = tokio::join!(tokens, self.hook());
        if let (Known::Yes(app), Some(forged)) = (&mut seen.app, forged) {
            app.forged = Known::Yes(forged);
        }
        seen.hook = hook;
        seen.took_ms = seen.took_ms.saturating_add(millis(started));
    }

    async fn probe(&self, lane: &Lane, ask: Request) -> Probe {
        let asking = self.net.ask(lane, ask.within(self.patience));
        timed(asking).await
    }

    /// The publishable key that was given, or else the one in the page.
    async fn key(&self) -> Option<PublishableKey> {
        match &self.look.subject.key {
            Some(key) => Some(key.clone()),
            None => self.key_in_page().await,
        }
    }

    async fn key_in_page(&self) -> Option<PublishableKey> {
        let in_page = |page: &Probe| pages::key_in(&page.answer()?.text()).map(|(_, key)| key);
        match in_page(self.page().await?) {
            Some(key) => Some(key),
            // With a development key a browser is sent elsewhere first.
            None => in_page(self.again().await?),
        }
    }

    /// An address of the Frontend API; the stand-in for it, or a proxy, may be in its place.
    async fn frontend_at(&self, path: &str) -> Option<Url> {
        if let Some(stand_in) = &self.look.ask.frontend {
            return Some(stand_in.at(path));
        }
        if let Some(proxy) = &self.look.subject.proxy {
            let mut url = proxy.clone();
            url.set_path(&format!("{}{path}", proxy.path().trim_end_matches('/')));
            url.set_query(None);
            return Some(url);
        }
        let key = self.key().await?;
        Site::of_domain(&key.host).map(|site| site.at(path))
    }
}

/// What became of a question, with its time.
async fn timed(asking: impl Future<Output = crate::facts::http::Exchange>) -> Probe {
    let started = Instant::now();
    let exchange = asking.await;
    let took = match &exchange {
        Ok(answer) => answer.took_ms,
        Err(_) => millis(started),
    };
    Probe {
        at: now(),
        took_ms: took,
        exchange,
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// One piece of what is collected.
enum Part {
    Control(String, Probe),
    Status(Vec<Probe>),
    Backend(clerk::Backends),
    Frontend(Box<Known<crate::facts::triage::Frontend>>),
    Names(Known<crate::facts::triage::Names>),
    App(Box<Known<crate::facts::triage::App>>),
    Hook(Known<(String, Probe)>),
}

async fn collect(collector: Rc<Collector>) -> Collected {
    let (at, started) = (now(), Instant::now());
    let mut parts = JoinSet::new();
    for host in CONTROL {
        let one = collector.clone();
        parts
            .spawn_local(async move { Part::Control((*host).to_owned(), one.control(host).await) });
    }
    let one = collector.clone();
    parts.spawn_local(async move { Part::Status(one.status().await) });
    let one = collector.clone();
    parts.spawn_local(async move { Part::Backend(one.backend().await) });
    let one = collector.clone();
    parts.spawn_local(async move { Part::Frontend(Box::new(one.frontend().await)) });
    let one = collector.clone();
    parts.spawn_local(async move { Part::Names(one.names().await) });
    let one = collector.clone();
    parts.spawn_local(async move { Part::App(Box::new(one.clone().app().await)) });
    let one = collector.clone();
    parts.spawn_local(async move { Part::Hook(one.hook().await) });

    let look = &collector.look;
    let subject = &look.subject;
    let mut seen = Collected {
        at,
        took_ms: 0,
        control: Vec::new(),
        status: Vec::new(),
        backend: clerk::nobody(subject),
        unsendable: subject.unsendable.clone(),
        frontend: Known::Failed("it was not asked in time".to_owned()),
        names: Known::Failed("they were not asked in time".to_owned()),
        app: Known::Failed("it was not asked in time".to_owned()),
        hook: Known::Failed("it was not asked in time".to_owned()),
        people: Known::Failed("they were not counted in time".to_owned()),
        key: subject.key.clone(),
        told: look.told.clone(),
    };
    while let Some(part) = parts.join_next().await {
        match part {
            Ok(Part::Control(host, probe)) => seen.control.push((host, probe)),
            Ok(Part::Status(probes)) => seen.status = probes,
            Ok(Part::Backend(backends)) => {
                seen.backend = backends.instance;
                seen.people = backends.people;
            }
            Ok(Part::Frontend(frontend)) => seen.frontend = *frontend,
            Ok(Part::Names(names)) => seen.names = names,
            Ok(Part::App(app)) => seen.app = *app,
            Ok(Part::Hook(hook)) => seen.hook = hook,
            Err(_) => {}
        }
    }
    seen.control.sort_by(|(one, _), (other, _)| one.cmp(other));
    seen.took_ms = millis(started);
    seen
}

/// A secret key, and whether it is one that can be sent.
fn sendable(secret: Option<&Secret>) -> Result<Option<Secret>, String> {
    let Some(secret) = secret else {
        return Ok(None);
    };
    if crate::facts::keys::secret(secret).key().is_some()
        && crate::facts::api::key_fault(secret).is_none()
    {
        return Ok(Some(secret.clone()));
    }
    Err(format!(
        "the secret key that is set ({secret}) is none that Clerk writes, so it was not sent"
    ))
}
