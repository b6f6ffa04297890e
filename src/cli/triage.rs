//! What was typed about an incident, and about a key rotation.

use std::path::PathBuf;

use clap::Args;

use super::{ColorName, FormatName, LiveArgs, help, revisions, url_path};
use crate::model::Since;

/// The time from one look to the next.
fn seconds_between_looks(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(seconds @ 10..=86_400) => Ok(seconds),
        Ok(0..10) => Err(
            "a look takes up to 5 s and asks your site and Clerk some 30 questions: give at least 10 seconds"
                .to_owned(),
        ),
        _ => Err("give the seconds from one look to the next, 10 to 86400".to_owned()),
    }
}

/// An incident.
#[derive(Debug, Args)]
#[command(after_long_help = help::TRIAGE)]
pub struct TriageArgs {
    /// Where the keys are looked for; need not be a project
    #[arg(default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,

    /// A path of the site that nobody may see without a session (repeatable; five are asked for)
    #[arg(long, value_name = "PATH", value_parser = url_path, help_heading = "The incident")]
    pub protected: Vec<String>,
    /// Since when something is wrong: 45m, 22:10 (UTC), 2026-11-21T22:10Z
    #[arg(long, value_name = "TIME", help_heading = "The incident")]
    pub since: Option<Since>,
    /// A secret key is in the wrong hands, or may be
    #[arg(long, help_heading = "The incident")]
    pub compromised: bool,
    /// How many users the app's own database has, to see whether webhooks were missed
    #[arg(long, value_name = "N", help_heading = "The incident")]
    pub db_count: Option<u64>,
    /// Look again every so many seconds, at least 10, and say what changes, until Ctrl-C
    #[arg(long, value_name = "SECS", value_parser = seconds_between_looks, help_heading = "The incident")]
    pub watch: Option<u64>,
    /// Look no more than so many times
    #[arg(long, value_name = "N", requires = "watch", value_parser = clap::value_parser!(u64).range(1..), help_heading = "The incident")]
    pub times: Option<u64>,

    /// Judge exactly the values of this file, `-` for standard input (repeatable, later files win)
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<String>,

    /// The running things.
    #[command(flatten)]
    pub live: LiveArgs,

    /// What is printed
    #[arg(long, value_enum, default_value_t = FormatName::Human, help_heading = "Output")]
    pub format: FormatName,
    /// Write a post-incident report in Markdown, to be completed by people
    ///
    /// A file that is not such a report, or that somebody has edited since, is not overwritten.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub report: Option<PathBuf>,
    /// Overwrite the file of --report whatever it is
    #[arg(long, requires = "report", help_heading = "Output")]
    pub force: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: ColorName,
}

/// A key rotation.
#[derive(Debug, Args)]
#[command(after_long_help = help::ROTATE)]
pub struct RotateArgs {
    /// The project whose keys were rotated
    #[arg(default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,

    /// The file with the old secret key, `-` for standard input
    #[arg(long, value_name = "FILE", help_heading = "The keys")]
    pub old_from: Option<String>,
    /// The file with the new secret key, `-` for standard input
    #[arg(long, value_name = "FILE", help_heading = "The keys")]
    pub new_from: Option<String>,
    /// Search the history of the repository too: all of it, or a range such as v1..HEAD
    #[arg(long, value_name = "RANGE", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = revisions, help_heading = "The keys")]
    pub history: Option<String>,

    /// Judge exactly the values of this file, `-` for standard input (repeatable, later files win)
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<String>,

    /// The running things.
    #[command(flatten)]
    pub live: LiveArgs,

    /// What is printed
    #[arg(long, value_enum, default_value_t = FormatName::Human, help_heading = "Output")]
    pub format: FormatName,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: ColorName,
}
