//! A deployed site on loopback that answers as a real one did: it replays a transcript of `fixtures/parity/site`.
//!
//! The transcripts were recorded by `tests/tools/lab` from apps with Clerk's real packages. A request is matched
//! by what can make a difference to such an app, its [`Features`], not by its bytes: a browser's `Accept` is one,
//! its version is none. What was never recorded is answered with a plain 404 and listed by [`Replay::unmatched`].

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "each test binary uses a part of it; one that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value as Json;

/// The address the transcripts use for the app.
const SITE: &str = "http://site.test";

/// The machine it is replayed on.
const HOST: &str = "127.0.0.1";

/// What was recorded of one app in one state.
#[derive(Deserialize)]
pub struct Transcript {
    pub app: String,
    pub versions: BTreeMap<String, String>,
    pub scenario: String,
    pub recorded: String,
    pub probes: Vec<Probe>,
    /// The code that was audited, by file; only of what the program itself asked.
    #[serde(default)]
    pub project: BTreeMap<String, String>,
}

/// One request and its answer.
#[derive(Deserialize)]
pub struct Probe {
    pub request: Asked,
    pub answer: Answered,
}

/// A request as a transcript has it: tokens and signatures are placeholders.
#[derive(Clone, Deserialize)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

/// An answer as a transcript has it: keys are placeholders, several values of one header are joined by line ends.
#[derive(Clone, Deserialize)]
pub struct Answered {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// Rounded to three seconds.
    pub ms: u64,
}

impl Answered {
    /// Why Clerk holds the visitor for signed out; empty where Clerk did not run.
    pub fn reason(&self) -> &str {
        self.header("x-clerk-auth-reason")
    }

    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Transcript {
    /// Reads `fixtures/parity/site/<name>.json`.
    pub fn load(name: &str) -> Self {
        let file = folder().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut whole: Json = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        share(&mut whole);
        serde_json::from_value(whole).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// What the program itself asked in the same scenario, before all else that was asked there.
    pub fn audited(name: &str) -> Self {
        let mut audited = Self::load(&format!("audited/{name}"));
        audited.probes.extend(Self::load(name).probes);
        audited
    }

    /// The names of all of them.
    pub fn names() -> BTreeSet<String> {
        Self::names_in(folder())
    }

    /// The names of those that hold what the program itself asked.
    pub fn names_audited() -> BTreeSet<String> {
        Self::names_in(folder().join("audited"))
    }

    fn names_in(folder: PathBuf) -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let stems = entries.filter_map(|entry| {
            let path = entry.unwrap().path();
            let json = path.extension().is_some_and(|one| one == "json");
            json.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
        });
        stems.collect()
    }

    /// The first answer to a request with these features.
    pub fn answer(&self, features: &Features) -> Option<&Answered> {
        let same = |probe: &&Probe| Features::recorded(&probe.request) == *features;
        self.probes.iter().find(same).map(|probe| &probe.answer)
    }
}

/// Puts a body where the number of the probe stands that has the same one.
fn share(transcript: &mut Json) {
    let probes = transcript["probes"].as_array_mut().unwrap();
    for at in 0..probes.len() {
        let same = probes[at]["answer"]["body"].as_u64();
        if let Some(same) = same {
            let body = probes[usize::try_from(same).unwrap()]["answer"]["body"].clone();
            probes[at]["answer"]["body"] = body;
        }
    }
}

/// The program asks for names that nobody has, each time for another.
fn unnamed(path: &str) -> String {
    let small = path.to_ascii_lowercase();
    let Some(at) = small
        .find("clerk-audit-")
        .map(|at| at + "clerk-audit-".len())
    else {
        return path.to_owned();
    };
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_hexdigit());
    match small.get(at..at + 12).filter(|name| is_name(name)) {
        Some(_) => format!("{}<name>{}", &path[..at], &path[at + 12..]),
        None => path.to_owned(),
    }
}

fn folder() -> PathBuf {
    super::root().join("fixtures/parity/site")
}

/// Who asks for a page: a browser's address bar, its router, or anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    Document,
    Navigation,
    #[default]
    Other,
}

/// What of a request can make a difference to the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    pub method: String,
    pub path: String,
    pub shape: Shape,
    /// A cookie says that somebody signed in before.
    pub returning: bool,
    /// `bogus-kid`, `real-kid`, `expired`, `foreign-azp` or `malformed`.
    pub token: Option<String>,
    /// With the site's own host as [`SITE`] has it.
    pub origin: Option<String>,
    /// `fake`, `stale`, `future`, `good`, `repeated`, `two-signatures`, or `mismatch`: an endpoint cannot tell a wrong key from
    /// an altered body.
    pub hook: Option<String>,
    /// Carries the header that made old versions of Next.js skip the middleware.
    pub subrequest: bool,
}

