//! The network: the only place that names reqwest, hyper or rustls, and the DNS library.
//!
//! It cannot harm. An [`Ask`] is GET, HEAD or OPTIONS and carries no secret; [`Backend`] alone sends the
//! secret key, and only to the Backend API; [`Delivery`] alone posts, and only a harmless event to the
//! webhook endpoint that the user named. No redirect is followed. Every answer is bounded in size, every
//! host by its [`Lane`], and all of it by one deadline. The TLS store and the runtime are made when
//! something is asked, not at start-up.

mod ask;
mod backend;
mod client;
mod delivery;
mod dns;
mod fault;
mod lane;
mod proxy;
mod resolver;
mod trust;

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Client;
use rustls::ClientConfig;
use tokio::sync::OnceCell;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::facts::api::{ApiAnswer, ApiBase, key_fault, read_answer, wait};
use crate::facts::http::{Answer, Exchange, Fault, Phase};
use crate::model::{ConnectTo, Secret};

use resolver::{Names, PROGRESS, Progress};

pub use ask::{Ask, ForgedToken, Method};
pub use backend::Backend;
pub use delivery::Delivery;
pub use dns::Resolvers;
pub use lane::Lane;
pub use proxy::ProxySettings;
pub use resolver::Lookup;

/// The time that all of it may take where nobody says otherwise.
pub const USUAL_BUDGET: Duration = Duration::from_secs(10);

/// Longer than anybody waits. A clock cannot be set to the end of time.
const LONGEST_BUDGET: Duration = Duration::from_secs(24 * 60 * 60);

/// Who asks to wait longer is not asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How the network is reached.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Certificate authorities to trust beside those of the platform, as a PEM file.
    pub ca_file: Option<PathBuf>,
    /// The proxy to go through. One is never used for this machine.
    pub proxy: ProxySettings,
    /// How names become addresses.
    pub lookup: Lookup,
    /// Where connections really go.
    pub connect_to: Vec<ConnectTo>,
}

/// The network, until a deadline.
#[derive(Debug)]
pub struct Net {
    settings: Settings,
    budget: Duration,
    deadline: Mutex<Instant>,
    tls: OnceCell<Result<ClientConfig, Fault>>,
    clients: Mutex<BTreeMap<Kind, Client>>,
    names: Names,
    accepted: trust::Accepted,
    meter: Meter,
}

/// How far it is.
#[derive(Debug, Default)]
struct Meter {
    answers: AtomicU32,
    host: Mutex<String>,
}

/// One client serves every request of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    tls: bool,
    port: u16,
    /// Without a proxy: this machine, or where `--connect-to` leads.
    direct: bool,
}

impl Net {
    /// The network, for so long from now.
    pub fn new(settings: Settings, budget: Duration) -> Self {
        let names = Names::new(settings.lookup.clone(), settings.connect_to.clone());
        let budget = budget.min(LONGEST_BUDGET);
        Self {
            settings,
            budget,
            deadline: Mutex::new(Instant::now() + budget),
            tls: OnceCell::new(),
            clients: Mutex::default(),
            names,
            accepted: trust::Accepted::default(),
            meter: Meter::default(),
        }
    }

    /// How far it is, in words: the host that was asked last, and how many answers came.
    pub fn progress(&self) -> String {
        let host = self
            .meter
            .host
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let answers = self.meter.answers.load(Ordering::Relaxed);
        format!("asking {host}, {answers} answers so far")
    }

    /// The time that all of it may take.
    pub fn budget(&self) -> Duration {
        self.budget
    }

