//! The proxy the environment asks for.

use url::Url;

use crate::facts::api::{ApiAnswer, ApiBase, ProxyFault, Screen};
use crate::model::Secret;

/// The proxy settings of the environment. By default there is no proxy.
#[derive(Debug, Clone, Default)]
pub struct ProxySettings {
    /// The value of `HTTPS_PROXY` or `ALL_PROXY`. May hold a password.
    address: Option<Secret>,
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
    /// Reads the variables with `lookup`: `HTTPS_PROXY` before `ALL_PROXY` (requests to another machine
    /// are always `https`), and `NO_PROXY`; each in capital letters before small ones. As in
    /// curl and reqwest, an empty variable counts as no address, and hides the one in small letters.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&str; 2]| {
            names
                .into_iter()
                .find_map(&lookup)
                .filter(|value| !value.is_empty())
        };
        Self {
            address: first(["HTTPS_PROXY", "https_proxy"])
                .or_else(|| first(["ALL_PROXY", "all_proxy"]))
                .map(Secret::new),
            except: first(["NO_PROXY", "no_proxy"]),
            system: true,
        }
    }

    /// The way to a host. This machine is never asked through a proxy: the key would leave it.
    pub(super) fn route(&self, base: &ApiBase) -> Result<Route, ApiAnswer> {
        if base.is_loopback() {
            return Ok(Route::Direct);
        }
        let Some(address) = &self.address else {
            return Ok(if self.system {
                Route::System
            } else {
                Route::Direct
            });
        };
        let unusable = || ApiAnswer::ProxyFailure {
            proxy: self.name(),
            fault: ProxyFault::Address,
        };
        let url = proxy_url(address).ok_or_else(unusable)?;
        let except = self
            .except
            .as_deref()
            .and_then(reqwest::NoProxy::from_string);
        let proxy = reqwest::Proxy::https(url).map_err(|_| unusable())?;
        Ok(Route::Through(Box::new(proxy.no_proxy(except))))
    }

    /// Host and port of the proxy: never the user name or the password.
    pub(super) fn name(&self) -> Option<String> {
        let url = proxy_url(self.address.as_ref()?)?;
        let host = Screen::default().sentence(url.host_str()?);
        Some(match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        })
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
        assert_eq!(settings(&all).name().as_deref(), Some("c:3"));
        assert_eq!(settings(&all[..2]).name().as_deref(), Some("b:2"));
        assert_eq!(settings(&all[..1]).name().as_deref(), Some("a:1"));
        assert_eq!(settings(&[("HTTP_PROXY", "d:4")]).name(), None);
        assert_eq!(
            settings(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "a:1")])
                .name()
                .as_deref(),
            Some("a:1")
        );
    }

    #[test]
    fn never_shows_the_password_of_a_proxy() {
        let proxy = settings(&[("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128")]);
        assert_eq!(proxy.name().as_deref(), Some("proxy.example:3128"));
        assert!(!format!("{proxy:?}").contains("hunter2"));
    }

    #[test]
    fn says_so_when_the_variable_holds_no_http_proxy() {
        for odd in ["socks5://proxy:1080", "http://", ":::", "ftp://proxy"] {
            let route = settings(&[("HTTPS_PROXY", odd)]).route(&ApiBase::default());
            assert!(
                matches!(
                    route,
                    Err(ApiAnswer::ProxyFailure {
                        fault: ProxyFault::Address,
                        ..
                    })
                ),
                "{odd}"
            );
        }
    }

    #[test]
    fn asks_this_machine_without_a_proxy() {
        let base = ApiBase::parse("http://localhost:3000").unwrap();
        let route = settings(&[("ALL_PROXY", "http://proxy:1")]).route(&base);
        assert!(matches!(route, Ok(Route::Direct)));
    }
}
