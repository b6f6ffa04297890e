//! The handshake: the redirect by which Clerk's SDK has a browser recognised. It is read, never followed: it
//! names the Frontend API that the server uses, and tells how the server sees its own address.

use url::{Host, Url};

use crate::facts::api::Screen;
use crate::model::Site;

/// Where every handshake ends (clerk/javascript `packages/backend/src/tokens/handshake.ts`).
const ENDPOINT: &str = "/v1/client/handshake";

/// A handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The host of the Frontend API.
    pub host: String,
    /// Whether it goes through a proxy: something stands before the path that the Frontend API itself has.
    pub proxied: bool,
    /// Why, in the SDK's word, fit to show.
    pub reason: Option<String>,
    /// Where the browser is to come back to: the address that the server takes for its own.
    pub back: Option<Url>,
}

/// The handshake, if a redirect is one.
pub fn of(location: &Url) -> Option<Handshake> {
    let before = location.path().strip_suffix(ENDPOINT)?;
    let parameter = |name: &str| {
        let mut pairs = location.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    };
    let host = Screen::default().token(location.host_str()?)?;
    Some(Handshake {
        host: host.to_ascii_lowercase(),
        proxied: !before.is_empty(),
        reason: parameter("__clerk_hs_reason").and_then(|word| Screen::default().token(&word)),
        back: parameter("redirect_url").and_then(|text| Url::parse(&text).ok()),
    })
}

/// How a server is wrong about its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misled {
    /// It takes itself for one that is not served over TLS.
    Plain,
    /// It takes itself for another host, fit to show.
    Host(String),
    /// It takes itself for another port.
    Port(Option<u16>),
}

/// Whether the address to come back to is not one of the site. What stands before the server, a proxy or a
/// load balancer, then does not tell it the address that the visitor typed.
pub fn misled(site: &Site, back: &Url) -> Option<Misled> {
    let own = site.url();
    let is_loopback = match back.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    // On this machine the names of the host are one, and the scheme is no fault.
    let same_machine = site.is_loopback() && is_loopback;
    if back.host_str() != own.host_str() && !same_machine {
        let host = Screen::default().token(back.host_str().unwrap_or_default());
        return Some(Misled::Host(
            host.unwrap_or_else(|| "another host".to_owned()),
        ));
    }
    if site.is_tls() && back.scheme() != "https" {
        return Some(Misled::Plain);
    }
    (back.port_or_known_default() != own.port_or_known_default() && !same_machine)
        .then(|| Misled::Port(back.port_or_known_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(back: &str) -> Option<Handshake> {
        let mut url = Url::parse("https://clerk.acme.shop/v1/client/handshake").unwrap();
        url.query_pairs_mut()
            .append_pair("redirect_url", back)
            .append_pair("__clerk_hs_reason", "client-uat-but-no-session-token");
        of(&url)
    }

    #[test]
    fn reads_whom_the_server_asks_and_where_it_wants_the_browser_back() {
        let read = handshake("https://acme.shop/a?b=c").unwrap();
        assert_eq!(read.host, "clerk.acme.shop");
        assert!(!read.proxied);
        assert_eq!(
            read.reason.as_deref(),
            Some("client-uat-but-no-session-token")
        );
        assert_eq!(read.back.unwrap().as_str(), "https://acme.shop/a?b=c");
        let proxy = Url::parse("https://acme.shop/__clerk/v1/client/handshake?x").unwrap();
        assert!(of(&proxy).unwrap().proxied);
        let other = Url::parse("https://acme.shop/sign-in").unwrap();
        assert_eq!(of(&other), None);
    }

    #[test]
    fn a_server_that_does_not_know_its_own_address_is_misled() {
        let site: Site = "https://acme.shop".parse().unwrap();
        for (back, expected) in [
            ("https://acme.shop/", None),
            ("https://acme.shop:443/x", None),
            ("http://acme.shop/", Some(Misled::Plain)),
            ("https://acme.shop:3000/", Some(Misled::Port(Some(3000)))),
            (
                "http://10.0.0.7:3000/",
                Some(Misled::Host("10.0.0.7".to_owned())),
            ),
            (
                "https://www.acme.shop/",
                Some(Misled::Host("www.acme.shop".to_owned())),
            ),
        ] {
            assert_eq!(
                misled(&site, &Url::parse(back).unwrap()),
                expected,
                "{back}"
            );
        }
        let here: Site = "http://127.0.0.1:3000".parse().unwrap();
        let back = Url::parse("http://localhost:3000/").unwrap();
        assert_eq!(misled(&here, &back), None);
    }
}
