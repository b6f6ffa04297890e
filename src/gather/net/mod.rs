//! The network: the only place that names tokio, reqwest, hyper or rustls.
//!
//! One question is asked, `GET /v1/instance` of Clerk's Backend API, in a way that cannot harm: nothing
//! but GET can be written, no redirect is followed, the answer is bounded in size, and the whole of it,
//! a second try included, is bounded in time. The TLS store and the runtime are made when a question is
//! asked, not at start-up.

mod client;
mod fault;
mod proxy;
mod resolver;
mod trust;

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep, timeout_at};

use crate::facts::api::{ApiAnswer, ApiBase, Phase, key_fault};
use crate::model::Secret;

use client::ReadOnlyClient;
use resolver::Progress;

pub use proxy::ProxySettings;
pub use resolver::Lookup;

/// The time a question may take where nobody says otherwise.
pub const USUAL_BUDGET: Duration = Duration::from_secs(10);

/// Longer than anybody waits. A clock cannot be set to the end of time.
const LONGEST_BUDGET: Duration = Duration::from_secs(24 * 60 * 60);

/// A question to the Backend API.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whom to ask.
    pub base: ApiBase,
    /// The secret key. It goes into one header of one request and nowhere else.
    pub key: Secret,
    /// The time for all of it: connecting, trying again, reading.
    pub budget: Duration,
    /// Certificate authorities to trust beside those of the platform, as a PEM file.
    pub ca_file: Option<PathBuf>,
    /// The proxy to go through. One is never used for this machine.
    pub proxy: ProxySettings,
    /// How names become addresses.
    pub lookup: Lookup,
}

impl Request {
    /// A question with the usual budget, no proxy, and the trust and the names of this machine.
    pub fn new(base: ApiBase, key: Secret) -> Self {
        Self {
            base,
            key,
            budget: USUAL_BUDGET,
            ca_file: None,
            proxy: ProxySettings::default(),
            lookup: Lookup::default(),
        }
    }

    fn budget_ms(&self) -> u64 {
        u64::try_from(self.budget.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Asks the Backend API for the instance of a secret key. Blocks until the answer or the end of the
/// budget. Must not be called from within another asynchronous runtime.
pub fn ask_instance(request: &Request) -> ApiAnswer {
    if let Some(fault) = key_fault(&request.key) {
        return ApiAnswer::BadKey(fault);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return ApiAnswer::LocalFailure {
                detail: error.to_string(),
            };
        }
    };
    let answer = runtime.block_on(ask_in_time(request));
    // A name server that does not answer keeps its thread busy; nobody waits for it.
    runtime.shutdown_background();
    answer
}

/// Prepares, asks, and where that promises something asks once more, all before the deadline.
async fn ask_in_time(request: &Request) -> ApiAnswer {
    let deadline = Instant::now() + request.budget.min(LONGEST_BUDGET);
    let progress = Progress::default();
    let prepared = prepare(request, deadline, progress.clone());
    let client = match in_time(request, &progress, deadline, prepared).await {
        Ok(Ok(client)) => client,
        Ok(Err(answer)) | Err(answer) => return answer,
    };
    let first = match in_time(request, &progress, deadline, client.instance(&progress)).await {
        Ok(answer) | Err(answer) => answer,
    };
    let Some(pause) = pause_before_retry(&first) else {
        return first;
    };
    if pause >= deadline.saturating_duration_since(Instant::now()) {
        return first;
    }
    sleep(pause).await;
    match in_time(request, &progress, deadline, client.instance(&progress)).await {
        // A second try that was cut short says less than the first.
        Ok(ApiAnswer::TimedOut { .. }) | Err(_) => first,
        Ok(second) => second,
    }
}

/// Reading certificates can block (a file may be a pipe), so it happens beside the clock.
async fn prepare(
    request: &Request,
    deadline: Instant,
    progress: Progress,
) -> Result<ReadOnlyClient<'_>, ApiAnswer> {
    let copy = request.clone();
    let tls = tokio::task::spawn_blocking(move || {
        trust::client_config(&copy.base, copy.ca_file.as_deref())
    })
    .await
    .map_err(|_| ApiAnswer::LocalFailure {
        detail: "the TLS set-up failed".to_owned(),
    })??;
    ReadOnlyClient::new(request, tls, deadline, progress)
}

/// The outcome, or that the time ran out and while doing what.
async fn in_time<T>(
    request: &Request,
    progress: &Progress,
    deadline: Instant,
    work: impl Future<Output = T>,
) -> Result<T, ApiAnswer> {
    timeout_at(deadline, work)
        .await
        .map_err(|_| ApiAnswer::TimedOut {
            after_ms: request.budget_ms(),
            // Connecting has a limit of its own, just before the deadline (see `ReadOnlyClient::new`).
            phase: match progress.phase() {
                Phase::Connecting => Phase::Waiting,
                phase => phase,
            },
        })
}

/// How long to wait before asking once more, where asking once more can help: after a lost connection
/// and after 502 and 503 a moment, after 429 as long as the server says.
fn pause_before_retry(answer: &ApiAnswer) -> Option<Duration> {
    match answer {
        ApiAnswer::ConnectionLost { .. }
        | ApiAnswer::ServerError {
            status: 502 | 503, ..
        } => Some(jitter()),
        ApiAnswer::RateLimited {
            retry_after: Some(wait),
        } => Some(Duration::from_secs(*wait).saturating_add(jitter())),
        _ => None,
    }
}

/// 50 to 250 ms, so that many runs that failed together do not come back together.
fn jitter() -> Duration {
    Duration::from_millis(50 + RandomState::new().hash_one(()) % 200)
}

/// The clock as a server's dates count it.
fn seconds_since_1970() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
