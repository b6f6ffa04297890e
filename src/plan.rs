//! From what was typed to what is gathered.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use url::Url;

use crate::cli::{Audit, EnvSource, LiveArgs, TargetName};
use crate::config::{EnvFile, Environment};
pub use crate::facts::NOT_SELECTED;
use crate::facts::api::ApiBase;
use crate::facts::{Need, Target};
use crate::gather::files::{Root, TEXT_LIMIT, read_given};
use crate::gather::net::{ProxySettings, Settings};
use crate::gather::process::{self, ProcessEnv};
use crate::gather::progress::Progress;
use crate::gather::routes::RoutesPlan;
use crate::gather::{Ask, DeclaredOf, EnvPlan, Plan, SiteChoice};
use crate::model::Site;

/// What to gather for an audit of what `needs` names; `offline` says why nothing may be sent.
pub fn audit(
    args: &Audit,
    env: EnvPlan,
    declared: DeclaredOf,
    offline: Option<&str>,
    needs: BTreeSet<Need>,
    needs_of_libraries: BTreeSet<Need>,
    process: &ProcessEnv,
) -> Result<Plan> {
    let target = match args.target.unwrap_or(TargetName::Production) {
        TargetName::Production => Target::Production,
        TargetName::Preview => Target::Preview,
        TargetName::Development => Target::Development,
    };
    let ask = if let Some(why) = offline {
        Err(why.to_owned())
    } else if is_asked(&needs) {
        Ok(ask(&args.live, process)?)
    } else {
        Err(NOT_SELECTED.to_owned())
    };
    Ok(Plan {
        target,
        declared,
        apps: args.app.clone(),
        env,
        ask,
        needs,
        needs_of_libraries,
        routes: RoutesPlan::default(),
        history: args.history.clone(),
        answers: None,
        progress: Progress::default(),
    })
}

/// Where values are looked for: as typed, else as the config says.
///
/// # Errors
/// A file that cannot be read.
pub fn env(args: &Audit, config: &Environment, root: &Root) -> Result<EnvPlan> {
    let typed = !args.env_file.is_empty() || args.no_env;
    let given = match (typed, args.env) {
        (true, _) => given(&args.env_file)?,
        (false, Some(EnvSource::Process)) => Vec::new(),
        (false, _) => declared_files(config, root)?,
    };
    // A file that is named is judged by itself: what else this machine has is beside the point.
    let default = match config.process.filter(|_| !typed) {
        Some(true) => EnvSource::Both,
        Some(false) => EnvSource::Files,
        None if given.is_empty() => EnvSource::Both,
        None => EnvSource::Files,
    };
    let source = args.env.unwrap_or(default);
    Ok(EnvPlan {
        off: args.no_env.then(|| "--no-env".to_owned()),
        process: source != EnvSource::Files,
        files: source != EnvSource::Process && given.is_empty(),
        given,
    })
}

/// The files that the config names. It is as untrusted as the project: nothing outside of that is read.
fn declared_files(config: &Environment, root: &Root) -> Result<Vec<(String, String)>> {
    let read = |EnvFile { path, place }: &EnvFile| match root.read(path, TEXT_LIMIT) {
        Ok(Some(text)) => Ok((path.clone(), text)),
        Ok(None) => bail!("{place}: [environment] files: there is no {path}"),
        Err(e) => bail!("{place}: [environment] files: {e}"),
    };
    config.files.iter().map(read).collect()
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
        declared: DeclaredOf::default(),
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
        answers: None,
        progress: Progress::default(),
    })
}

/// A path as typed, or its last part: no report holds an absolute path.
pub fn shown(path: &str) -> String {
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

/// Whether any of it is asked over the network.
pub fn is_asked(needs: &BTreeSet<Need>) -> bool {
    let is_live = |need: &Need| LIVE.contains(need) || matches!(need, Need::Part(_));
    needs.iter().any(is_live)
}

/// How to ask the running things.
///
/// # Errors
/// An address to which nothing may be sent.
pub fn ask(args: &LiveArgs, process: &ProcessEnv) -> Result<Ask> {
    let backend = args.bapi_url.as_deref().map(ApiBase::parse).transpose();
    let backend = backend.map_err(|e| anyhow!("--bapi-url {e}; no key is sent there"))?;
    Ok(Ask {
        budget: Duration::from_secs(args.timeout.unwrap_or(10)),
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
        sample: args.sample.unwrap_or(200),
        rate: args.rate.unwrap_or(200),
        hook: webhook(args.webhook_url.as_deref())?,
        signed: args.send_signed_test,
    })
}

/// The site that an option names. What was typed is not repeated: it may hold a password.
fn site(option: &str, given: Option<&str>) -> Result<Option<Site>> {
    let read = given.map(str::parse::<Site>).transpose();
    read.map_err(|e| anyhow!("{option}: {e}"))
}

fn webhook(given: Option<&str>) -> Result<Option<String>> {
    let read = given.map(hook).transpose();
    read.map_err(|e| anyhow!("--webhook-url: {e}"))
}

/// An address over http or https without credentials, or a path.
///
/// # Errors
/// What to give instead.
pub fn hook(text: &str) -> Result<String> {
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
        "give an address such as https://acme.shop/api/webhooks/clerk, without a user name and a password, or a path from its first `/`"
    )
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
    (!active.is_empty() && !args.is_offline()).then(|| {
        format!(
            "{}: a test seam is active, so answers come from where it leads and not from the real hosts",
            active.join(", ")
        )
    })
}
