//! A certificate authority made at start, and a certificate for every name that is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

use super::scenario::{Scenario, Tls, TlsFault, glob};

type Issuer = CertifiedIssuer<'static, KeyPair>;

const DAY: i64 = 24 * 60 * 60;

/// A root that the program is told of, one that it is not, and what they have signed.
pub struct Authority {
    root: Issuer,
    stranger: Issuer,
    leaf: KeyPair,
    made: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    /// With new keys.
    pub fn new() -> Self {
        Self {
            root: root("Stand-in Root"),
            stranger: root("Stranger Root"),
            leaf: KeyPair::generate().unwrap(),
            made: Mutex::default(),
        }
    }

    /// The root's certificate.
    pub fn pem(&self) -> String {
        self.root.pem()
    }

    /// What a server shows a client that asked for `name` (empty if it named none).
    pub fn server(&self, scenario: &Scenario, name: &str) -> Arc<ServerConfig> {
        let mut made = self.made.lock().unwrap();
        let config = made
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(self.make(rule(scenario, name), name)));
        config.clone()
    }

    fn make(&self, rule: Option<&Tls>, name: &str) -> ServerConfig {
        let fault = rule.and_then(|rule| rule.fault);
        let days = rule.and_then(|rule| rule.days).unwrap_or(60);
        let issuer = rule.and_then(|rule| rule.issuer.as_deref());
        let root = match fault {
            Some(TlsFault::UnknownCa) => &self.stranger,
            _ => &self.root,
        };
        let between = intermediate(root, issuer.unwrap_or("Let's Encrypt"));
        let names = match (fault, name) {
            (Some(TlsFault::WrongName), _) => vec!["wrong-name.example".to_owned()],
            (_, "") => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            _ => vec![name.to_owned()],
        };
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = DistinguishedName::new();
        let (from, to) = match fault {
            Some(TlsFault::Expired) => (-90, -2),
            Some(TlsFault::NotYet) => (5, 95),
            _ => (days.min(60) - 90, days),
        };
        // An hour more, so that `days = 10` is ten whole days for as long as a test runs.
        params.not_before = date_time_ymd(1970, 1, 1) + since_1970(from * DAY);
        params.not_after = date_time_ymd(1970, 1, 1) + since_1970(to * DAY + 3600);
        let leaf = params.signed_by(&self.leaf, &between).unwrap();
        let key = PrivateKeyDer::try_from(self.leaf.serialize_der()).unwrap();
        let chain = vec![leaf.der().clone(), between.der().clone()];
        let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config
    }
}

/// What the scenario says of a name.
pub fn rule<'a>(scenario: &'a Scenario, name: &str) -> Option<&'a Tls> {
    let rules = &scenario.tls;
    rules.iter().find(|rule| glob(&rule.host, name))
}

fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority(name, name), KeyPair::generate().unwrap()).unwrap()
}

fn intermediate(root: &Issuer, organisation: &str) -> Issuer {
    let params = authority(organisation, "S1");
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), root).unwrap()
}

fn authority(organisation: &str, name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = DistinguishedName::new();
    let name_parts = &mut params.distinguished_name;
    name_parts.push(DnType::OrganizationName, organisation);
    name_parts.push(DnType::CommonName, name);
    params
}

/// So many seconds from now, as a time since 1970.
fn since_1970(seconds: i64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let then = i64::try_from(now.as_secs()).unwrap() + seconds;
    Duration::from_secs(u64::try_from(then).unwrap())
}
