//! The address of a deployed site.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A deployed site: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site(Url);

impl Site {
    /// The site of a domain, over TLS.
    pub fn of_domain(domain: &str) -> Option<Self> {
        format!("https://{domain}").parse().ok()
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is served over TLS.
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// `https://acme.shop`: what a browser calls its origin.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// An address on the site: a path from its first `/`, with a query where it has one. Never another host.
    pub fn at(&self, path: &str) -> Url {
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Site {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim())
            .map_err(|_| "give an address such as https://acme.shop".to_owned())?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err("give an address that begins with https://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("give it without a user name and a password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "give the site alone, without a path, such as https://acme.shop".to_owned(),
            );
        }
        Ok(Self(url))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_site_and_nothing_else() {
        let site: Site = "https://Acme.shop/".parse().unwrap();
        assert_eq!(
            (site.host(), site.origin().as_str()),
            ("acme.shop", "https://acme.shop")
        );
        assert_eq!(site.at("//evil.example/x").host_str(), Some("acme.shop"));
        assert_eq!(site.at("/a b?c=d").as_str(), "https://acme.shop/a%20b?c=d");
        for wrong in [
            "acme.shop",
            "ftp://acme.shop",
            "https://u:p@acme.shop",
            "https://acme.shop/x",
            "https://",
        ] {
            assert!(wrong.parse::<Site>().is_err(), "{wrong}");
        }
    }
}
