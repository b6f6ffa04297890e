//! Hosts that derive from a key.

/// The domain of a production instance, from its Frontend API host: `clerk.acme.shop` is of `acme.shop`
/// (clerk/javascript `packages/shared/src/buildAccountsBaseUrl.ts` goes the same way). `None` for hosts of
/// development instances and for others that do not begin so.
pub fn domain_of(frontend_host: &str) -> Option<&str> {
    frontend_host
        .strip_prefix("clerk.")
        .filter(|domain| domain.contains('.') && !domain.ends_with("accounts.dev"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_domain_of_a_frontend_api() {
        assert_eq!(domain_of("clerk.acme.shop"), Some("acme.shop"));
        assert_eq!(domain_of("clerk.app.acme.shop"), Some("app.acme.shop"));
        assert_eq!(domain_of("happy-lion-12.clerk.accounts.dev"), None);
        assert_eq!(domain_of("clerk.shop"), None);
    }
}
