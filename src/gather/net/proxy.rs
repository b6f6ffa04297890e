//! The proxy the environment asks for.

use url::{Host, Url};

use crate::facts::api::Screen;
use crate::facts::http::{Fault, ProxyFault};
use crate::model::Secret;

/// The proxy settings of the environment. By default there is no proxy.
#[derive(Debug, Clone, Default)]
pub struct ProxySettings {
    /// The value of `HTTPS_PROXY` or `ALL_PROXY`. May hold a password.
    secure: Option<Secret>,
    /// The value of `HTTP_PROXY` or `ALL_PROXY`, for the few questions to `http://`.
    plain: Option<Secret>,
    /// The value of `NO_PROXY`.
    except: Option<String>,
    /// Whether the operating system's own settings count where no variable is set.
    system: bool,
}

/// How a request leaves this machine.
pub(super) enum Route {
    /// Straight to the host.
    Direct,
    /// As the operating system is set up (macOS and Windows have such settings).
    System,
    /// Through this proxy, except to some hosts.
    Through(Box<reqwest::Proxy>),
}

impl ProxySettings {
    /// Reads the variables with `lookup`: `HTTPS_PROXY` or `HTTP_PROXY` before `ALL_PROXY`, and `NO_PROXY`;
    /// each in capital letters before small ones. As in curl and reqwest, an empty variable counts as no
    /// address, and hides the one in small letters.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&str; 2]| {
            names
                .into_iter()
                .find_map(&lookup)
                .filter(|value| !value.is_empty())
        };
        let address = |names| {
            first(names)
                .or_else(|| first(["ALL_PROXY", "all_proxy"]))
                .map(Secret::new)
        };
        Self {
            secure: address(["HTTPS_PROXY", "https_proxy"]),
            plain: address(["HTTP_PROXY", "http_proxy"]),
            except: first(["NO_PROXY", "no_proxy"]),
            system: true,
        }
    }

    /// The way to another machine. This one is never asked through a proxy: the key would leave it.
    pub(super) fn route(&self, tls: bool) -> Result<Route, Fault> {
        let Some(address) = self.address(tls) else {
            return Ok(if self.system {
                Route::System
            } else {
                Route::Direct
            });
        };
        let unusable = || Fault::ProxyFailure {
            proxy: self.name(tls),
            fault: ProxyFault::Address,
        };
        let url = proxy_url(address).ok_or_else(unusable)?;
        let except = self
            .except
            .as_deref()
            .and_then(reqwest::NoProxy::from_string);
        let proxy = if tls {
            reqwest::Proxy::https(url)
        } else {
            reqwest::Proxy::http(url)
        };
        let proxy = proxy.map_err(|_| unusable())?;
        Ok(Route::Through(Box::new(proxy.no_proxy(except))))
    }

    /// Host and port of the proxy: never the user name or the password.
    pub(super) fn name(&self, tls: bool) -> Option<String> {
        let url = proxy_url(self.address(tls)?)?;
        let host = Screen::default().sentence(url.host_str()?);
        Some(match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        })
    }

    fn address(&self, tls: bool) -> Option<&Secret> {
        let address = if tls { &self.secure } else { &self.plain };
        address.as_ref()
    }
}

/// Whether an address is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The address of an HTTP proxy; without a scheme, `http` is meant. Other kinds of proxy (SOCKS) are not
/// spoken.
fn proxy_url(address: &Secret) -> Option<Url> {
    let address = address.expose().trim();
    let url = if address.contains("://") {
        Url::parse(address).ok()?
    } else {
        Url::parse(&format!("http://{address}")).ok()?
    };
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> ProxySettings {
        ProxySettings::from_env(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn takes_the_most_special_variable_and_capital_letters_first() {
        let all = [
            ("ALL_PROXY", "a:1"),
            ("https_proxy", "b:2"),
            ("HTTPS_PROXY", "c:3"),
        ];
        assert_eq!(settings(&all).name(true).as_deref(), Some("c:3"));
        assert_eq!(settings(&all[..2]).name(true).as_deref(), Some("b:2"));
        assert_eq!(settings(&all[..1]).name(true).as_deref(), Some("a:1"));
        assert_eq!(settings(&[("HTTP_PROXY", "d:4")]).name(true), None);
        assert_eq!(
            settings(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "a:1")])
                .name(true)
                .as_deref(),
            Some("a:1")
        );
    }

    #[test]
    fn never_shows_the_password_of_a_proxy() {
        let proxy = settings(&[("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128")]);
        assert_eq!(proxy.name(true).as_deref(), Some("proxy.example:3128"));
        assert!(!format!("{proxy:?}").contains("hunter2"));
    }

    #[test]
    fn says_so_when_the_variable_holds_no_http_proxy() {
        for odd in ["socks5://proxy:1080", "http://", ":::", "ftp://proxy"] {
            let route = settings(&[("HTTPS_PROXY", odd)]).route(true);
            assert!(
                matches!(
                    route,
                    Err(Fault::ProxyFailure {
                        fault: ProxyFault::Address,
                        ..
                    })
                ),
                "{odd}"
            );
        }
    }

    #[test]
    fn knows_this_machine_by_its_names() {
        let local = |url: &str| is_loopback(&Url::parse(url).unwrap());
        assert!(
            local("http://localhost:3000") && local("http://127.0.0.9") && local("https://[::1]/")
        );
        assert!(!local("https://localhost.example") && !local("http://10.0.0.1"));
    }
}
