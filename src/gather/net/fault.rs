//! From an error of the client to its meaning. Kinds are recognised by type along the chain of causes;
//! no text of an error is shown but the operating system's and the TLS library's.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use rustls::{CertificateError, InvalidMessage};

use url::Url;

use super::{Net, milliseconds};
use crate::facts::api::Screen;
use crate::facts::http::{Fault, Phase, ProxyFault, TlsFault};

/// Longer than any chain of causes.
const LONGEST_CHAIN: usize = 32;

/// What was being asked when the error came.
pub(super) struct Asked<'a> {
    pub(super) url: &'a Url,
    pub(super) net: &'a Net,
    pub(super) phase: Phase,
}

/// What an error of the client means.
pub(super) fn explain(error: &reqwest::Error, asked: &Asked<'_>) -> Fault {
    let host = asked.url.host_str().unwrap_or_default().to_owned();
    let connecting = error.is_connect();
    let phase = match asked.phase {
        Phase::Connecting if !connecting => Phase::Waiting,
        phase => phase,
    };
    if let Some(fault) = tunnel(error) {
        return Fault::ProxyFailure {
            proxy: asked.net.settings.proxy.name(asked.url.scheme() == "https"),
            fault,
        };
    }
    if error.is_timeout() {
        let after_ms = milliseconds(asked.net.budget);
        return Fault::TimedOut {
            host,
            after_ms,
            phase,
        };
    }
    if error.is_dns() {
        return Fault::DnsFailure { host };
    }
    match tls(error) {
        Some(fault) if connecting => return Fault::TlsFailure { host, fault },
        // Broken after the handshake: the key may have been sent.
        Some(_) => return Fault::ConnectionLost { host, phase },
        None => {}
    }
    let is_parse =
        |link: &(dyn Error + 'static)| link.downcast_ref().is_some_and(hyper::Error::is_parse);
    if links(error).any(is_parse) {
        return Fault::NotHttp { host };
    }
    // The innermost one: the TLS connector wraps the operating system's error in one without a kind.
    match links(error)
        .filter_map(|link| link.downcast_ref::<io::Error>())
        .last()
    {
        Some(cause) if connecting => not_connected(
            cause,
            host,
            asked.url.port_or_known_default().unwrap_or(443),
            phase,
        ),
        // hyper's word for a body that is not framed as HTTP says.
        Some(cause)
            if matches!(
                cause.kind(),
                ErrorKind::InvalidInput | ErrorKind::InvalidData
            ) =>
        {
            Fault::NotHttp { host }
        }
        _ => Fault::ConnectionLost { host, phase },
    }
}

/// Why no connection came about, from the operating system's error.
fn not_connected(cause: &io::Error, host: String, port: u16, phase: Phase) -> Fault {
    match cause.kind() {
        ErrorKind::ConnectionRefused => Fault::Refused { host, port },
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Fault::ConnectionLost { host, phase },
        _ => Fault::Unreachable {
            host,
            detail: Screen::default().sentence(&cause.to_string()),
        },
    }
}

/// The error and its causes. The cause an `io::Error` wraps is not what its `source` gives (that is the
/// cause's cause), so it is asked for with `get_ref`.
fn links<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&link| {
        match link
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => link.source(),
        }
    })
    .take(LONGEST_CHAIN)
}

/// What is wrong with the proxy, where the error is about the tunnel through it. hyper-util does not
/// export this error's type, so it is known by its text; the tests hold that against a real proxy.
fn tunnel(error: &reqwest::Error) -> Option<ProxyFault> {
    let text = links(error)
        .map(ToString::to_string)
        .find(|text| text.starts_with("tunnel error"))?;
    if text.contains("proxy authorization required") {
        return Some(ProxyFault::Login);
    }
    if error.is_dns() {
        return Some(ProxyFault::Dns);
    }
    if let Some(fault) = tls(error) {
        return Some(ProxyFault::Tls(fault));
    }
    Some(if text.contains("failed to create underlying connection") {
        ProxyFault::Unreachable
    } else if text.contains("unexpected end of file") || text.contains("io error") {
        ProxyFault::Lost
    } else {
        ProxyFault::Declined
    })
}

/// What is wrong with the secured connection, where the error is about that.
fn tls(error: &reqwest::Error) -> Option<TlsFault> {
    let cause = links(error).find_map(|link| link.downcast_ref::<rustls::Error>())?;
    Some(match cause {
        rustls::Error::InvalidCertificate(fault) => certificate(fault),
        rustls::Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => TlsFault::NotTls,
        rustls::Error::AlertReceived(alert) => TlsFault::BrokenOff(format!("{alert:?}")),
        other => TlsFault::Other(Screen::default().sentence(&other.to_string())),
    })
}

fn certificate(fault: &CertificateError) -> TlsFault {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFault::NotYetValid
        }
        // A bad signature: an authority of the right name, but not the one that is trusted.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFault::WrongName
        }
        CertificateError::Revoked => TlsFault::Revoked,
        other => TlsFault::Other(
            Screen::default().sentence(&format!("its certificate is not acceptable ({other})")),
        ),
    }
}
