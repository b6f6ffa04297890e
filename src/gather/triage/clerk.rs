//! Clerk: the status page, the Backend API and the Frontend API; and hosts that have nothing to do with it.

use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

use super::{Collector, REQUEST, Subject, now, timed};
use crate::facts::api::{ApiAnswer, ApiBase};
use crate::facts::http::{Exchange, Fault, Phase};
use crate::facts::triage::{Backend, Count, Frontend, Probe, Window, windows};
use crate::gather::net::{self, Ask, Method};
use crate::model::{Known, Site};

/// Of the status page as much as it may grow to.
const LARGEST_STATUS: usize = 1024 * 1024;

/// What the Backend API was asked.
pub(super) struct Backends {
    pub(super) instance: Backend,
    pub(super) people: Known<Vec<Count>>,
}

/// A Backend API that was not asked.
pub(super) fn nobody(subject: &Subject) -> Backend {
    Backend {
        host: host(subject),
        key: None,
        probe: failed("it was not asked in time"),
    }
}

fn host(subject: &Subject) -> String {
    let base = subject.base.as_ref();
    base.map_or_else(
        || ApiBase::default().host().to_owned(),
        |base| base.host().to_owned(),
    )
}

/// Nothing was sent.
pub(super) fn unasked() -> Probe {
    failed("it was not asked")
}

fn failed(detail: &str) -> Probe {
    Probe {
        at: now(),
        took_ms: 0,
        exchange: Err(Fault::LocalFailure {
            detail: detail.to_owned(),
        }),
    }
}

impl Collector {
    /// A host that has nothing to do with it: any answer is one.
    pub(super) async fn control(&self, host: &str) -> Probe {
        let Some(site) = Site::of_domain(host) else {
            return failed("the address could not be put together");
        };
        self.probe(
            &self.lanes.control,
            Ask::new(Method::Head, site.at("/")).once(),
        )
        .await
    }

    /// The status page: all of it, or its first line where that is all there is.
    pub(super) async fn status(&self) -> Vec<Probe> {
        let stand_in = self.look.ask.status.clone();
        let Some(page) = stand_in.or_else(|| Site::of_domain("status.clerk.com")) else {
            return Vec::new();
        };
        let ask = |path: &str| {
            let ask = Ask::get(page.at(path)).header("accept", "application/json");
            self.probe(&self.lanes.status, ask.at_most(LARGEST_STATUS))
        };
        let summary = ask("/api/v2/summary.json").await;
        let told = summary
            .answer()
            .is_some_and(|answer| answer.status == 200 && answer.json().is_ok());
        // Where nobody answers at all, another path does not help.
        if told || summary.answer().is_none() {
            return vec![summary];
        }
        vec![summary, ask("/api/v2/status.json").await]
    }

    /// The instance of the secret key, and how many users it has; without a key whether somebody answers.
    pub(super) async fn backend(&self) -> Backends {
        let subject = &self.look.subject;
        let not = |why: &str| Known::NotAsked(why.to_owned());
        let base = match &subject.base {
            Known::Yes(base) => base.clone(),
            Known::NotAsked(why) | Known::Failed(why) => {
                return Backends {
                    instance: Backend {
                        probe: failed(why),
                        ..nobody(subject)
                    },
                    people: Known::Failed(why.clone()),
                };
            }
        };
        let Some(secret) = subject.secret.clone() else {
            let why = "no secret key to ask with";
            return Backends {
                instance: Backend {
                    host: base.host().to_owned(),
                    key: None,
                    probe: self.keyless(&base).await,
                },
                people: not(why),
            };
        };
        let backend = match net::Backend::new(&self.net, base.clone(), secret.clone()) {
            Ok(backend) => backend,
            Err(ApiAnswer::Fault(fault)) => {
                let exchange = Err(fault);
                let probe = timed(async { exchange }).await;
                return Backends {
                    instance: Backend {
                        probe,
                        ..nobody(subject)
                    },
                    people: not("the key is not sent there"),
                };
            }
            Err(_) => {
                return Backends {
                    instance: Backend {
                        host: base.host().to_owned(),
                        key: None,
                        probe: self.keyless(&base).await,
                    },
                    people: not("the secret key cannot be sent"),
                };
            }
        };
        let probe = timed(self.within(&backend, "/instance")).await;
        let people = if probe.status() == Some(200) {
            Known::Yes(self.people(&backend).await)
        } else {
            not("the Backend API does not take the key")
        };
        Backends {
            instance: Backend {
                host: base.host().to_owned(),
                key: Some(secret),
                probe,
            },
            people,
        }
    }