impl Features {
    /// A bare `GET`.
    pub fn get(path: &str) -> Self {
        Self::of("GET", path)
    }

    /// A bare request.
    pub fn of(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// As a browser's address bar asks.
    pub fn document(path: &str) -> Self {
        Self {
            shape: Shape::Document,
            ..Self::get(path)
        }
    }

    /// As the router of Next.js asks.
    pub fn navigation(path: &str) -> Self {
        Self {
            shape: Shape::Navigation,
            ..Self::get(path)
        }
    }

    /// With a forged token of this kind.
    pub fn token(path: &str, kind: &str) -> Self {
        Self {
            token: Some(kind.to_owned()),
            ..Self::get(path)
        }
    }

    /// A post to the webhook endpoint, unsigned or signed in this way.
    pub fn hook(kind: Option<&str>) -> Self {
        Self {
            hook: kind.map(str::to_owned),
            ..Self::of("POST", "/api/webhooks/clerk")
        }
    }

    fn recorded(request: &Asked) -> Self {
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let inner = |text: &str, before: &str| {
            let text = text.split_once(before)?.1.strip_suffix('>')?;
            Some(text.to_owned())
        };
        let hook = header("svix-signature").and_then(|text| inner(text, "<signed:"));
        let unseen = |kind: String| match kind.as_str() {
            "wrong-key" | "altered" => "mismatch".to_owned(),
            _ => kind,
        };
        Self {
            token: header("authorization").and_then(|text| inner(text, "<forged:")),
            hook: hook.map(unseen),
            ..Self::common(&request.method, &request.path, header)
        }
    }

    /// All that does not depend on whether the request is recorded or real.
    fn common<'a>(method: &str, path: &str, header: impl Fn(&str) -> Option<&'a str>) -> Self {
        let html = header("accept").is_some_and(|value| value.starts_with("text/html"));
        let shape = if header("rsc").is_some() {
            Shape::Navigation
        } else if html || header("sec-fetch-dest") == Some("document") {
            Shape::Document
        } else {
            Shape::Other
        };
        Self {
            method: method.to_owned(),
            path: unnamed(path),
            shape,
            returning: header("cookie").is_some_and(|value| value.contains("__client_uat=")),
            origin: header("origin").map(str::to_owned),
            subrequest: header("x-middleware-subrequest").is_some(),
            ..Self::default()
        }
    }
}

/// What the site knows that decides how it answers: the key its tokens are signed with, and its webhook secret.
pub struct Known {
    pub kid: String,
    pub webhook: String,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            kid: "ins_lab".to_owned(),
            webhook: super::key("whsec").unwrap(),
        }
    }
}

/// A running site.
pub struct Replay {
    port: u16,
    asked: Arc<Mutex<Vec<Features>>>,
    unmatched: Arc<Mutex<Vec<Features>>>,
}

struct Site {
    transcript: Transcript,
    known: Known,
    host: String,
    /// Ids of webhook messages that came before.
    ids: Mutex<BTreeSet<String>>,
    asked: Arc<Mutex<Vec<Features>>>,
    unmatched: Arc<Mutex<Vec<Features>>>,
}

impl Replay {
    /// Serves `fixtures/parity/site/<name>.json`.
    pub fn start(name: &str) -> Self {
        Self::knowing(name, Known::default())
    }

    /// The same for a site whose instance or webhook secret is another one than the usual.
    pub fn knowing(name: &str, known: Known) -> Self {
        Self::of(Transcript::load(name), known)
    }

    /// Serves a transcript.
    pub fn of(transcript: Transcript, known: Known) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, unmatched) = <(Arc<Mutex<Vec<_>>>, Arc<Mutex<Vec<_>>>)>::default();
        let site = Arc::new(Site {
            transcript,
            known,
            host: format!("127.0.0.1:{port}"),
            ids: Mutex::default(),
            asked: asked.clone(),
            unmatched: unmatched.clone(),
        });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = site.clone();
                thread::spawn(move || site.serve(stream));
            }
        });
        Self {
            port,
            asked,
            unmatched,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All it was asked, in order.
    pub fn asked(&self) -> Vec<Features> {
        self.asked.lock().unwrap().clone()
    }

    /// What it was asked and the real site never was.
    pub fn unmatched(&self) -> Vec<Features> {
        self.unmatched.lock().unwrap().clone()
    }
}

