//! Addresses that an instance lets people come back to.

/// What is wrong with where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Anybody may have a host that it fits.
    Anybody,
    /// This machine, or one of its network.
    Local,
    /// Without encryption.
    Plain,
    /// A program for development: Expo Go.
    Development,
}

/// Hosts below which anybody may have one.
const SHARED: &[&str] = &[
    "vercel.app",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "herokuapp.com",
    "github.io",
    "onrender.com",
    "fly.dev",
    "up.railway.app",
    "web.app",
    "firebaseapp.com",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
];

/// What is wrong with an address, the worst first. An address with a scheme of an app's own leads to that app.
pub(super) fn fault(address: &str) -> Option<Fault> {
    let address = address.trim().to_ascii_lowercase();
    if address == "*" {
        return Some(Fault::Anybody);
    }
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit() || b == b'*') => name,
        _ => host,
    };
    match scheme {
        "http" | "https" | "*" if is_anybodys(host) => Some(Fault::Anybody),
        "http" | "https" if is_local(host) => Some(Fault::Local),
        "http" => Some(Fault::Plain),
        "exp" | "exp+" => Some(Fault::Development),
        _ => None,
    }
}

/// `*`, `*.com`, `*.vercel.app`: a wildcard that is not held by a domain of one owner.
fn is_anybodys(host: &str) -> bool {
    let Some((_, fixed)) = host.rsplit_once('*') else {
        return false;
    };
    // A wildcard within a label, `acme-*.vercel.app`, is no better: anybody may take a name that begins so.
    let fixed = fixed
        .trim_start_matches(|c: char| c != '.')
        .trim_start_matches('.');
    !fixed.contains('.') || SHARED.contains(&fixed)
}

/// Whether a host is this machine, or one of its network.
pub(super) fn is_local(host: &str) -> bool {
    let private =
        |net: &str| host.starts_with(net) && host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    matches!(
        host,
        "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" | "10.0.2.2"
    ) || host.ends_with(".localhost")
        || ["192.168.", "10.", "127."].iter().any(|net| private(net))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_where_an_address_leads() {
        for (address, wanted) in [
            ("https://acme.shop/callback", None),
            ("https://*.acme.shop/x", None),
            ("acme://callback", None),
            ("https://preview.vercel.app/x", None),
            ("*", Some(Fault::Anybody)),
            ("https://*", Some(Fault::Anybody)),
            ("https://*/x", Some(Fault::Anybody)),
            ("https://*.com", Some(Fault::Anybody)),
            ("https://acme-*.vercel.app/x", Some(Fault::Anybody)),
            ("http://localhost:3000/x", Some(Fault::Local)),
            ("https://localhost", Some(Fault::Local)),
            ("http://192.168.1.5:8081", Some(Fault::Local)),
            ("http://[::1]:3000/", Some(Fault::Local)),
            ("http://10.example.com/", Some(Fault::Plain)),
            ("http://acme.shop", Some(Fault::Plain)),
            ("exp://192.168.1.2:8081", Some(Fault::Development)),
            ("", None),
            ("://", None),
        ] {
            assert_eq!(fault(address), wanted, "{address}");
        }
    }
}
