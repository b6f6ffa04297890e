//! Whom to trust: the platform's certificate authorities, and those of a file.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    WantsVerifier,
};
use rustls_platform_verifier::Verifier;

use crate::facts::api::Screen;
use crate::facts::http::{CaFileFault, Fault};

/// Mozilla's whole bundle is a quarter of a megabyte.
const LARGEST_CA_FILE: u64 = 8 * 1024 * 1024;

type Certificates = Vec<CertificateDer<'static>>;

/// The certificates that were accepted, by the name of the host. The client tells them of connections that it
/// makes itself, and not of those through the tunnel of a proxy.
#[derive(Debug, Clone, Default)]
pub(super) struct Accepted(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Accepted {
    /// What a host showed.
    pub(super) fn of(&self, host: &str) -> Option<Vec<u8>> {
        let accepted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.get(host).cloned()
    }
}

/// Checks as another does, and keeps what was accepted.
#[derive(Debug)]
struct Witness {
    verifier: Arc<dyn ServerCertVerifier>,
    accepted: Accepted,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )?;
        let mut accepted = self
            .accepted
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        accepted.insert(server_name.to_str().into_owned(), end_entity.to_vec());
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// The TLS set-up: the platform's trust, plus the certificate authorities of `ca_file`.
pub(super) fn client_config(
    ca_file: Option<&Path>,
    accepted: Accepted,
) -> Result<ClientConfig, Fault> {
    let extra = match ca_file {
        Some(path) => read_ca_file(path).map_err(|fault| Fault::CaFile {
            path: Screen::default().sentence(&path.to_string_lossy()),
            fault,
        })?,
        None => Certificates::new(),
    };
    let provider = Arc::new(ring::default_provider());
    let verifier = verifier(extra, &provider)?;
    let builder = builder(provider)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Witness { verifier, accepted }));
    Ok(finish(builder.with_no_client_auth()))
}

/// The set-up where no certificate will be seen, so that the platform's are not read.
pub(super) fn nobody() -> Result<ClientConfig, Fault> {
    let builder = builder(Arc::new(ring::default_provider()))?;
    let builder = builder.with_root_certificates(RootCertStore::empty());
    Ok(finish(builder.with_no_client_auth()))
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Fault> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)
}

fn finish(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Checks certificates as the platform does, or with Mozilla's authorities where the platform has none
/// (a container without the package `ca-certificates`).
fn verifier(
    extra: Certificates,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Fault> {
    match Verifier::new(provider.clone()) {
        Ok(platform) if extra.is_empty() => Ok(Arc::new(platform)),
        Ok(_) => Verifier::new_with_extra_roots(extra, provider.clone())
            .map(|both| Arc::new(both) as Arc<dyn ServerCertVerifier>)
            .map_err(unusable),
        // Who set these variables chose whom to trust, and gets no other trust in its place.
        Err(_) if is_set("SSL_CERT_FILE") || is_set("SSL_CERT_DIR") => Err(Fault::NoTrustStore),
        Err(_) => mozilla(extra, provider),
    }
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The certificate authorities Mozilla trusted when this program was built, and `extra`.
fn mozilla(
    extra: Certificates,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Fault> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add_parsable_certificates(extra);
    match WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build() {
        Ok(verifier) => Ok(verifier),
        Err(error) => Err(unusable(error)),
    }
}

/// The certificates of a PEM file, as far as they can be read: a bundle with one odd certificate among
/// many is common, and one odd certificate takes away no trust from the others.
fn read_ca_file(path: &Path) -> Result<Certificates, CaFileFault> {
    let unreadable = |error: std::io::Error| CaFileFault::Unreadable(error.to_string());
    let mut pem = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST_CA_FILE + 1)
        .read_to_end(&mut pem)
        .map_err(unreadable)?;
    if pem.len() as u64 > LARGEST_CA_FILE {
        return Err(CaFileFault::TooLarge);
    }
    let found: Certificates = CertificateDer::pem_slice_iter(&pem)
        .filter_map(Result::ok)
        .collect();
    if found.is_empty() {
        return Err(CaFileFault::NoCertificate);
    }
    let parsable = |der: &CertificateDer<'static>| RootCertStore::empty().add(der.clone()).is_ok();
    let usable: Certificates = found.into_iter().filter(parsable).collect();
    if usable.is_empty() {
        return Err(CaFileFault::Invalid);
    }
    Ok(usable)
}

fn unusable(error: impl Display) -> Fault {
    Fault::LocalFailure {
        detail: format!("the TLS set-up failed ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ca_file(content: &[u8]) -> Result<Certificates, CaFileFault> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, content).unwrap();
        read_ca_file(&path)
    }

    fn authority() -> String {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params
            .self_signed(&rcgen::KeyPair::generate().unwrap())
            .unwrap()
            .pem()
    }

    #[test]
    fn reads_every_authority_of_a_bundle_and_passes_over_an_odd_one() {
        let odd = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let bundle = format!("# ours\n{}{odd}{}", authority(), authority());
        assert_eq!(ca_file(bundle.as_bytes()).map(|found| found.len()), Ok(2));
        assert_eq!(ca_file(odd.as_bytes()), Err(CaFileFault::Invalid));
    }

    #[test]
    fn says_what_is_wrong_with_a_file_it_cannot_use() {
        for none in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\nAAAA",
            "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(
                ca_file(none.as_bytes()),
                Err(CaFileFault::NoCertificate),
                "{none}"
            );
        }
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        assert_eq!(ca_file(key.as_bytes()), Err(CaFileFault::NoCertificate));
        let endless = vec![b'\n'; usize::try_from(LARGEST_CA_FILE).unwrap() + 1];
        assert_eq!(ca_file(&endless), Err(CaFileFault::TooLarge));
        assert!(matches!(
            read_ca_file(Path::new("/nonexistent")),
            Err(CaFileFault::Unreadable(_))
        ));
        assert!(matches!(
            read_ca_file(Path::new("/")),
            Err(CaFileFault::Unreadable(_))
        ));
    }

    #[test]
    fn has_authorities_of_its_own_for_a_machine_without() {
        let provider = Arc::new(ring::default_provider());
        assert!(mozilla(Certificates::new(), &provider).is_ok());
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 100);
    }
}
