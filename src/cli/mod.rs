//! What was typed. No decisions are made here.

mod help;
mod init;
mod live;
mod pages;
mod triage;
mod usage;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use crate::model::Date;
use crate::report;
pub use init::{InitArgs, SchemaName};
pub use live::LiveArgs;
pub use pages::{CompletionsArgs, ManArgs, ShellName};
pub use triage::{RotateArgs, TriageArgs};

/// What `--version` says: how old the knowledge is as well. `tests/advisories.rs` holds the two dates together.
const LONG_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nadvisories as of 2026-11-21");

/// Is the Clerk authentication of this project ready for production?
#[derive(Debug, Parser)]
#[command(name = "clerk-audit", version, long_version = LONG_VERSION, about, after_help = help::AUDIT_SHORT, after_long_help = help::AUDIT, max_term_width = 100)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true
)]
pub struct Cli {
    /// What to do instead of an audit.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The audit.
    #[command(flatten)]
    pub audit: Audit,
}

/// What to do instead of an audit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List every check
    Checks {
        /// How to print the list
        #[arg(long, value_enum, default_value_t = FormatName::Human)]
        format: FormatName,
    },
    /// Say what a check looks at, why it matters and how to fix it
    Explain {
        /// The id of a check, such as env/secret-key-missing, or of a statement, such as uptime-monitor
        id: String,
    },
    /// Say what no program can see, or list what is still open
    Attest(AttestArgs),
    /// Show every route with what a signed-out visitor meets there
    Routes(RoutesArgs),
    /// Say what an incident is, how grave it is, and what to do
    Triage(Box<TriageArgs>),
    /// Check that a rotation of the secret key is complete
    RotateCheck(Box<RotateArgs>),
    /// Write a commented clerk-audit.toml from what is found
    Init(InitArgs),
    /// Print the JSON Schema of clerk-audit.toml, or of a report
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t = SchemaName::Config)]
        of: SchemaName,
    },
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

/// What a person says.
#[derive(Debug, Args)]
#[command(after_long_help = help::ATTEST)]
pub struct AttestArgs {
    /// The statement; without it, all are listed with what was said of them
    pub id: Option<String>,
    /// The project whose clerk-audit.toml is read or written
    #[arg(
        long,
        value_name = "PATH",
        default_value = ".",
        hide_default_value = true
    )]
    pub dir: PathBuf,
    /// Who says so
    #[arg(long, value_name = "NAME", requires = "id")]
    pub by: Option<String>,
    /// The last day on which it counts, such as 2027-05-31
    #[arg(long, value_name = "DATE", requires = "id")]
    pub until: Option<Date>,
    /// What else there is to say; never a secret
    #[arg(long, value_name = "TEXT", requires = "id")]
    pub note: Option<String>,
    /// The statement does not concern this project; --note says why
    #[arg(long, requires = "note", conflicts_with = "until")]
    pub not_applicable: bool,
    /// The config.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = FormatName::Human, conflicts_with = "id")]
    pub format: FormatName,
}

/// The route map.
#[derive(Debug, Args)]
#[command(after_long_help = help::ROUTES, group = ArgGroup::new("narrowing").args(["only", "method", "path", "url"]).multiple(true))]
pub struct RoutesArgs {
    /// The project: one app or a whole monorepo
    #[arg(default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,

    /// Map only this app of a monorepo, by its folder (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "What is shown")]
    pub app: Vec<String>,
    /// Show only the routes that end so (repeatable, or with commas)
    #[arg(
        long,
        value_enum,
        value_name = "VERDICT",
        value_delimiter = ',',
        help_heading = "What is shown"
    )]
    pub only: Vec<StandingName>,
    /// Show only these HTTP methods (repeatable, or with commas)
    #[arg(
        long,
        value_name = "METHOD",
        value_delimiter = ',',
        help_heading = "What is shown"
    )]
    pub method: Vec<String>,
    /// Show only the routes whose pattern matches: `*` within a segment, `**` across (repeatable)
    ///
    /// The pattern is matched as a whole, the brackets of `/posts/[id]` as they stand. `/api/**` is
    /// `/api` with all that is below it.
    #[arg(long, value_name = "GLOB", help_heading = "What is shown")]
    pub path: Vec<String>,
    /// Ask for this one URL path, such as /api/orders/7
    #[arg(long, value_name = "PATH", value_parser = url_path, help_heading = "What is shown")]
    pub url: Option<String>,
    /// Tell step by step how the verdict of each route shown came about; say which with --url or a filter
    #[arg(long, requires = "narrowing", help_heading = "What is shown")]
    pub why: bool,

    /// The config.
    #[command(flatten)]
    pub config: ConfigArgs,

    /// What is printed
    #[arg(long, value_enum, default_value_t = RoutesFormat::Human, help_heading = "Output")]
    pub format: RoutesFormat,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: ColorName,
}

