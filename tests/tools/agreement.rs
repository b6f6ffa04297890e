//! How well the route map agrees with running apps.
//!
//! ```text
//! cargo run --release --example agreement -- RESULTS.json FOLDER_OF_CHECKOUTS
//! ```
//!
//! RESULTS.json holds what really happened when a visitor without a session asked running Next.js apps for
//! their routes: an array of apps with `repo`, `app`, `variant`, `next`, `clerk`, `clerk_shared`,
//! `middleware`, `env`, and `routes[]` of `url`, `method` and `verdict`. The folder holds a checkout of each
//! `repo` as `owner+name`, `owner__name` or `owner/name`. Only the middleware was measured: `open` means
//! that the request reached the route's file.

#![allow(clippy::print_stdout, reason = "it prints what it found")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clerk_audit::facts::code::visitor::{Answer, Setting};
use clerk_audit::gather::routes::{Checkout, Described, lowest};
use clerk_audit::model::routes::{TraceStep, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct App {
    repo: String,
    app: String,
    #[serde(default)]
    variant: String,
    next: Option<String>,
    clerk: Option<String>,
    clerk_shared: Option<String>,
    middleware: Option<String>,
    #[serde(default)]
    middleware_placed_right: Option<bool>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    routes: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    url: String,
    #[serde(default)]
    method: String,
    verdict: String,
    status: Option<u32>,
    location: Option<String>,
}

#[derive(Default, Clone, Copy)]
struct Score {
    agree: usize,
    undecided: usize,
    /// Open, and called stopped: what must never happen.
    false_stops: usize,
    /// Stopped, and called open.
    false_alarms: usize,
    /// Measured as something that says nothing about the middleware.
    left_out: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.agree += other.agree;
        self.undecided += other.undecided;
        self.false_stops += other.false_stops;
        self.false_alarms += other.false_alarms;
        self.left_out += other.left_out;
    }

    fn print(&self, name: &str) {
        let decided = self.agree + self.false_stops + self.false_alarms;
        let all = decided + self.undecided;
        let share = |part: usize, of: usize| {
            if of == 0 {
                100.0
            } else {
                100.0 * part as f64 / of as f64
            }
        };
        println!(
            "{name}: {} of {decided} decided agree ({:.2} %), {} false stops, {} false alarms, {} undecided ({:.2} %), {} left out",
            self.agree,
            share(self.agree, decided),
            self.false_stops,
            self.false_alarms,
            self.undecided,
            share(self.undecided, all),
            self.left_out
        );
    }
}

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(results), Some(folder)) = (arguments.next(), arguments.next()) else {
        bail!("usage: agreement RESULTS.json FOLDER_OF_CHECKOUTS");
    };
    let text = std::fs::read_to_string(&results).with_context(|| results.display().to_string())?;
    let apps: Vec<App> =
        serde_json::from_str(&text).with_context(|| results.display().to_string())?;
    let mut total = Score::default();
    for app in &apps {
        let name = format!("{} {} ({})", app.repo, app.app, app.variant);
        match score(app, &folder) {
            Ok(Some(score)) => {
                score.print(&name);
                total.add(score);
            }
            Ok(None) => println!("{name}: nothing was measured"),
            Err(error) => println!("{name}: left out: {error:#}"),
        }
    }
    total.print("all");
    let holds = total.false_stops == 0;
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn checkout_of(app: &App, folder: &Path) -> Result<PathBuf> {
    let names = [
        app.repo.replace('/', "+"),
        app.repo.replace('/', "__"),
        app.repo.clone(),
    ];
    let found = names
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_dir());
    found.with_context(|| format!("there is no {} in {}", names.join(" or "), folder.display()))
}

/// Compares what was measured with what the map says; `None` where nothing was measured.
fn score(app: &App, folder: &Path) -> Result<Option<Score>> {
    let (Some(middleware), false) = (&app.middleware, app.routes.is_empty()) else {
        return Ok(None);
    };
    if app.middleware_placed_right == Some(false) {
        return Ok(None);
    }
    let checkout = Checkout::open(&checkout_of(app, folder)?)?;
    let setting = Setting {
        clerk: app.clerk.as_deref().and_then(lowest),
        clerk_shared: app.clerk_shared.as_deref().and_then(lowest),
        env: app.env.clone(),
        names: Some(app.env.keys().cloned().collect()),
    };
    let described = Described {
        folder: if app.app == "." { "" } else { &app.app },
        next: app.next.as_deref().unwrap_or_default(),
        middleware,
        setting: &setting,
    };
    let path = |row: &'_ Row| row.url.split('?').next().unwrap_or("/").to_owned();
    let paths: Vec<String> = app.routes.iter().map(path).collect();
    let asked = app.routes.iter().zip(&paths);
    let asked: Vec<(&str, &str)> = asked
        .map(|(row, path)| (row.method.as_str(), path.as_str()))
        .collect();
    let answers = checkout.middleware(&described, &asked);
    let mut score = Score::default();
    for (row, answer) in app.routes.iter().zip(answers) {
        compare(row, &answer, &mut score);
    }
    Ok(Some(score))
}

fn compare(row: &Row, answer: &Answer, score: &mut Score) {
    let stopped = matches!(answer.layer.verdict, Verdict::Stopped | Verdict::Credential);
    let fits = match row.verdict.as_str() {
        "open" | "not_found" => !stopped,
        "blocked" | "answered" => stopped,
        // Sent elsewhere by the router or for a language, which is no refusal.
        _ => {
            score.left_out += 1;
            return;
        }
    };
    if answer.layer.verdict == Verdict::Undecided {
        score.undecided += 1;
    } else if fits {
        score.agree += 1;
        return;
    } else if stopped {
        score.false_stops += 1;
    } else {
        score.false_alarms += 1;
    }
    let (status, location) = (
        row.status.unwrap_or_default(),
        row.location.as_deref().unwrap_or("-"),
    );
    println!("  {} {}", row.method, row.url);
    println!(
        "    measured: {} ({status}, location {location})",
        row.verdict
    );
    println!(
        "    map:      {}: {}",
        answer.layer.verdict.word(),
        answer.layer.why
    );
    for TraceStep { place, text } in &answer.trace {
        println!("      {}:{} {text}", place.file, place.line);
    }
}
