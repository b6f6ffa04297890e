//! What was typed about the running things.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::model::ConnectTo;

/// What is asked over the network, and how. Addresses are read later: an error of the command line would
/// repeat them, with the password that one may hold.
#[derive(Debug, Clone, Args)]
pub struct LiveArgs {
    /// Send nothing over the network
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, help_heading = "Network")]
    pub offline: Option<bool>,
    /// Seconds that all requests together may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300), hide_short_help = true, help_heading = "Network")]
    pub timeout: Option<u64>,
    /// Trust the certificate authorities of this PEM file too
    #[arg(
        long,
        value_name = "FILE",
        hide_short_help = true,
        help_heading = "Network"
    )]
    pub ca_file: Option<PathBuf>,

    /// Ask the deployed site too, such as https://acme.shop; `auto`: the domain of the publishable key
    ///
    /// Asked as a signed-out visitor, by GET, HEAD and OPTIONS only: its front page, the protected routes
    /// of the route map, headers, scripts, and files that should not be there.
    #[arg(long, value_name = "URL", help_heading = "The deployed site")]
    pub url: Option<String>,
    /// Ask for at most so many protected routes [default: 200]
    #[arg(
        long,
        value_name = "N",
        hide_short_help = true,
        help_heading = "The deployed site"
    )]
    pub sample: Option<usize>,
    /// Ask for routes no faster than so many requests a second [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000), hide_short_help = true, help_heading = "The deployed site")]
    pub rate: Option<u32>,
    /// Post events that nobody sent to this webhook endpoint: an address, or a path on the site of --url
    ///
    /// Unsigned, forged and wrongly signed ones: an endpoint that verifies refuses them all. They are of
    /// the type `clerk_audit.ping`, which no handler acts on.
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        help_heading = "The deployed site"
    )]
    pub webhook_url: Option<String>,
    /// Post harmless events signed with the webhook secret too: stale, altered, repeated and good ones
    #[arg(
        long,
        requires = "webhook_url",
        hide_short_help = true,
        help_heading = "The deployed site"
    )]
    pub send_signed_test: bool,

    /// Ask this Backend API: one of Clerk's, or a stand-in on this machine
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        help_heading = "Test seams"
    )]
    pub bapi_url: Option<String>,
    /// Ask this address instead of the Frontend API of the publishable key
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        help_heading = "Test seams"
    )]
    pub fapi_url: Option<String>,
    /// Ask this address instead of status.clerk.com
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        help_heading = "Test seams"
    )]
    pub status_url: Option<String>,
    /// Ask this DNS resolver instead of those of this machine (repeatable: the second checks the first)
    #[arg(long, value_name = "IP:PORT", value_parser = resolver, hide_short_help = true, help_heading = "Test seams")]
    pub resolver: Vec<SocketAddr>,
    /// Connect to ADDRESS:PORT2 instead of HOST:PORT1, as curl does; an empty host or port is any
    #[arg(
        long,
        value_name = "HOST:PORT1:ADDRESS:PORT2",
        hide_short_help = true,
        help_heading = "Test seams"
    )]
    pub connect_to: Vec<ConnectTo>,
}

impl LiveArgs {
    /// Whether nothing may be sent.
    pub fn is_offline(&self) -> bool {
        self.offline == Some(true)
    }
}

fn resolver(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "give IP:PORT, such as 1.1.1.1:53".to_owned())
}