/// A path as a browser sends it: a host, a query or a fragment would not take part in routing.
fn url_path(text: &str) -> Result<String, String> {
    if text.starts_with('/') && !text.starts_with("//") && !text.contains(['?', '#']) {
        return Ok(text.to_owned());
    }
    Err("give the path alone, from its first `/`, without host, `?` or `#`".to_owned())
}

/// Revisions as git takes them; never an option of git.
fn revisions(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/~^@{}".contains(c);
    if text.starts_with('-') || text.len() > 200 || !text.chars().all(plain) {
        return Err("give one revision or one range, such as main or v1..HEAD".to_owned());
    }
    Ok(text.to_owned())
}

/// Which `clerk-audit.toml` counts.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigArgs {
    /// Read this file instead of any clerk-audit.toml
    #[arg(
        long,
        value_name = "FILE",
        hide_short_help = true,
        help_heading = "Config"
    )]
    pub config: Option<PathBuf>,
    /// Read no clerk-audit.toml
    #[arg(
        long,
        conflicts_with = "config",
        hide_short_help = true,
        help_heading = "Config"
    )]
    pub no_config: bool,
}

/// What says how to look: of no use to who tells what was seen.
const NOT_TOLD: [&str; 24] = [
    "record",
    "watch",
    "fix",
    "target",
    "config",
    "no_config",
    "app",
    "history",
    "env_file",
    "env",
    "no_env",
    "offline",
    "timeout",
    "ca_file",
    "url",
    "sample",
    "rate",
    "webhook_url",
    "send_signed_test",
    "bapi_url",
    "fapi_url",
    "status_url",
    "resolver",
    "connect_to",
];

