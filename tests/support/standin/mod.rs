//! A stand-in, on this machine, for everything that the live side of the program talks to: Clerk's Backend
//! API, a Frontend API, the account portal, the status page, the deployed site, and two DNS resolvers.
//!
//! The program is told with `--connect-to` that port 443 and port 80 of every host are here, so it talks to
//! real names over real TLS. Who is meant is read from the `Host` header:
//!
//! | role      | hosts                                                                    |
//! |-----------|--------------------------------------------------------------------------|
//! | `bapi`    | `api.clerk.com`, `api.clerk.dev`                                          |
//! | `fapi`    | `clerk.<anything>`, `*.clerk.accounts.dev`                                |
//! | `portal`  | `accounts.<anything>`, `*.accounts.dev`                                   |
//! | `status`  | `status.clerk.com`                                                        |
//! | `control` | `example.com`, `www.iana.org`, `one.one.one.one`                          |
//! | `site`    | every other                                                               |
//! | `plain`   | every host without TLS: 308 to `https:`; `127.0.0.1` is what `loopback` says |
//!
//! Everything is healthy but what the scenario says: see [`Scenario`] for each key. In `case.toml`:
//!
//! ```toml
//! [live]
//! domain = "acme.shop"
//! sdk = "next16"            # "next15" | "express" | "spa" | "none"
//! site_pk = "{{pk_live}}"
//! deployed_key = "good"     # "wrong" | "other-instance" | "networkless" | "bapi-down" | "unreachable"
//!                           # | "missing" | "development" | "old-sdk" | "old-sdk-azp"
//! protected = ["/dashboard/**"]
//! accept_keys = ["{{sk_live}}"]
//! webhook = "good"          # "accepts-anything" | "no-replay-check" | "no-future-check" | "wrong-secret" | "clock-ahead"
//!                           # | "throws" | "behind-auth" | "slow" | "parses-before" | "ignores-data" | "one-signature"
//!                           # | "redirects" | "missing" | "chokes"
//! loopback = "site"
//! latency_ms = 0
//!
//! [[live.on]]               # the first that matches wins; `merge` and `json` may be both left out
//! host = "bapi"             # a role, or a host name; `plain` for what comes without TLS
//! path = "/v1/domains"      # or "/v1/*"
//! method = "GET"
//! when = { accept = "text/html*", query = "" }   # "" says that there is none
//! times = 1
//! status = 503
//! headers = { "x-auth-bypass" = "true", "location" = "" }
//! json = '{}'               # or merge = '{…}', or body = "…"
//! delay_ms = 0
//! skew_s = 0                # the `Date` header is so many seconds ahead
//! fault = "reset"           # see `Fault`
//!
//! [[live.tls]]
//! host = "clerk.acme.shop"
//! fault = "expired"         # see `TlsFault`; or `days = 10`, `issuer = "…"`
//!
//! [[live.dns]]
//! name = "clerk.acme.shop"
//! type = "CNAME"            # or "*"
//! resolver = 1
//! data = []                 # or fault = "nxdomain", see `DnsFault`
//! ```
//!
//! An override with a body and no status makes the answer 200, but where the Backend API refuses the key:
//! there only one with a status or a fault applies. A status from 400 without a body has Clerk's error body
//! at both APIs (401 `clerk_key_invalid`, 402 `unsupported_subscription_plan_features`, 429
//! `too_many_requests` and so on); elsewhere the healthy body stays. `{{standin_http}}` and `{{standin_https}}` in `args` and
//! `env` of a `case.toml` are the addresses (`127.0.0.1:<port>`) for seams that name one.

pub mod dns;
pub mod faults;
pub mod healthy;
pub mod http;
pub mod overrides;
pub mod rules;
pub mod scenario;
pub mod tls;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use memchr::memmem;
use tempfile::NamedTempFile;

use http::{Answer, Request};
pub use scenario::Scenario;
use scenario::{Fault, Role};
use tls::Authority;

use super::patience::until;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who it was for.
    pub role: Role,
    /// The `Host` header without the port.
    pub host: String,
    /// The name in the TLS handshake; empty if there was none.
    pub sni: String,
    /// Whether it came over TLS.
    pub tls: bool,
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Every byte of it.
    pub raw: Vec<u8>,
    /// When it had come.
    pub at: Instant,
}