    /// Whether somebody answers: without a key the Backend API says 401, in JSON.
    async fn keyless(&self, base: &ApiBase) -> Probe {
        let Ok(url) = Url::parse(&base.endpoint("/jwks")) else {
            return failed("the address could not be put together");
        };
        let ask = Ask::get(url).header("accept", "application/json");
        self.probe(&self.lanes.backend, ask).await
    }

    async fn within(&self, backend: &net::Backend<'_>, path: &str) -> Exchange {
        let asking = backend.get(&self.lanes.backend, path);
        timeout(REQUEST, asking).await.unwrap_or_else(|_| {
            Err(Fault::TimedOut {
                host: backend.host().to_owned(),
                after_ms: u64::try_from(REQUEST.as_millis()).unwrap_or(u64::MAX),
                phase: Phase::Waiting,
            })
        })
    }

    /// Counts, never people.
    async fn people(&self, backend: &net::Backend<'_>) -> Vec<Count> {
        let now = now();
        let since = self.look.told.since.map(|since| now.after(since));
        let all = windows(since);
        let mut counts = Vec::new();
        // Three at a time: everything of an instance shares its limit.
        for some in all.chunks(3) {
            let ask = |window: Option<&Window>| {
                let window = window.copied();
                async move {
                    let window = window?;
                    let path = window.path(now.0);
                    let probe = timed(self.within(backend, &path)).await;
                    Some(Count { window, probe })
                }
            };
            let (one, two, three) =
                tokio::join!(ask(some.first()), ask(some.get(1)), ask(some.get(2)));
            counts.extend([one, two, three].into_iter().flatten());
        }
        counts
    }

    /// The Frontend API.
    pub(super) async fn frontend(&self) -> Known<Frontend> {
        let Some(health) = self.frontend_at("/v1/health").await else {
            let why = match &self.look.subject.site {
                Known::Yes(_) => "no publishable key is set, and none is in the page",
                _ => "no publishable key is set",
            };
            return Known::NotAsked(why.to_owned());
        };
        let host = health.host_str().unwrap_or_default().to_owned();
        let development = self
            .key()
            .await
            .is_some_and(|key| key.has_development_host());
        let json = |url: Url| Ask::get(url).header("accept", "application/json");
        let lane = &self.lanes.frontend;
        let environment = async {
            if development {
                let why = "a development instance answers browsers only";
                return Known::NotAsked(why.to_owned());
            }
            match self.frontend_at("/v1/environment").await {
                Some(url) => Known::Yes(self.probe(lane, json(url)).await),
                None => Known::NotAsked(String::new()),
            }
        };
        let portal = async {
            let host = host.strip_prefix("clerk.").filter(|_| !development);
            let own = self.look.ask.frontend.is_none() && self.look.subject.proxy.is_none();
            let Some(host) = host
                .filter(|_| own)
                .map(|domain| format!("accounts.{domain}"))
            else {
                return Known::NotAsked("there is none by that name".to_owned());
            };
            match Site::of_domain(&host) {
                Some(site) => {
                    let ask = Ask::new(Method::Head, site.at("/"));
                    Known::Yes((host, self.probe(lane, ask).await))
                }
                None => Known::NotAsked("there is none by that name".to_owned()),
            }
        };
        let (health, environment, jwks, portal) = tokio::join!(
            self.probe(lane, json(health)),
            environment,
            self.jwks(),
            portal
        );
        Known::Yes(Frontend {
            jwks: jwks.unwrap_or_else(|| failed("the address could not be put together")),
            host,
            health,
            environment,
            portal,
        })
    }

    /// The signing keys of the instance, as everybody may read them.
    pub(super) async fn jwks(&self) -> Option<Probe> {
        let ask = || async {
            let url = self.frontend_at("/.well-known/jwks.json").await?;
            let ask = Ask::get(url).header("accept", "application/json");
            Some(self.probe(&self.lanes.frontend, ask).await)
        };
        self.jwks.get_or_init(ask).await.clone()
    }
}

/// Runs what is given beside each other, in no order.
pub(super) async fn all<T: 'static>(
    work: impl IntoIterator<Item = impl Future<Output = T> + 'static>,
) -> Vec<T> {
    let mut running = JoinSet::new();
    for one in work {
        running.spawn_local(one);
    }
    let mut done = Vec::new();
    while let Some(one) = running.join_next().await {
        done.extend(one.ok());
    }
    done
}
