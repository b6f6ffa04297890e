//! Addresses in variables.

/// An address in parts.
pub(super) struct Address<'a> {
    /// What stands before `://`.
    pub(super) scheme: &'a str,
    /// The host, without user and port.
    pub(super) host: &'a str,
}

/// An address, if a text is one.
pub(super) fn address(text: &str) -> Option<Address<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let plain = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = if host.starts_with('[') {
        host.split_inclusive(']').next()?
    } else {
        host.split(':').next()?
    };
    (plain && !host.is_empty()).then_some(Address { scheme, host })
}

/// Whether a host is the machine itself.
pub(super) fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || matches!(host, "[::1]" | "0.0.0.0")
}

/// Whether a host is one of a private network or a cluster, where plain http is usual.
pub(super) fn is_inside(host: &str) -> bool {
    let ends = [
        ".internal",
        ".local",
        ".lan",
        ".svc",
        ".cluster",
        ".home",
        ".docker",
        ".flycast",
        ".private",
        ".test",
    ];
    let second = |start: &str| {
        let rest = host
            .strip_prefix(start)
            .and_then(|rest| rest.split('.').next());
        rest.and_then(|number| number.parse::<u8>().ok())
    };
    let private = host.starts_with("10.")
        || host.starts_with("192.168.")
        || host.starts_with("169.254.")
        || second("172.").is_some_and(|number| (16..32).contains(&number))
        || second("100.").is_some_and(|number| (64..128).contains(&number));
    is_local(host)
        || !host.contains('.')
        || private
        || host.starts_with('[')
        || host.contains('$')
        || ends.iter().any(|end| host.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_inside_or_outside() {
        for (text, local, inside) in [
            ("http://api:3000", false, true),
            ("http://user:pw@localhost:5432/db", true, true),
            ("http://172.20.0.3", false, true),
            ("http://172.200.0.3", false, false),
            ("http://api.acme.shop/v1", false, false),
            ("http://web.internal", false, true),
            ("http://[::1]:3000", true, true),
        ] {
            let found = address(text).map(|found| (is_local(found.host), is_inside(found.host)));
            assert_eq!(found, Some((local, inside)), "{text}");
        }
        assert!(
            address("/api").is_none() && address("://x").is_none() && address("a b://x").is_none()
        );
    }
}