impl Seen {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A question that a resolver got.
#[derive(Clone, Debug)]
pub struct DnsSeen {
    /// 1 or 2.
    pub resolver: usize,
    /// The name, in lower case.
    pub name: String,
    /// `CNAME` and so on.
    pub kind: String,
    /// When it came.
    pub at: Instant,
}

/// Bytes that came: a request, a handshake that failed, part of a request, a DNS message.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The `Host` header, if there was one; `dns-1` and `dns-2` for the resolvers.
    pub host: Option<String>,
    /// The name in the TLS handshake; empty if there was none.
    pub sni: String,
    /// Whether they came over TLS, or as a TLS handshake.
    pub tls: bool,
    /// The bytes; of a request over TLS what was encrypted.
    pub bytes: Vec<u8>,
}

/// What all threads of a stand-in have in common.
pub struct Shared {
    /// What it does.
    pub scenario: Scenario,
    /// Its certificates.
    pub authority: Authority,
    /// Whether it has been dropped.
    pub stopped: AtomicBool,
    /// Questions to its resolvers.
    pub dns_seen: Mutex<Vec<DnsSeen>>,
    /// Connections over which something may have come that is not written down.
    pub untold: AtomicUsize,
    hits: Vec<AtomicUsize>,
    seen: Mutex<Vec<Seen>>,
    raw: Mutex<Vec<Raw>>,
    violations: Mutex<Vec<String>>,
}

impl Shared {
    /// Keeps bytes that came.
    pub fn write_down(&self, raw: Raw) {
        self.raw.lock().unwrap().push(raw);
    }

    /// Who a request is for.
    fn role(&self, request: &Request) -> Role {
        let host = request.host.as_str();
        match host {
            "127.0.0.1" | "localhost" | "[::1]" => self.scenario.loopback,
            _ if !request.tls => Role::Plain,
            host => rules::role(host),
        }
    }

    /// Writes a request down, and what must never be in one.
    fn note(&self, request: &Request) {
        let role = self.role(request);
        self.seen.lock().unwrap().push(Seen {
            role,
            host: request.host.clone(),
            sni: request.sni.clone(),
            tls: request.tls,
            method: request.method.clone(),
            path: request.target(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            raw: request.raw.clone(),
            at: Instant::now(),
        });
        self.write_down(Raw {
            host: Some(request.host.clone()),
            sni: request.sni.clone(),
            tls: request.tls,
            bytes: request.raw.clone(),
        });
        let violations = rules::violations(role, request);
        self.violations.lock().unwrap().extend(violations);
    }

    /// The answer to a request, how it is spoilt, and what it waits for.
    fn answer(&self, request: &Request) -> (Answer, Option<Fault>, Duration) {
        let role = self.role(request);
        let healthy = healthy::answer(self, role, request);
        let latency = Duration::from_millis(self.scenario.latency_ms);
        let rule = self.scenario.on.iter().zip(&self.hits).find(|(on, hits)| {
            on.matches(role, request)
                && overrides::applies(on, role, &healthy)
                && on
                    .times
                    .is_none_or(|times| hits.fetch_add(1, Ordering::Relaxed) < times)
        });
        match rule {
            Some((on, _)) => {
                let answer = overrides::apply(on, role, request, healthy);
                (
                    answer,
                    on.fault,
                    latency + Duration::from_millis(on.delay_ms),
                )
            }
            None => (healthy, None, latency),
        }
    }
}

/// Everything that the program talks to, on this machine, for as long as it is not dropped.
pub struct Standin {
    shared: Arc<Shared>,
    https: SocketAddr,
    http: SocketAddr,
    resolvers: [SocketAddr; 2],
    ca: NamedTempFile,
}

impl Standin {
    /// Starts all of it.
    pub fn start(scenario: &Scenario) -> Self {
        let shared = Arc::new(Shared {
            scenario: scenario.clone(),
            authority: Authority::new(),
            stopped: AtomicBool::new(false),
            dns_seen: Mutex::default(),
            untold: AtomicUsize::new(0),
            hits: scenario.on.iter().map(|_| AtomicUsize::new(0)).collect(),
            seen: Mutex::default(),
            raw: Mutex::default(),
            violations: Mutex::default(),
        });
        let listen = |secure| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            http::listen(listener, shared.clone(), secure);
            address
        };
        let (https, http) = (listen(true), listen(false));
        let resolvers = [dns::start(1, &shared), dns::start(2, &shared)];
        let mut ca = NamedTempFile::with_suffix(".pem").unwrap();
        ca.write_all(shared.authority.pem().as_bytes()).unwrap();
        Self {
            shared,
            https,
            http,
            resolvers,
            ca,
        }
    }

