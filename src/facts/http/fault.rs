//! Why no answer came: every fault of the way told apart, in words, and what to do about it.

use serde::Serialize;

use super::Explained;

const CHECK_NETWORK: &str =
    "Check the network of this machine, its firewall and its proxy settings, and try again.";
const TRUST_GATEWAY: &str = "If a gateway of your network inspects encrypted traffic, pass the certificate of its \
                             authority with --ca-file.";

/// How the sentence about an answer that did not come in time begins.
const SILENCE: &str = "No answer from";

/// What an audit that could not go on after a fault, in these words, tells to do.
pub fn next_step(why: &str) -> String {
    match why.starts_with(SILENCE) {
        true => "try again, or give it longer with --timeout".to_owned(),
        false => String::new(),
    }
}

/// Why no answer came. Every text in it is already fit to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Fault {
    /// Something answered, and not in HTTP.
    NotHttp {
        /// Who answered.
        host: String,
    },
    /// The file with additional certificate authorities cannot be used. Nothing was sent.
    CaFile {
        /// Its path.
        path: String,
        /// What is wrong with it.
        fault: CaFileFault,
    },
    /// `SSL_CERT_FILE` or `SSL_CERT_DIR` is set, and no certificate was found there. Nothing was sent.
    NoTrustStore,
    /// The host name has no address.
    DnsFailure {
        /// The name.
        host: String,
    },
    /// Nothing listens there, or a firewall refuses.
    Refused {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// There is no way to the host, or connecting is forbidden on this machine.
    Unreachable {
        /// The host.
        host: String,
        /// The operating system's words.
        detail: String,
    },
    /// No trustworthy encrypted connection could be made.
    TlsFailure {
        /// The host.
        host: String,
        /// What is wrong.
        fault: TlsFault,
    },
    /// The time ran out.
    TimedOut {
        /// The host.
        host: String,
        /// The time that was given, in milliseconds.
        after_ms: u64,
        /// What was going on.
        phase: Phase,
    },
    /// The connection broke before the answer was complete.
    ConnectionLost {
        /// The host.
        host: String,
        /// What was going on.
        phase: Phase,
    },
    /// The proxy that the environment asks for did not make the connection.
    ProxyFailure {
        /// Host and port of the proxy, where known.
        proxy: Option<String>,
        /// What is wrong.
        fault: ProxyFault,
    },
    /// This machine could not even try.
    LocalFailure {
        /// The operating system's words.
        detail: String,
    },
}

/// What is wrong with the file of additional certificate authorities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum CaFileFault {
    /// The operating system's words.
    Unreadable(String),
    /// Larger than any bundle.
    TooLarge,
    /// No PEM certificate in it.
    NoCertificate,
    /// It has certificates, and none is one that can sign others.
    Invalid,
}

/// Why no trustworthy connection could be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum TlsFault {
    /// The certificate is out of date, by this machine's clock.
    Expired,
    /// The certificate is not valid yet, by this machine's clock.
    NotYetValid,
    /// Nobody this machine trusts has signed the certificate.
    UnknownIssuer,
    /// The certificate is for another name.
    WrongName,
    /// The certificate was withdrawn.
    Revoked,
    /// What answers does not speak TLS.
    NotTls,
    /// The other side broke the handshake off, with the alert it gave.
    BrokenOff(String),
    /// Anything else, in the TLS library's words.
    Other(String),
}

/// What a request was busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Phase {
    /// Reading the certificate authorities this machine trusts.
    TrustStore,
    /// Asking for the address of a name.
    Resolving,
    /// Connecting, the TLS handshake and a proxy included.
    Connecting,
    /// Waiting for the first byte of the answer.
    Waiting,
    /// Reading the answer.
    Reading,
}

/// Why a proxy did not make the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ProxyFault {
    /// The variable does not hold an address of an HTTP proxy.
    Address,
    /// Its name has no address.
    Dns,
    /// It cannot be reached.
    Unreachable,
    /// It wants a user name and a password, or other ones.
    Login,
    /// It answered, and would not connect.
    Declined,
    /// It broke the connection off.
    Lost,
    /// No trustworthy encrypted connection to the proxy itself could be made.
    Tls(TlsFault),
}

impl Fault {
    /// The fault in words.
    pub fn explain(&self) -> Explained {
        Explained {
            what: self.what(),
            fix: self.fix().to_owned(),
        }
    }

