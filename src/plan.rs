//! From what was typed to what is gathered.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use url::Url;

use crate::cli::{Audit, EnvSource, LiveArgs, TargetName};
use crate::config::{Config, Declared};
use crate::facts::api::ApiBase;
use crate::facts::{Need, Target, Webhooks};
use crate::gather::files::{TEXT_LIMIT, read_given};
use crate::gather::net::{ProxySettings, Settings};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::routes::RoutesPlan;
use crate::gather::{Ask, EnvPlan, Plan, SiteChoice};
use crate::model::Site;

/// What to gather for an audit of what `needs` names.
pub fn audit(
    args: &Audit,
    config: &Config,
    needs: BTreeSet<Need>,
    needs_of_libraries: BTreeSet<Need>,
    process: &ProcessEnv,
) -> Result<Plan> {
    let target = match args.target {
        TargetName::Production => Target::Production,
        TargetName::Preview => Target::Preview,
        TargetName::Development => Target::Development,
    };
    let webhooks = match config.webhooks {
        None => Webhooks::Undeclared,
        Some(Declared::None) => Webhooks::None,
        Some(Declared::Required) => Webhooks::Required,
    };
    let ask = if args.live.offline {
        Err("--offline".to_owned())
    } else if needs.iter().any(is_live) {
        Ok(ask(&args.live, process)?)
    } else {
        Err("not selected".to_owned())
    };
    Ok(Plan {
        target,
        webhooks,
        apps: args.app.clone(),
        env: env_plan(args)?,
        ask,
        needs,
        needs_of_libraries,
        routes: RoutesPlan {
            public: config.routes.public.clone(),
            ..RoutesPlan::default()
        },
        history: args.history.clone(),
    })
}

/// Where values are looked for.
fn env_plan(args: &Audit) -> Result<EnvPlan> {
    let given = given(&args.env_file)?;
    // A file that the user names is judged by itself: what else this machine has is beside the point.
    let default = if given.is_empty() {
        EnvSource::Both
    } else {
        EnvSource::Files
    };
    let source = args.env.unwrap_or(default);
    Ok(EnvPlan {
        off: args.no_env.then(|| "--no-env".to_owned()),
        process: source != EnvSource::Files,
        files: source != EnvSource::Process && given.is_empty(),
        given,
    })
}

/// Reads the env files once more that the user names, after they may have changed. What came through
/// standard input stays.
///
/// # Errors
/// A file that cannot be read.
pub fn read_again(plan: &mut Plan, args: &Audit) -> Result<()> {
    for (path, (_, text)) in args.env_file.iter().zip(&mut plan.env.given) {
        if path != "-" {
            *text = read_given("--env-file", Path::new(path), TEXT_LIMIT)?;
        }
    }
    Ok(())
}

/// The files that the user names.
fn given(paths: &[String]) -> Result<Vec<(String, String)>> {
    let read = |path: &String| {
        Ok(if path == "-" {
            ("standard input".to_owned(), process::read_stdin()?)
        } else {
            (
                shown(path),
                read_given("--env-file", Path::new(path), TEXT_LIMIT)?,
            )
        })
    };
    paths.iter().map(read).collect()
}

/// What to gather for commands that want the keys of a project and little else.
///
/// # Errors
/// A file that cannot be read.
pub fn keys(env_file: &[String], needs: BTreeSet<Need>, history: Option<String>) -> Result<Plan> {
    let given = given(env_file)?;
    Ok(Plan {
        target: Target::Production,
        webhooks: Webhooks::Undeclared,
        apps: Vec::new(),
        env: EnvPlan {
            off: None,
            process: given.is_empty(),
            files: given.is_empty(),
            given,
        },
        ask: Err("not asked".to_owned()),
        needs,
        needs_of_libraries: BTreeSet::new(),
        routes: RoutesPlan::default(),
        history,
    })
}

/// A path as typed, or its last part: no report holds an absolute path.
fn shown(path: &str) -> String {
    let typed = Path::new(path);
    match typed.file_name() {
        Some(name) if typed.is_absolute() => name.to_string_lossy().into_owned(),
        _ => path.trim_start_matches("./").to_owned(),
    }
}

/// What is asked over the network.
const LIVE: &[Need] = &[
    Need::Clerk,
    Need::Instance,
    Need::Frontend,
    Need::Dns,
    Need::Certificates,
    Need::Status,
    Need::Front,
    Need::Visited,
    Need::Surface,
    Need::Hook,
];

fn is_live(need: &Need) -> bool {
    LIVE.contains(need) || matches!(need, Need::Part(_))
}

/// How to ask the running things.
///
/// # Errors
/// An address to which nothing may be sent.
pub fn ask(args: &LiveArgs, process: &ProcessEnv) -> Result<Ask> {
    let backend = args.bapi_url.as_deref().map(ApiBase::parse).transpose();
    let backend = backend.map_err(|e| anyhow!("--bapi-url {e}; no key is sent there"))?;
    Ok(Ask {
        budget: Duration::from_secs(args.timeout),
        settings: Settings {
            ca_file: args.ca_file.clone(),
            proxy: ProxySettings::from_env(|name| process.get(name)),
            connect_to: args.connect_to.clone(),
            ..Settings::default()
        },
        resolvers: args.resolver.clone(),
        backend,
        frontend: site("--fapi-url", args.fapi_url.as_deref())?,
        status: site("--status-url", args.status_url.as_deref())?,
        site: match args.url.as_deref() {
            Some("auto") => Some(SiteChoice::OfKey),
            given => site("--url", given)?.map(SiteChoice::Given),
        },
        sample: args.sample,
        rate: args.rate,
        hook: args.webhook_url.as_deref().map(hook).transpose()?,
        signed: args.send_signed_test,
        progress: io::stderr()
            .is_terminal()
            .then_some(show as fn(Option<&str>)),
    })
}

/// The site that an option names. What was typed is not repeated: it may hold a password.
fn site(option: &str, given: Option<&str>) -> Result<Option<Site>> {
    let read = given.map(str::parse::<Site>).transpose();
    read.map_err(|e| anyhow!("{option}: {e}"))
}

/// An address over http or https without credentials, or a path.
fn hook(text: &str) -> Result<String> {
    if text.starts_with('/') && !text.starts_with("//") {
        return Ok(text.to_owned());
    }
    let fit = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if fit {
        return Ok(text.to_owned());
    }
    bail!(
        "--webhook-url: give an address such as https://acme.shop/api/webhooks/clerk, without a user name and a password, or a path from its first `/`"
    )
}

/// Shows on standard error how far the network is, on one line that is erased at the end.
fn show(line: Option<&str>) {
    let width =
        terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
    let line: String = line
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(width.saturating_sub(1))
        .collect();
    // Whether it can be shown does not matter to the audit.
    let _ = write!(io::stderr(), "\r\x1b[2K{line}");
}

/// What to say when answers do not come from where they would come from without these options.
pub fn seams(args: &LiveArgs) -> Option<String> {
    let options = [
        ("--bapi-url", args.bapi_url.is_some()),
        ("--fapi-url", args.fapi_url.is_some()),
        ("--status-url", args.status_url.is_some()),
        ("--resolver", !args.resolver.is_empty()),
        ("--connect-to", !args.connect_to.is_empty()),
    ];
    let active: Vec<&str> = options
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect();
    (!active.is_empty() && !args.offline).then(|| {
        format!(
            "{}: a test seam is active, so answers come from where it leads and not from the real hosts",
            active.join(", ")
        )
    })
}