/// The audit itself.
#[derive(Debug, Clone, Args)]
pub struct Audit {
    /// The project to audit: one app or a whole monorepo
    #[arg(
        default_value = ".",
        hide_default_value = true,
        conflicts_with = "replay"
    )]
    pub dir: PathBuf,

    /// What the project is judged for [default: production]
    #[arg(long, value_enum, help_heading = "What is judged")]
    pub target: Option<TargetName>,
    /// Audit only this app of a monorepo (repeatable)
    ///
    /// An app is named by its folder, such as apps/web.
    #[arg(long, value_name = "PATH", help_heading = "What is judged")]
    pub app: Vec<String>,
    /// Run only these checks (repeatable, or with commas)
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        help_heading = "What is judged"
    )]
    pub only: Vec<String>,
    /// Leave these checks out (repeatable, or with commas)
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        help_heading = "What is judged"
    )]
    pub skip: Vec<String>,
    /// Run only the checks of these groups (repeatable, or with commas)
    #[arg(
        long,
        value_name = "GROUP",
        value_delimiter = ',',
        hide_short_help = true,
        help_heading = "What is judged"
    )]
    pub group: Vec<String>,

    /// Search the history of the repository for secrets too: all of it, or a range such as v1..HEAD
    ///
    /// It reads every version of every file, which takes a minute or so for each gigabyte.
    #[arg(long, value_name = "RANGE", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = revisions, hide_short_help = true, help_heading = "What is judged")]
    pub history: Option<String>,

    /// Judge exactly the values of this file, `-` for standard input (repeatable, later files win)
    ///
    /// The framework's own env files and the process environment are then left out, unless --env says otherwise.
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<String>,
    /// Where values are looked for [default: both; files with --env-file]
    #[arg(
        long,
        value_enum,
        value_name = "WHERE",
        hide_short_help = true,
        help_heading = "Environment"
    )]
    pub env: Option<EnvSource>,
    /// Do not judge the environment: audit the code alone
    #[arg(long, conflicts_with_all = ["env_file", "env"], hide_short_help = true, help_heading = "Environment")]
    pub no_env: bool,

    /// The running things.
    #[command(flatten)]
    pub live: LiveArgs,

    /// The config.
    #[command(flatten)]
    pub config: ConfigArgs,

    /// From which severity on a finding fails the audit [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Verdict")]
    pub fail_on: Option<FailOn>,
    /// Warnings and open statements fail it too
    ///
    /// A statement is open until somebody attests it: see `clerk-audit attest`.
    /// A check that was skipped for want of a fact makes the audit incomplete.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, help_heading = "Verdict")]
    pub strict: Option<bool>,
    /// What this former JSON report has does not fail again
    #[arg(long, value_name = "FILE", help_heading = "Verdict")]
    pub baseline: Option<PathBuf>,
    /// Write the baseline: everything that is found now is known from now on
    #[arg(
        long,
        requires = "baseline",
        hide_short_help = true,
        help_heading = "Verdict"
    )]
    pub baseline_write: bool,

    /// Mend what is beyond doubt and audit again; `review` prints a diff of the rest
    ///
    /// Lines of .gitignore, names in example env files and entries of public lists are mended in place,
    /// in files that git has as they are. The diff is printed in place of the report, for `git apply`.
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "safe", help_heading = "Fixes")]
    pub fix: Option<FixName>,
    /// Mend files too that have changes which git does not have
    #[arg(long, requires = "fix", hide_short_help = true, help_heading = "Fixes")]
    pub force: bool,

    /// What is printed [default: human]
    #[arg(long, value_parser = formats(), help_heading = "Output")]
    pub format: Option<String>,
    /// Write a report into a file too: json=report.json
    ///
    /// Repeatable. The file `-` is standard output, which then takes no --format.
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN", hide_short_help = true, help_heading = "Output")]
    pub color: ColorName,
    /// Keep what the checks say, without a secret, to tell it on another machine with --replay
    ///
    /// Ignores, the baseline, thresholds and formats are applied when it is told.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "watch",
        hide_short_help = true,
        help_heading = "Another machine"
    )]
    pub record: Option<PathBuf>,
    /// Tell a recording instead of auditing a directory: the same report, byte for byte
    #[arg(long, value_name = "FILE", conflicts_with_all = NOT_TOLD, hide_short_help = true, help_heading = "Another machine")]
    pub replay: Option<PathBuf>,
    /// Audit again whenever a file changes, until Ctrl-C
    ///
    /// What git ignores does not count, but env files do. Over the network is asked once, and again when an
    /// env file or clerk-audit.toml changed.
    #[arg(long, conflicts_with_all = ["history", "baseline_write", "fix"], hide_short_help = true, help_heading = "Output")]
    pub watch: bool,
    /// Show every check, also those that pass
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
    /// Print the last line only
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// What the project is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetName {
    /// Real users: live keys
    Production,
    /// A preview deployment: live or test keys
    Preview,
    /// A developer's machine: test keys
    Development,
}

/// Where values are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnvSource {
    /// The environment of this process
    Process,
    /// Env files
    Files,
    /// The process first, then files, as the framework does
    Both,
}

/// What is done about findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FixName {
    /// Change what can be changed without a doubt
    Safe,
    /// Show everything else as a diff
    Review,
}

/// From which severity on a finding fails the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Nothing: report only
    Never,
}

/// The formats of a report, each with what it is.
fn formats() -> PossibleValuesParser {
    let known = |format: &&report::Format| PossibleValue::new(format.name).help(format.about);
    report::ALL.iter().map(known).collect::<Vec<_>>().into()
}

/// The formats of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// A table for people
    Human,
    /// A stable document for programs
    Json,
}

/// How a route ends for the signed-out visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StandingName {
    /// The visitor gets to the work, and nobody said that this is meant
    Reached,
    /// It could not be followed
    Undecided,
    /// Something other than a session decides: a webhook signature, an API key
    Credential,
    /// The visitor gets to the work, and the route is declared public
    Public,
    /// The visitor is redirected or refused before the work begins
    Stopped,
}

/// The formats of the route map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoutesFormat {
    /// A list by verdict, for people
    Human,
    /// A table per app, for a pull request or a wiki
    Markdown,
    /// A stable document for programs
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorName {
    /// On a terminal and in CI logs, as NO_COLOR and FORCE_COLOR say
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