    fn what(&self) -> String {
        match self {
            Fault::NotHttp { host } => format!("{host} answers with something that is not HTTP."),
            Fault::CaFile { path, fault } => {
                format!("The file of certificate authorities {path} {}; nothing was sent.", ca_file(fault))
            }
            Fault::NoTrustStore => {
                "SSL_CERT_FILE or SSL_CERT_DIR is set, and no certificate was found there; nothing was sent.".to_owned()
            }
            Fault::DnsFailure { host } => format!("No address could be found for the name {host}."),
            Fault::Refused { host, port } => format!("{host} refuses connections on port {port}."),
            Fault::Unreachable { host, detail } => format!("{host} cannot be reached: {detail}."),
            Fault::TlsFailure { host, fault } => {
                format!("No secure connection to {host}: {}; nothing was sent.", fault.words())
            }
            Fault::TimedOut { host, after_ms, phase } => {
                let after = seconds(*after_ms);
                format!("{SILENCE} {host} within {after}: the time ran out while {}.", phase.words())
            }
            Fault::ConnectionLost { host, phase } => {
                format!("The connection to {host} broke while {}.", phase.words())
            }
            Fault::ProxyFailure { proxy, fault } => {
                let name = proxy.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
                format!("The proxy{name} {}; nothing was sent.", proxy_fault(fault))
            }
            Fault::LocalFailure { detail } => format!("This machine could not even try: {detail}."),
        }
    }

    /// What to do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Fault::NotHttp { .. } => "Check the address, and what answers there.",
            Fault::LocalFailure { .. } => "Try again later.",
            Fault::CaFile { .. } => {
                "Give a file with PEM certificates (-----BEGIN CERTIFICATE-----) of certificate authorities."
            }
            Fault::NoTrustStore => "Correct these variables or remove them.",
            Fault::DnsFailure { .. }
            | Fault::Refused { .. }
            | Fault::Unreachable { .. }
            | Fault::TimedOut { .. }
            | Fault::ConnectionLost { .. } => CHECK_NETWORK,
            Fault::TlsFailure { fault, .. } => tls_fix(fault),
            Fault::ProxyFailure { fault, .. } => proxy_fix(fault),
        }
    }
}

fn ca_file(fault: &CaFileFault) -> String {
    match fault {
        CaFileFault::Unreadable(detail) => format!("cannot be read ({detail})"),
        CaFileFault::TooLarge => "is larger than any bundle of certificates".to_owned(),
        CaFileFault::NoCertificate => "holds no PEM certificate".to_owned(),
        CaFileFault::Invalid => "holds no certificate that can be read".to_owned(),
    }
}

impl TlsFault {
    /// What is wrong, as a clause about what answers: `its certificate has expired`.
    pub fn words(&self) -> String {
        match self {
            TlsFault::Expired => "its certificate has expired".to_owned(),
            TlsFault::NotYetValid => "its certificate is not valid yet".to_owned(),
            TlsFault::UnknownIssuer => {
                "nobody this machine trusts has signed its certificate".to_owned()
            }
            TlsFault::WrongName => "its certificate is for another name".to_owned(),
            TlsFault::Revoked => "its certificate was withdrawn".to_owned(),
            TlsFault::NotTls => "it does not speak TLS on this port".to_owned(),
            TlsFault::BrokenOff(alert) => format!("it broke the TLS handshake off ({alert})"),
            TlsFault::Other(detail) => detail.clone(),
        }
    }
}

fn tls_fix(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired | TlsFault::NotYetValid => {
            "Check the clock of this machine, then what answers there."
        }
        TlsFault::NotTls => {
            "Check the port and the scheme of the address, and gateways on the way."
        }
        _ => TRUST_GATEWAY,
    }
}

impl Phase {
    /// What was going on, as a clause after "while".
    pub fn words(self) -> &'static str {
        match self {
            Phase::TrustStore => "the trusted certificate authorities were read",
            Phase::Resolving => "the host name was looked up",
            Phase::Connecting => "connecting",
            Phase::Waiting => "waiting for the answer",
            Phase::Reading => "reading the answer",
        }
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

fn proxy_fault(fault: &ProxyFault) -> String {
    match fault {
        ProxyFault::Address => "is not given as the address of an HTTP proxy".to_owned(),
        ProxyFault::Dns => "has a name without an address".to_owned(),
        ProxyFault::Unreachable => "cannot be reached".to_owned(),
        ProxyFault::Login => {
            "wants a user name and a password, or other ones (HTTP 407)".to_owned()
        }
        ProxyFault::Declined => "declines to connect".to_owned(),
        ProxyFault::Lost => "broke the connection off".to_owned(),
        ProxyFault::Tls(fault) => format!("offers no secure connection: {}", fault.words()),
    }
}

fn proxy_fix(fault: &ProxyFault) -> &'static str {
    match fault {
        ProxyFault::Login => {
            "Put the user name and the password into HTTPS_PROXY: http://user:password@host:port."
        }
        ProxyFault::Declined => "Have the host allowed on the proxy, or add it to NO_PROXY.",
        ProxyFault::Tls(fault) => tls_fix(fault),
        ProxyFault::Address | ProxyFault::Dns | ProxyFault::Unreachable | ProxyFault::Lost => {
            "Correct HTTPS_PROXY or ALL_PROXY, or add the host to NO_PROXY."
        }
    }
}