    /// What the program is to be told.
    pub fn args(&self) -> Vec<String> {
        let mut args = vec![
            "--connect-to".to_owned(),
            format!(":443:{}", self.https),
            "--connect-to".to_owned(),
            format!(":80:{}", self.http),
            "--ca-file".to_owned(),
            self.ca_file().display().to_string(),
        ];
        for resolver in self.resolvers {
            args.extend(["--resolver".to_owned(), resolver.to_string()]);
        }
        args
    }

    /// The certificate of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.ca.path().to_owned()
    }

    /// Where it speaks TLS.
    pub fn https(&self) -> SocketAddr {
        self.https
    }

    /// Where it speaks HTTP without TLS.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Its two resolvers, over UDP and over TCP.
    pub fn resolvers(&self) -> [SocketAddr; 2] {
        self.resolvers
    }

    /// A text with `{{standin_http}}` and `{{standin_https}}` filled in.
    pub fn expand(&self, text: &str) -> String {
        text.replace("{{standin_http}}", &self.http.to_string())
            .replace("{{standin_https}}", &self.https.to_string())
    }

    /// Every request so far, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Every question to a resolver so far, in order.
    pub fn dns_seen(&self) -> Vec<DnsSeen> {
        self.shared.dns_seen.lock().unwrap().clone()
    }

    /// What came that must never come: see [`rules::violations`].
    pub fn violations(&self) -> Vec<String> {
        self.shared.violations.lock().unwrap().clone()
    }

    /// Every byte that came for a host: as the `Host` header or the TLS handshake names it, `dns-1`, or
    /// nothing where neither does.
    pub fn raw_to(&self, host: impl Fn(&str) -> bool) -> Vec<u8> {
        let all = self.shared.raw.lock().unwrap();
        let fitting = all.iter().filter(|raw| {
            let named = raw.host.as_deref().unwrap_or_default();
            match (named, raw.sni.as_str()) {
                ("", sni) => host(sni),
                (named, "") => host(named),
                (named, sni) => host(named) || host(sni),
            }
        });
        fitting.flat_map(|raw| raw.bytes.clone()).collect()
    }

    /// Where a piece of twelve bytes of one of these keys came: to any host but the Backend API over TLS
    /// (or what stands for it on loopback), and of a key that is no secret key, to any host at all.
    pub fn leaks(&self, keys: &[String]) -> Vec<String> {
        self.settle();
        let mut found = Vec::new();
        for raw in self.shared.raw.lock().unwrap().iter() {
            let host = raw.host.as_deref().unwrap_or_default();
            for key in keys {
                if key.starts_with("sk_") && self.may_have_a_secret_key(raw) {
                    continue;
                }
                let mut pieces = key.as_bytes().windows(12);
                if pieces.any(|piece| memmem::find(&raw.bytes, piece).is_some()) {
                    let kind = key.split('_').next().unwrap_or_default();
                    found.push(format!(
                        "a piece of a {kind} key came to {host:?} ({:?})",
                        raw.sni
                    ));
                }
            }
        }
        found
    }

    /// Until what came over connections that are closed by now is written down.
    fn settle(&self) {
        // Connections are taken one after the other: once this one is over, all before it have been taken.
        for address in [self.https, self.http] {
            let mut last = TcpStream::connect(address).unwrap();
            last.shutdown(Shutdown::Write).unwrap();
            let _ = last.read(&mut [0]);
        }
        let all_told = || self.shared.untold.load(Ordering::SeqCst) == 0;
        until("all that came is written down", all_told);
    }

    fn may_have_a_secret_key(&self, raw: &Raw) -> bool {
        match raw.host.as_deref() {
            None => false,
            Some("127.0.0.1" | "localhost") => self.shared.scenario.loopback == Role::Bapi,
            Some(host) => raw.tls && raw.sni == host && rules::role(host) == Role::Bapi,
        }
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Threads that wait for something get it.
        for address in [self.https, self.http, self.resolvers[0], self.resolvers[1]] {
            let _ = TcpStream::connect(address);
        }
        if let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
            for resolver in self.resolvers {
                let _ = socket.send_to(b"end", resolver);
            }
        }
    }
}
