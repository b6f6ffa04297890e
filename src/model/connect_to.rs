//! Where connections really go, for tests and for sites that are not in the DNS yet.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// `HOST1:PORT1:ADDRESS:PORT2`, as in curl: a connection to the first goes to the second. An empty first
/// host or port is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    host: Option<String>,
    port: Option<u16>,
    to: SocketAddr,
}

impl ConnectTo {
    /// Where a connection to this host and port goes, if this one says so.
    pub fn leads(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let host_fits = self
            .host
            .as_deref()
            .is_none_or(|mine| mine.eq_ignore_ascii_case(host));
        (host_fits && self.port.is_none_or(|mine| mine == port)).then_some(self.to)
    }

    /// Where it leads.
    pub fn to(&self) -> SocketAddr {
        self.to
    }
}

impl FromStr for ConnectTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "give HOST:PORT:ADDRESS:PORT, such as acme.shop:443:127.0.0.1:8443; an empty host or port is any"
                .to_owned()
        };
        let mut parts = text.splitn(3, ':');
        let (Some(host), Some(port), Some(to)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let (address, to_port) = to.rsplit_once(':').ok_or_else(wrong)?;
        let address: IpAddr = address
            .trim_matches(['[', ']'])
            .parse()
            .map_err(|_| wrong())?;
        let port = match port {
            "" => None,
            port => Some(port.parse().map_err(|_| wrong())?),
        };
        Ok(Self {
            host: Some(host.to_owned()).filter(|host| !host.is_empty()),
            port,
            to: SocketAddr::new(address, to_port.parse().map_err(|_| wrong())?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_the_named_connections_and_no_others() {
        let one: ConnectTo = "acme.shop:443:127.0.0.1:8443".parse().unwrap();
        assert_eq!(
            one.leads("ACME.shop", 443),
            Some(([127, 0, 0, 1], 8443).into())
        );
        assert_eq!(one.leads("acme.shop", 80), None);
        assert_eq!(one.leads("www.acme.shop", 443), None);
        let any: ConnectTo = "::[::1]:1".parse().unwrap();
        assert!(any.leads("api.clerk.com", 443).is_some());
        for wrong in [
            "",
            "a:1",
            "a:b:127.0.0.1:1",
            "a:1:localhost:1",
            "a:1:127.0.0.1",
        ] {
            assert!(wrong.parse::<ConnectTo>().is_err(), "{wrong}");
        }
    }
}
