//! From a host name to addresses, and the note of what the request is busy with.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::facts::api::Phase;

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

/// Looks names up on a thread of its own, so that a silent name server does not stop the clock.
pub(super) struct Resolver {
    pub(super) lookup: Lookup,
    pub(super) progress: Progress,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let (lookup, progress) = (self.lookup.clone(), self.progress.clone());
        Box::pin(async move {
            if name == "localhost" {
                return Ok(Box::new(this_machine().into_iter()) as Addrs);
            }
            progress.enter(Phase::Resolving);
            let found = tokio::task::spawn_blocking(move || (lookup.0)(&name)).await??;
            progress.enter(Phase::Connecting);
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
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
