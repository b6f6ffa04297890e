//! What was typed about an incident, and about a key rotation.

use std::path::PathBuf;

use clap::Args;

use super::{ColorName, FormatName, LiveArgs, revisions, url_path};
use crate::model::Since;

const TRIAGE_HELP: &str = "\
Sign-in is broken, and nobody knows whose fault it is. This looks at everything at once and says within five
seconds which of these it is, how grave it is, what to do, what not to do, and what to watch:
  unknown             this machine has no network, or the evidence does not tell
  bypass-active       an emergency bypass lets visitors in                       critical
  clerk-outage        Clerk itself does not answer as it should                  critical
  host-down           the site or its host is down                               high
  keys                a key is wrong, revoked, or of another instance            critical
  middleware-failure  what the middleware covers answers 500                     high
  dns-tls             a record or a certificate is wrong                         high
  key-compromised     a secret key is in the wrong hands                         critical
  session-trouble     sessions end or loop                                       medium
  rate-limited        Clerk answers 429                                          medium
  webhook-backlog     webhooks do not arrive                                     low
  healthy             nothing is wrong as far as can be seen
The first that fits is the main one; the others that fit are listed too. One sign of an outage makes it
suspected, two make it sure.

What is asked of whom, in one look, by GET and HEAD:
  status.clerk.com         summary.json
  the Backend API          the instance and counts of users, with your secret key; without one, whether it answers
  the Frontend API         health, environment, signing keys; the front page of the account portal
  two resolvers            the record of the Frontend API, Clerk's own, and example.com
  the site (--url)         front page, a static file, an API path, health, --protected paths, and the front page
                           with two forged tokens, which show whether the deployed secret key works
  --webhook-url            one POST of an event that is not signed and that no handler acts on
  example.com and one.one.one.one, to tell whether this machine is online
With --watch the forged tokens and the POST are sent at the first look, and later only when something else
changed, or after a minute while they alone show a fault; otherwise their last answers stand, with their time.
The keys are those of the environment and the env files of DIR, which need not be a project. The secret key goes
to the Backend API alone. A look waits 4 s for an answer, whatever --timeout says; --sample, --rate and
--send-signed-test are for the audit and change nothing here.

Exit codes:
  0    healthy
  1    an incident
  2    usage
  3    it cannot be told
  130  interrupted while it watched

Examples:
  clerk-audit triage --url https://acme.shop --protected /dashboard
  clerk-audit triage --url https://acme.shop --webhook-url /api/webhooks/clerk --db-count 12840
  clerk-audit triage --url https://acme.shop --watch 30 --report incident.md
  clerk-audit triage --env-file .env.production --format json";

const ROTATE_HELP: &str = "\
Checks a rotation of the secret key, step by step:
  well-formed       both are secret keys of the same kind
  new-works         Clerk takes the new key
  same-instance     it is of the instance of the old one, or of the publishable key
  old-dead          Clerk refuses the old key: it was deleted
  site-uses-new     the deployed site (--url) has a key that works, by two forged tokens
  repository-clean  neither key is in the files of the repository; with --history, in its history either
  build-clean       neither key is in what a build wrote for the browser
A rotation goes: create the new key, deploy it everywhere, see that it is used, delete the old one. Rotating ends
no session, and changes neither the publishable key nor the webhook secret.

The old key comes from CLERK_OLD_SECRET_KEY or --old-from, the new one from --new-from, or from the environment
and the env files of DIR. A key on the command line would be in the history of your shell. Each is sent to the
Backend API alone: one GET of the instance.

COMPLETE, in JSON the verdict complete, says that every step passed, with the history. Where a step was skipped
or the history was not searched, it is COMPLETE as far as it was asked, in JSON complete-as-asked. The other
verdicts are not-complete and incomplete: a step failed, or could not be judged.

Exit codes:
  0  every step that was asked passed
  1  a step failed
  2  usage
  3  a step could not be judged

Examples:
  CLERK_OLD_SECRET_KEY=… clerk-audit rotate-check --url https://acme.shop
  pass show clerk/old | clerk-audit rotate-check --old-from - --new-from new-key.txt
  clerk-audit rotate-check --old-from old.txt --history";

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
#[command(after_help = TRIAGE_HELP)]
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
#[command(after_help = ROTATE_HELP)]
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
