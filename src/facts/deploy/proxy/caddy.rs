//! Caddyfiles. `reverse_proxy` passes `X-Forwarded-Host` and `X-Forwarded-Proto` on by itself; only what
//! takes them away again matters (https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#headers).

use super::Proxy;
use crate::facts::document::At;
use crate::facts::manifest::small;

/// The places that pass requests on; those that take headers away name them.
pub(in super::super) fn read(path: &str, text: &str) -> Vec<Proxy> {
    let mut found: Vec<Proxy> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let at = At {
            line: small(number + 1),
            column: small(line.chars().take_while(|c| c.is_whitespace()).count() + 1),
        };
        match words.next() {
            Some("reverse_proxy") => found.push(Proxy {
                file: path.to_owned(),
                at,
                missing: Vec::new(),
                shadowed: None,
            }),
            Some("header_up") => {
                let name = words.next().unwrap_or_default().to_ascii_lowercase();
                if let (Some(removed), Some(proxy)) = (name.strip_prefix('-'), found.last_mut()) {
                    let all = removed == "x-forwarded-*";
                    for header in ["X-Forwarded-Host", "X-Forwarded-Proto"] {
                        if all || removed.eq_ignore_ascii_case(header) {
                            proxy.missing.push(header);
                            proxy.at = at;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}
