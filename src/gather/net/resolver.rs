//! From a host name to addresses, and the note of what the request is busy with.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::facts::http::Phase;
use crate::model::ConnectTo;

type LookUp = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// How names become addresses: by the operating system, unless a test says otherwise. An address with
/// port 0 gets the port of the URL.
#[derive(Clone)]
pub struct Lookup(Arc<LookUp>);

impl Lookup {
    /// Names are looked up with a function of the caller.
    pub fn with(
        look_up: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(look_up))
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self::with(|name| (name, 0).to_socket_addrs().map(Iterator::collect))
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
    }
}

/// What the request is busy with.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Phase>>);

tokio::task_local! {
    /// The progress of the request that this task works for: clients and their resolvers are shared.
    pub(super) static PROGRESS: Progress;
}

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Phase::TrustStore)))
    }
}

impl Progress {
    pub(super) fn phase(&self) -> Phase {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// Names and their addresses, each looked up once.
#[derive(Debug, Clone)]
pub(super) struct Names {
    lookup: Lookup,
    connect_to: Arc<[ConnectTo]>,
    known: Arc<Mutex<BTreeMap<String, Vec<SocketAddr>>>>,
}

impl Names {
    pub(super) fn new(lookup: Lookup, connect_to: Vec<ConnectTo>) -> Self {
        Self {
            lookup,
            connect_to: connect_to.into(),
            known: Arc::default(),
        }
    }

    /// Where `--connect-to` leads a host and port.
    pub(super) fn led(&self, host: &str, port: u16) -> Option<SocketAddr> {
        self.connect_to.iter().find_map(|one| one.leads(host, port))
    }

    fn known(&self, name: &str) -> Option<Vec<SocketAddr>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).cloned()
    }

    fn learn(&self, name: &str, addresses: &[SocketAddr]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), addresses.to_vec());
    }
}

/// Looks names up on a thread of its own, so that a silent name server does not stop the clock.
pub(super) struct Resolver {
    pub(super) names: Names,
    /// The port of the connections that it serves.
    pub(super) port: u16,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let names = self.names.clone();
        let led = names.led(&name, self.port);
        let progress = PROGRESS.try_with(Progress::clone).unwrap_or_default();
        Box::pin(async move {
            if let Some(led) = led {
                return Ok(Box::new([led].into_iter()) as Addrs);
            }
            if name == "localhost" {
                return Ok(Box::new(this_machine().into_iter()) as Addrs);
            }
            if let Some(known) = names.known(&name) {
                return Ok(Box::new(known.into_iter()) as Addrs);
            }
            progress.enter(Phase::Resolving);
            let (lookup, asked) = (names.lookup.clone(), name.clone());
            let found = tokio::task::spawn_blocking(move || (lookup.0)(&asked)).await??;
            progress.enter(Phase::Connecting);
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            names.learn(&name, &found);
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// `localhost` is this machine whatever a name server says (RFC 6761 section 6.3): it is the one name
/// to which a key may go without encryption.
fn this_machine() -> [SocketAddr; 2] {
    [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
    ]
}