impl Site {
    fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut first = String::new();
        reader.read_line(&mut first).ok()?;
        let mut words = first.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let headers = headers(&mut reader)?;
        let length = headers.get("content-length").and_then(|n| n.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let features = self.features(&method, &path, &headers, &body);
        self.asked.lock().unwrap().push(features.clone());
        let answer = self.transcript.answer(&features).map(|one| self.alive(one));
        let answer = answer.unwrap_or_else(|| {
            self.unmatched.lock().unwrap().push(features);
            Answered {
                status: 404,
                headers: BTreeMap::new(),
                body: "not recorded\n".to_owned(),
                ms: 0,
            }
        });
        send(stream, &method, &answer)
    }

    fn features(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Features {
        let header = |name: &str| headers.get(name).map(String::as_str);
        let common = Features::common(method, path, header);
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        Features {
            token: token.map(|token| self.kind_of_token(token).to_owned()),
            hook: self.kind_of_hook(headers, body).map(str::to_owned),
            origin: common.origin.map(|one| {
                one.replace(&self.host, "site.test")
                    .replace(HOST, "hostname.test")
            }),
            ..common
        }
    }

    /// The order decides where several things are odd: Clerk looks for the key first.
    fn kind_of_token(&self, token: &str) -> &'static str {
        let mut parts = token.split('.').map(decoded);
        let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else {
            return "malformed";
        };
        let is_foreign = |azp: &str| azp.ends_with(".invalid");
        if header["kid"].as_str() != Some(&self.known.kid) {
            "bogus-kid"
        } else if claims["exp"].as_i64().is_some_and(|exp| exp < now()) {
            "expired"
        } else if claims["azp"].as_str().is_some_and(is_foreign) {
            "foreign-azp"
        } else {
            "real-kid"
        }
    }

    fn kind_of_hook(
        &self,
        headers: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Option<&'static str> {
        let given = headers.get("svix-signature")?;
        let given: Vec<&str> = given.split_whitespace().collect();
        if given.iter().any(|one| !one.starts_with("v1,")) {
            return Some("fake");
        }
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let (id, at) = (header("svix-id"), header("svix-timestamp"));
        let signed = [id.as_bytes(), at.as_bytes(), body].join(&b"."[..]);
        let right = format!("v1,{}", super::base64(&hmac(&self.known.webhook, &signed)));
        let offset = at.parse::<i64>().unwrap_or(0) - now();
        Some(if !given.contains(&right.as_str()) {
            "mismatch"
        } else if offset < -300 {
            "stale"
        } else if offset > 300 {
            "future"
        } else if given.len() > 1 {
            "two-signatures"
        } else if self.ids.lock().unwrap().insert(id) {
            "good"
        } else {
            "repeated"
        })
    }

    /// The answer with whole keys and with this site's own address.
    fn alive(&self, answer: &Answered) -> Answered {
        let encoded = self.host.replace(':', "%3A");
        let fill = |text: &str| {
            super::expand(text)
                .replace("http%3A%2F%2Fsite.test", &format!("http%3A%2F%2F{encoded}"))
                .replace(SITE, &format!("http://{}", self.host))
                .replace("site.test", &self.host)
                .replace("hostname.test", HOST)
        };
        let headers = answer.headers.iter();
        Answered {
            headers: headers
                .map(|(name, value)| (name.clone(), fill(value)))
                .collect(),
            body: fill(&answer.body),
            ..*answer
        }
    }
}

fn headers(reader: &mut impl BufRead) -> Option<BTreeMap<String, String>> {
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Some(headers);
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

fn send(mut stream: TcpStream, method: &str, answer: &Answered) -> Option<()> {
    let mut head = format!(
        "HTTP/1.1 {} Recorded\r\nconnection: close\r\n",
        answer.status
    );
    for (name, values) in &answer.headers {
        for value in values.lines() {
            head += &format!("{name}: {value}\r\n");
        }
    }
    let has_body = method != "HEAD" && !matches!(answer.status, 204 | 304);
    if has_body {
        head += &format!("content-length: {}\r\n", answer.body.len());
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    if has_body {
        stream.write_all(answer.body.as_bytes()).ok()?;
    }
    stream.flush().ok()
}

fn decoded(part: &str) -> Option<Json> {
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    serde_json::from_slice(&bytes.ok()?).ok()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// HMAC-SHA-256, borrowed from the key derivation of TLS so that no other library is needed.
pub fn hmac(secret: &str, text: &[u8]) -> Vec<u8> {
    use rustls::crypto::tls13::OkmBlock;
    let key = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = base64::engine::general_purpose::STANDARD
        .decode(key)
        .unwrap();
    let suite = rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
    let provider = suite.tls13().unwrap().hkdf_provider;
    provider
        .hmac_sign(&OkmBlock::new(&key), text)
        .as_ref()
        .to_vec()
}
