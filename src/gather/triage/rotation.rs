//! What `rotate-check` asks: the Backend API with both keys, the Frontend API, and the site.

use std::rc::Rc;
use std::time::Duration;

use super::{Collector, Look, timed};
use crate::facts::http::Fault;
use crate::facts::triage::rotation::Asked;
use crate::facts::triage::{Probe, token};
use crate::gather::net;
use crate::model::{Known, Secret};

/// For one request.
const PATIENCE: Duration = Duration::from_secs(15);

/// Both keys.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The one that is to be dead.
    pub old: Secret,
    /// The one that is to be used.
    pub new: Secret,
}

/// Where the keys stand.
#[derive(Debug, Clone)]
pub struct Found {
    /// In the repository.
    pub repository: Known<Vec<String>>,
    /// Whether all of its history was searched too; else what was not, as a clause.
    pub history: Known<()>,
    /// In what a build wrote for the browser.
    pub build: Known<Vec<String>>,
}

/// Asks it all. Must not be called from within another runtime.
///
/// # Errors
/// That this machine has no means to.
pub fn ask(look: Look, pair: Pair, found: Found) -> Result<Asked, Fault> {
    net::run(|| async move {
        let budget = look.ask.budget;
        let mut one = Collector::new(Rc::new(look), budget);
        // Nobody waits for it as in an incident, and a site with a refused key takes seconds to answer.
        one.patience = PATIENCE;
        let (old, new, kids, site) = tokio::join!(
            one.with(&pair.old),
            one.with(&pair.new),
            one.kids(&pair.new),
            one.told(),
        );
        let base = one.look.subject.base.as_ref();
        Asked {
            host: base.map_or_else(String::new, |base| base.host().to_owned()),
            old: (pair.old, old),
            new: (pair.new, new),
            kids,
            site,
            repository: found.repository,
            history: found.history,
            build: found.build,
        }
    })
}

impl Collector {
    /// What the Backend API says to a key.
    async fn with(&self, key: &Secret) -> Known<Probe> {
        let base = match &self.look.subject.base {
            Known::Yes(base) => base.clone(),
            Known::NotAsked(why) => return Known::NotAsked(why.clone()),
            Known::Failed(why) => return Known::Failed(why.clone()),
        };
        if crate::facts::keys::secret(key).key().is_none() {
            return Known::NotAsked("it is no secret key".to_owned());
        }
        match net::Backend::new(&self.net, base, key.clone()) {
            Ok(backend) => {
                let asking = backend.get(&self.lanes.backend, "/instance");
                Known::Yes(timed(asking).await)
            }
            Err(answer) => Known::NotAsked(answer.explain().what),
        }
    }

    async fn kids(&self, new: &Secret) -> Known<(String, Vec<String>)> {
        let key = self.key().await;
        if let (Some(key), Some(new)) = (&key, crate::facts::keys::secret(new).key())
            && key.mode != new.mode
        {
            return Known::NotAsked(format!(
                "it is of a {} instance, the new key of a {} instance",
                key.mode.instance(),
                new.mode.instance()
            ));
        }
        let Some(url) = self.frontend_at("/v1/health").await else {
            return Known::NotAsked("no publishable key is set".to_owned());
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        match self.jwks().await {
            Some(probe) if probe.status() == Some(200) => Known::Yes((host, token::kids(&probe))),
            Some(probe) => Known::Failed(format!(
                "{host} does not tell its signing keys: {}",
                probe.why()
            )),
            None => Known::NotAsked("no publishable key is set".to_owned()),
        }
    }

    async fn told(&self) -> Known<token::Deployed> {
        match &self.look.subject.site {
            Known::Yes(site) => Known::Yes(self.deployed(site).await),
            Known::NotAsked(why) => Known::NotAsked(why.clone()),
            Known::Failed(why) => Known::Failed(why.clone()),
        }
    }
}
