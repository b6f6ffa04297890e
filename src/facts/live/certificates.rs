//! The certificates of the Frontend API, the Account Portal and the app.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::facts::api::Screen;
use crate::facts::http::{Exchange, Fault, TlsFault};

/// A certificate that is made for so few days is renewed every few days, and never has many left
/// (CA/Browser Forum Baseline Requirements, "short-lived").
const SHORT_LIVED_DAYS: i64 = 10;

/// No certificate that matters is for more names.
const MOST_NAMES: usize = 100;

const DAY: i64 = 24 * 60 * 60;

/// What the hosts show.
#[derive(Debug, Clone)]
pub enum Certificates {
    /// There is no host to look at, and why.
    BesideThePoint(String),
    /// What was shown.
    Asked(Vec<Host>),
}

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRole {
    /// The Frontend API.
    Frontend,
    /// The Account Portal.
    Portal,
    /// The app.
    App,
}

impl HostRole {
    /// The words for it.
    pub const fn words(self) -> &'static str {
        match self {
            HostRole::Frontend => "the Frontend API",
            HostRole::Portal => "the Account Portal",
            HostRole::App => "the app",
        }
    }
}

/// A host and what it shows.
#[derive(Debug, Clone)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: HostRole,
    /// Whether the instance itself says that it has this host.
    pub named: bool,
    /// What it shows.
    pub shown: Shown,
}

/// What a host shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A certificate that this machine trusts.
    Trusted(Certificate),
    /// None that could be trusted.
    Fault(TlsFault, Doubt),
    /// The name has no address.
    NoAddress,
    /// No answer, and why.
    Silent(String),
}

/// What else could be to blame for a fault, and was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Doubt {
    /// Whether a host of Clerk that is known to be good shows the same fault, so that it is this machine's
    /// clock or network; `None` where that could not be asked.
    pub everywhere: Option<bool>,
    /// Whether the host's CNAME is Clerk's, at every resolver that was heard; `None` where that was not
    /// asked or none was heard.
    pub pointed: Option<bool>,
}

/// A certificate, as far as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The names that it is for.
    pub names: Vec<String>,
    /// Who issued it, fit to show; empty where it does not say.
    pub issuer: String,
    /// From when it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when.
    pub not_after: i64,
    /// When it was shown.
    pub at: i64,
}

impl Certificate {
    /// From its DER.
    pub fn parse(der: &[u8], at: u64) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let screen = Screen::default();
        let alternatives = certificate.subject_alternative_name().ok().flatten();
        let names = alternatives.map(|names| {
            let dns = names
                .value
                .general_names
                .iter()
                .filter_map(|name| match name {
                    GeneralName::DNSName(name) => Some(screen.sentence(name)),
                    _ => None,
                });
            dns.take(MOST_NAMES).collect()
        });
        let issuer = certificate.issuer();
        let issuer = issuer.iter_organization().chain(issuer.iter_common_name());
        let issuer = issuer.filter_map(|part| part.as_str().ok()).next();
        let validity = certificate.validity();
        Some(Self {
            names: names.unwrap_or_default(),
            issuer: screen.sentence(issuer.unwrap_or_default()),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            at: i64::try_from(at).unwrap_or(i64::MAX),
        })
    }

    /// Whole days until it ends; below zero where it has ended.
    pub fn days_left(&self) -> i64 {
        self.not_after.saturating_sub(self.at).div_euclid(DAY)
    }

    /// Whether it is made for a few days only.
    pub fn is_short_lived(&self) -> bool {
        self.not_after.saturating_sub(self.not_before) <= SHORT_LIVED_DAYS * DAY
    }
}

impl Shown {
    /// From what became of a request.
    pub fn of(exchange: &Exchange) -> Self {
        match exchange {
            Ok(answer) => Certificate::parse(&answer.certificate, answer.at).map_or_else(
                || Shown::Silent("the certificate could not be read".to_owned()),
                Shown::Trusted,
            ),
            Err(Fault::TlsFailure { fault, .. }) => Shown::Fault(fault.clone(), Doubt::default()),
            Err(Fault::DnsFailure { .. }) => Shown::NoAddress,
            Err(fault) => Shown::Silent(fault.explain().what),
        }
    }

    /// Whether no certificate was shown at all.
    pub fn is_broken_off(&self) -> bool {
        matches!(
            self,
            Shown::Fault(
                TlsFault::BrokenOff(_) | TlsFault::NotTls | TlsFault::Other(_),
                _
            )
        )
    }
}

/// Whether two faults are of one kind, whatever their words.
pub fn is_same(one: &TlsFault, other: &TlsFault) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    fn certificate(organisation: &str, names: &[&str]) -> Vec<u8> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, organisation);
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 4, 1);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    /// 2026-03-20, in seconds since 1970.
    const MARCH_20: u64 = 1_773_964_800;

    #[test]
    fn reads_names_issuer_and_days_left() {
        let der = certificate("Let's Encrypt", &["clerk.acme.shop", "acme.shop"]);
        let read = Certificate::parse(&der, MARCH_20).unwrap();
        assert_eq!(read.names, ["clerk.acme.shop", "acme.shop"]);
        assert_eq!(read.issuer, "Let's Encrypt");
        assert_eq!(read.days_left(), 12);
        assert!(!read.is_short_lived());
    }

    #[test]
    fn a_clock_at_the_end_of_time_does_no_harm() {
        let der = certificate("x", &["a.b"]);
        assert!(Certificate::parse(&der, u64::MAX).unwrap().days_left() < 0);
    }

    #[test]
    fn an_issuer_cannot_write_on_the_terminal() {
        let der = certificate("\u{1b}[31mEvil\u{202e}", &["a.b"]);
        assert_eq!(Certificate::parse(&der, 0).unwrap().issuer, "[31mEvil");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in any::<u64>()) {
            let _ = Certificate::parse(&bytes, at);
        }

        #[test]
        fn no_change_of_a_certificate_makes_it_panic(place in 0usize..400, byte in any::<u8>(), cut in 0usize..500) {
            let mut der = certificate("x", &["a.b"]);
            if let Some(old) = der.get_mut(place) {
                *old = byte;
            }
            der.truncate(cut);
            if let Some(read) = Certificate::parse(&der, MARCH_20) {
                let _ = (read.days_left(), read.is_short_lived());
            }
        }
    }
}