    /// How it is reached.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Begins the time anew: reading the code before it took what it took.
    pub fn restart(&self) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) =
            Instant::now() + self.budget;
    }

    fn deadline(&self) -> Instant {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Where `--connect-to` leads connections of a host, if that is another machine.
    pub(super) fn led_away(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let led = self.names.led(host, port)?;
        (!led.ip().is_loopback()).then_some(led)
    }

    /// Asks, and where that promises something asks once more, all before the deadline.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn ask(&self, lane: &Lane, ask: Ask) -> Exchange {
        // A request that waits is large. Boxed, a dozen of them beside each other do not fill a stack.
        let first = Box::pin(self.ask_once(lane, &ask)).await;
        if !ask.again {
            return first;
        }
        let Some(pause) = pause_before_retry(&first) else {
            return first;
        };
        if pause > LONGEST_PAUSE || pause >= self.left() {
            if let Ok(answer) = &first
                && answer.status == 429
            {
                lane.close(answer);
            }
            return first;
        }
        if matches!(&first, Ok(answer) if answer.status == 429) {
            lane.hold(pause);
        }
        sleep(pause).await;
        match Box::pin(self.ask_once(lane, &ask)).await {
            // A second try that was cut short says less than the first.
            Err(Fault::TimedOut { .. } | Fault::LocalFailure { .. }) => first,
            second => second,
        }
    }

    async fn ask_once(&self, lane: &Lane, ask: &Ask) -> Exchange {
        let progress = Progress::default();
        // The time in the lane is not the server's: only the deadline of all ends it.
        let entered = timeout_at(self.deadline(), lane.enter()).await;
        let permit = match entered {
            Ok(Some(permit)) => permit,
            // What it said once it would say again.
            Ok(None) if lane.refusal().is_some() => {
                return Ok(lane.refusal().unwrap_or_default());
            }
            Ok(None) => {
                let detail = "as many requests were sent as are allowed".to_owned();
                return Err(Fault::LocalFailure { detail });
            }
            Err(_) => return Err(timed_out(ask, self.budget, Phase::Waiting)),
        };
        ask.url.host_str().unwrap_or_default().clone_into(
            &mut self
                .meter
                .host
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let wait = ask.wait.unwrap_or(self.budget).min(self.budget);
        let until = self.deadline().min(Instant::now() + wait);
        let work = PROGRESS.scope(progress.clone(), self.work(ask, &progress));
        let done = timeout_at(until, work).await;
        drop(permit);
        self.meter.answers.fetch_add(1, Ordering::Relaxed);
        done.unwrap_or_else(|_| {
            // Connecting has a limit of its own, just before the deadline (see `client::build`).
            let phase = match progress.phase() {
                Phase::Connecting => Phase::Waiting,
                phase => phase,
            };
            Err(timed_out(ask, wait, phase))
        })
    }

    async fn work(&self, ask: &Ask, progress: &Progress) -> Exchange {
        let client = self.client(ask).await?;
        client::send(&client, ask, self, progress).await
    }

    /// The client for a kind of request, made when the first one comes.
    async fn client(&self, ask: &Ask) -> Result<Client, Fault> {
        let host = ask.url.host_str().unwrap_or_default();
        let port = ask.url.port_or_known_default().unwrap_or(443);
        let kind = Kind {
            tls: ask.url.scheme() == "https",
            port,
            direct: proxy::is_loopback(&ask.url) || self.names.led(host, port).is_some(),
        };
        let known = self
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&kind)
            .cloned();
        if let Some(client) = known {
            return Ok(client);
        }
        let tls = if kind.tls {
            Some(self.tls().await?)
        } else {
            None
        };
        let client = client::build(kind, tls, self)?;
        self.clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(kind, client.clone());
        Ok(client)
    }

    /// Reading certificates can block (a file may be a pipe), so it happens beside the clock.
    async fn tls(&self) -> Result<ClientConfig, Fault> {
        let read = || async {
            let ca_file = self.settings.ca_file.clone();
            let accepted = self.accepted.clone();
            let read = tokio::task::spawn_blocking(move || {
                trust::client_config(ca_file.as_deref(), accepted)
            });
            read.await.unwrap_or_else(|_| {
                Err(Fault::LocalFailure {
                    detail: "the TLS set-up failed".to_owned(),
                })
            })
        };
        self.tls.get_or_init(read).await.clone()
    }
}

fn timed_out(ask: &Ask, after: Duration, phase: Phase) -> Fault {
    Fault::TimedOut {
        host: ask.url.host_str().unwrap_or_default().to_owned(),
        after_ms: milliseconds(after),
        phase,
    }
}

/// A question to the Backend API.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whom to ask.
    pub base: ApiBase,
    /// The secret key. It goes into one header of one request and nowhere else.
    pub key: Secret,
    /// The time for all of it: connecting, trying again, reading.
    pub budget: Duration,
    /// How the network is reached.
    pub settings: Settings,
}

impl Request {
    /// A question with the usual budget, no proxy, and the trust and the names of this machine.
    pub fn new(base: ApiBase, key: Secret) -> Self {
        Self {
            base,
            key,
            budget: USUAL_BUDGET,
            settings: Settings::default(),
        }
    }
}

/// Asks the Backend API for the instance of a secret key. Blocks until the answer or the end of the
/// budget. Must not be called from within another asynchronous runtime.
pub fn ask_instance(request: &Request) -> ApiAnswer {
    if let Some(fault) = key_fault(&request.key) {
        return ApiAnswer::BadKey(fault);
    }
    let asking = || async {
        let net = Net::new(request.settings.clone(), request.budget);
        match Backend::new(&net, request.base.clone(), request.key.clone()) {
            Ok(backend) => instance(&backend, &Lane::new(1, 2)).await,
            Err(answer) => answer,
        }
    };
    run(asking).unwrap_or_else(ApiAnswer::Fault)
}

/// `GET /v1/instance`, and what the answer means.
pub async fn instance(backend: &Backend<'_>, lane: &Lane) -> ApiAnswer {
    match backend.get(lane, "/instance").await {
        Ok(answer) => read_answer(backend.host(), &answer, backend.key()),
        Err(fault) => ApiAnswer::Fault(fault),
    }
}

/// Runs what asks, on this thread, to its end. Must not be called from within another runtime.
///
/// # Errors
/// That this machine has no means to.
pub fn run<F: Future>(work: impl FnOnce() -> F) -> Result<F::Output, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::LocalFailure {
            detail: error.to_string(),
        })?;
    let done = LocalSet::new().block_on(&runtime, async { work().await });
    // A name server that does not answer keeps its thread busy; nobody waits for it.
    runtime.shutdown_background();
    Ok(done)
}

/// How long to wait before asking once more, where asking once more can help: after a lost connection
/// and after 502 and 503 a moment, after 429 as long as the server says.
fn pause_before_retry(exchange: &Exchange) -> Option<Duration> {
    match exchange {
        Err(Fault::ConnectionLost { .. }) => Some(jitter()),
        Ok(Answer {
            status: 502 | 503, ..
        }) => Some(jitter()),
        Ok(answer) if answer.status == 429 => {
            Some(Duration::from_secs(wait(answer)?).saturating_add(jitter()))
        }
        _ => None,
    }
}

/// Waits.
pub async fn pause(time: Duration) {
    sleep(time).await;
}

/// 50 to 250 ms, so that many runs that failed together do not come back together.
fn jitter() -> Duration {
    Duration::from_millis(50 + RandomState::new().hash_one(()) % 200)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The clock as a server's dates count it.
pub(super) fn seconds_since_1970() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
