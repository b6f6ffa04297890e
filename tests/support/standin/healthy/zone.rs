//! The records of a healthy domain and of Clerk's own hosts.

use crate::support::standin::scenario::Scenario;

/// The token of the instance in the names of its mail records.
pub const TOKEN: &str = "k3x9v2q7m1zd";

/// Every record: name, type, data. `$` is the domain, `%` the mail token.
const ZONE: &[(&str, &str, &str)] = &[
    ("$", "A", "198.51.100.10"),
    ("$", "AAAA", "2001:db8::10"),
    ("$", "NS", "ns1.$"),
    (
        "$",
        "SOA",
        "ns1.$ hostmaster.$ 2026112101 7200 900 1209600 60",
    ),
    ("$", "MX", "10 mx.$"),
    ("$", "TXT", "v=spf1 include:_spf.$ -all"),
    ("www.$", "A", "198.51.100.10"),
    ("www.$", "AAAA", "2001:db8::10"),
    ("clerk.$", "CNAME", "frontend-api.clerk.services"),
    ("accounts.$", "CNAME", "accounts.clerk.services"),
    ("clk._domainkey.$", "CNAME", "dkim1.%.clerk.services"),
    ("clk2._domainkey.$", "CNAME", "dkim2.%.clerk.services"),
    ("clkmail.$", "CNAME", "mail.%.clerk.services"),
    ("clkmail2.$", "CNAME", "clkmail2.%.clerk.services"),
    (
        "pdk1._domainkey.clkmail2.$",
        "CNAME",
        "dkim3.%.clerk.services",
    ),
    (
        "pdk2._domainkey.clkmail2.$",
        "CNAME",
        "dkim4.%.clerk.services",
    ),
    ("track.clkmail2.$", "CNAME", "track.clkmail2.clerk.services"),
    (
        "_dmarc.$",
        "TXT",
        "v=DMARC1; p=reject; rua=mailto:dmarc@$; adkim=s; aspf=s",
    ),
    ("frontend-api.clerk.services", "A", "192.0.2.20"),
    ("frontend-api.clerk.services", "AAAA", "2001:db8::20"),
    ("accounts.clerk.services", "A", "192.0.2.21"),
    ("accounts.clerk.services", "AAAA", "2001:db8::21"),
    ("dkim1.%.clerk.services", "TXT", "v=DKIM1; k=rsa; p=AAAA"),
    ("dkim2.%.clerk.services", "TXT", "v=DKIM1; k=rsa; p=AAAA"),
    ("dkim3.%.clerk.services", "TXT", "v=DKIM1; k=rsa; p=AAAA"),
    ("dkim4.%.clerk.services", "TXT", "v=DKIM1; k=rsa; p=AAAA"),
    ("mail.%.clerk.services", "A", "192.0.2.22"),
    ("mail.%.clerk.services", "MX", "10 mx.clerk.services"),
    ("clkmail2.%.clerk.services", "A", "192.0.2.23"),
    ("track.clkmail2.clerk.services", "A", "192.0.2.24"),
    ("status.clerk.com", "A", "192.0.2.30"),
    ("api.clerk.com", "A", "192.0.2.31"),
    ("api.clerk.dev", "A", "192.0.2.31"),
    ("example.com", "A", "203.0.113.1"),
    ("www.iana.org", "A", "203.0.113.2"),
    ("one.one.one.one", "A", "203.0.113.3"),
];

fn filled(text: &str, scenario: &Scenario) -> String {
    text.replace('$', &scenario.domain).replace('%', TOKEN)
}

/// The records of a name and type.
pub fn records(scenario: &Scenario, name: &str, kind: &str) -> Vec<String> {
    // Development hosts are made on demand, as Clerk's own wildcard does.
    if name.ends_with(".accounts.dev") {
        return match kind {
            "A" => vec!["192.0.2.20".to_owned()],
            _ => Vec::new(),
        };
    }
    let all = ZONE.iter();
    let fitting = all.filter(|(n, k, _)| *k == kind && filled(n, scenario) == name);
    fitting.map(|(_, _, data)| filled(data, scenario)).collect()
}

/// Whether there is a record of any type at a name or below it.
pub fn exists(scenario: &Scenario, name: &str) -> bool {
    name.ends_with(".accounts.dev")
        || ZONE.iter().any(|(n, _, _)| {
            let owner = filled(n, scenario);
            owner == name || owner.ends_with(&format!(".{name}"))
        })
}

/// The records that the instance wants: host, value, and whether it is required.
pub fn targets(scenario: &Scenario) -> Vec<(String, String, bool)> {
    let domain = &scenario.domain;
    let own = ZONE
        .iter()
        .filter(|(name, kind, _)| *kind == "CNAME" && name.ends_with(".$"));
    own.map(|(name, _, value)| {
        let optional = name.contains("clkmail2");
        let value = filled(value, scenario);
        (name.replace('$', domain), value, !optional)
    })
    .collect()
}
