//! The contract with Clerk: what its OpenAPI documents say that it answers is read, and what the program
//! sends is what they document.
//!
//! `fixtures/contract/` holds sample answers, made by `tests/tools/contract_samples.py`: each `full`,
//! `minimal` (what is required) and with `nulls`, and the query parameters of every path.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use clerk_audit::facts::api::{Screen, clerk_error};
use clerk_audit::facts::http::Answer;
use clerk_audit::facts::live::frontend::{Health, ProxyHealth, environment, jwks, read};
use clerk_audit::facts::live::instance::{self as parts, Moment, Part, Users, users_path};
use clerk_audit::model::Known;
use serde::Deserialize;
use serde_json::{Value, json};
use support::standin::scenario::Role;
use support::standin::{Scenario, Standin};

const BACKEND: &str = "bapi-2026-05-12";
const FRONTEND: &str = "fapi-2026-05-12";

/// A documented answer.
#[derive(Deserialize)]
struct Sample {
    source: String,
    path: String,
    full: Value,
    minimal: Value,
    nulls: Value,
}

impl Sample {
    fn of(api: &str, path: &str) -> Self {
        let path = path.split('?').next().unwrap();
        let name = path
            .trim_start_matches("/v1")
            .trim_start_matches("/.well-known");
        let name = name.trim_matches('/').replace('/', "_");
        let file = support::root().join(format!(
            "fixtures/contract/{api}/{}.json",
            name.trim_end_matches(".json")
        ));
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let sample: Self = serde_json::from_str(&text).unwrap();
        assert_eq!(sample.path, path);
        assert!(sample.source.starts_with("clerk/openapi-specs@"));
        sample
    }

    /// All that is read as it is read: the three of them, with fields that nobody knows in every object, and
    /// each with one field less, whichever.
    fn each(&self) -> Vec<(String, Value)> {
        let three = [
            ("full", &self.full),
            ("minimal", &self.minimal),
            ("nulls", &self.nulls),
        ];
        let mut all = Vec::new();
        for (name, value) in three {
            all.push((name.to_owned(), value.clone()));
            let mut more = value.clone();
            grow(&mut more);
            all.push((format!("{name}, with unknown fields"), more));
        }
        for path in fields(&self.full) {
            let mut less = self.full.clone();
            remove(&mut less, &path);
            all.push((format!("full, without {path}"), less));
        }
        all
    }
}

/// Adds a field to every object.
fn grow(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(grow),
        Value::Object(all) => {
            all.values_mut().for_each(grow);
            all.insert("of_tomorrow".to_owned(), json!({ "a": [1, { "b": null }] }));
        }
        _ => {}
    }
}

/// The JSON pointers of all fields.
fn fields(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(all) => {
                for (index, one) in all.iter().enumerate() {
                    walk(one, &format!("{at}/{index}"), found);
                }
            }
            Value::Object(all) => {
                for (name, one) in all {
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    walk(one, &at, found);
                    found.push(at);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn remove(value: &mut Value, pointer: &str) {
    let (above, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    let above = value.pointer_mut(above).unwrap();
    above.as_object_mut().unwrap().remove(&name);
}

/// Reads a body as the program does, and says what became of it.
fn reads(part: Part, value: &Value) -> Known<String> {
    let answer = Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: value.to_string().into_bytes(),
        whole: true,
        ..Answer::default()
    };
    let screen = Screen::default();
    let body = parts::body(part, &Ok(answer), &screen);
    parts::shaped(part, body, |value| {
        Some(match part {
            Part::Domains => format!("{:?}", parts::domains(value, &screen)?),
            Part::SigningKeys => format!("{:?}", parts::signing_keys(value, &screen)?),
            Part::RedirectUrls => format!("{:?}", parts::redirect_urls(value, &screen)?),
            Part::JwtTemplates => format!("{:?}", parts::jwt_templates(value, &screen)?),
            Part::Communication => format!("{:?}", parts::communication(value)?),
            Part::Protect => format!("{:?}", parts::protect(value)?),
            Part::OauthSettings => format!("{:?}", parts::oauth_settings(value)?),
            Part::OauthApplications => format!("{:?}", parts::oauth_applications(value, &screen)?),
            Part::Organizations => format!("{:?}", parts::organization_settings(value, &screen)?),
            Part::Roles => format!("{:?}", parts::roles(value, &screen)?),
            Part::Permissions => format!("{:?}", parts::permissions(value, &screen)?),
            Part::Connections => format!("{:?}", parts::connections(value, &screen)?),
            Part::Allowlist | Part::Blocklist | Part::Users => {
                format!("{:?}", parts::count(value)?)
            }
        })
    })
}

#[test]
fn every_documented_answer_of_the_backend_api_is_read() {
    for part in Part::ALL {
        let sample = Sample::of(BACKEND, part.path());
        for (name, value) in sample.each() {
            // Without its list, or its number, there is nothing to read.
            if matches!(
                name.as_str(),
                "full, without /data" | "full, without /total_count"
            ) && reads(*part, &value) != reads(*part, &sample.full)
            {
                continue;
            }
            let known = reads(*part, &value);
            assert!(
                matches!(known, Known::Yes(_)),
                "{part:?}, {name}: {known:?}"
            );
        }
    }
}

#[test]
fn a_full_answer_leaves_nothing_unsaid() {
    for part in Part::ALL {
        let Known::Yes(read) = reads(*part, &Sample::of(BACKEND, part.path()).full) else {
            panic!("{part:?}");
        };
        // What claims a template makes is not documented further.
        let read = read.replace("claims: []", "");
        assert!(
            !read.contains("None") && !read.contains("[]"),
            "{part:?}: {read}"
        );
    }
}

#[test]
fn unknown_fields_change_nothing() {
    for part in Part::ALL {
        let sample = Sample::of(BACKEND, part.path());
        let mut more = sample.full.clone();
        grow(&mut more);
        assert_eq!(reads(*part, &more), reads(*part, &sample.full), "{part:?}");
    }
}

#[test]
fn a_list_says_the_same_bare_and_counted() {
    for part in Part::ALL {
        let full = Sample::of(BACKEND, part.path()).full;
        let bare = full.get("data").cloned();
        let other = match (bare, full.is_array()) {
            (Some(bare), _) => bare,
            (None, true) => json!({ "data": full.clone(), "total_count": 1 }),
            (None, false) => continue,
        };
        assert_eq!(reads(*part, &other), reads(*part, &full), "{part:?}");
    }
}

#[test]
fn allowed_origins_of_an_instance_are_read_as_documented() {
    let sample = Sample::of(BACKEND, "/instance");
    let origins = |value: &Value| parts::allowed_origins(value, &Screen::default()).len();
    assert_eq!((origins(&sample.full), origins(&sample.nulls)), (1, 0));
    for (name, value) in sample.each() {
        assert!(origins(&value) <= 1, "{name}");
    }
}

#[test]
fn a_documented_refusal_is_read() {
    for api in [BACKEND, FRONTEND] {
        let sample = Sample::of(api, "errors");
        for (name, value) in sample.each() {
            let error = clerk_error(&Answer::default(), Some(&value), &Screen::default());
            let unsaid = name.contains("without");
            assert!(
                error.message.is_some() || unsaid,
                "{api}, {name}: {error:?}"
            );
        }
        let answer = Answer {
            status: 402,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: sample.minimal.to_string().into_bytes(),
            whole: true,
            ..Answer::default()
        };
        let known = parts::body(Part::Connections, &Ok(answer), &Screen::default());
        assert!(matches!(known, Known::NotAsked(_)), "{known:?}");
    }
}

#[test]
fn no_address_of_a_person_is_kept_of_a_list_of_people() {
    for part in [Part::Allowlist, Part::Blocklist] {
        let full = Sample::of(BACKEND, part.path()).full;
        assert!(full.to_string().contains("@corp.example"));
        assert_eq!(reads(part, &full), Known::Yes("1".to_owned()));
    }
}

#[test]
fn every_documented_answer_of_the_frontend_api_is_read() {
    type Read = fn(&Value) -> bool;
    let all: [(&str, Read); 5] = [
        ("/v1/environment", |value| {
            // None of it is required; an answer without any of it is no environment.
            let parts = ["auth_config", "display_config", "user_settings"];
            let any = parts.iter().any(|part| value.get(part).is_some());
            environment::read(value).is_some() == any
        }),
        ("/v1/account_portal", |value| read::portal(value).is_some()),
        ("/.well-known/jwks.json", |value| {
            // Without a key that has a name there is nothing to read.
            jwks::keys(value).is_some() || value.pointer("/keys/0/kid").is_none()
        }),
        ("/.well-known/openid-configuration", |value| {
            read::issuer(value).is_some()
        }),
        ("/.well-known/oauth-authorization-server", |value| {
            read::issuer(value).is_some()
        }),
    ];
    for (path, is_read) in all {
        for (name, value) in Sample::of(FRONTEND, path).each() {
            assert!(is_read(&value), "{path}, {name}");
        }
    }
}

#[test]
fn health_is_read_as_documented() {
    let answer = |value: &Value| Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: value.to_string().into_bytes(),
        whole: true,
        ..Answer::default()
    };
    let health = Sample::of(FRONTEND, "/v1/health");
    for value in [&health.full, &health.minimal] {
        let known = read::health("clerk.acme.shop", &Ok(answer(value)), true, false);
        assert!(
            matches!(&known, Known::Yes(Health::Healthy { .. })),
            "{known:?}"
        );
    }
    let proxy = Sample::of(FRONTEND, "/v1/proxy-health");
    for value in [&proxy.full, &proxy.minimal] {
        let known = read::proxy("acme.shop", &Ok(answer(value)));
        assert!(
            matches!(&known, Known::Yes(ProxyHealth::Healthy { .. })),
            "{known:?}"
        );
    }
}

/// The documented query parameters of each path, and their largest values.
#[derive(Deserialize)]
struct Parameters {
    query: BTreeMap<String, BTreeMap<String, Option<f64>>>,
}

impl Parameters {
    fn of(api: &str) -> Self {
        let file = support::root().join(format!("fixtures/contract/{api}/parameters.json"));
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    }

    /// What of a path and query is not documented; a path that is not here is not known.
    fn undocumented(&self, target: &str) -> Option<String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Some(known) = self.query.get(path) else {
            return Some(format!("the path {path}"));
        };
        let mut pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs.find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match known.get(name) {
                None => Some(format!("the parameter {name} of {path}")),
                Some(Some(most)) if value.parse::<f64>().is_ok_and(|value| value > *most) => {
                    Some(format!("{pair}, which is more than {most}, of {path}"))
                }
                Some(_) => None,
            }
        })
    }
}

#[test]
fn only_documented_parameters_are_written_into_questions() {
    let documented = Parameters::of(BACKEND);
    let moments = [Moment::Created, Moment::SignedIn, Moment::Active];
    let users = moments.map(|moment| {
        users_path(Some(Users {
            moment,
            after: Some(1),
            before: Some(2),
        }))
    });
    let parts = Part::ALL.iter().map(|part| part.path().to_owned());
    for target in parts.chain(users).chain([users_path(None)]) {
        assert_eq!(documented.undocumented(&target), None);
    }
    assert!(documented.undocumented("/domains?limit=5").is_some());
    assert!(
        documented
            .undocumented("/redirect_urls?limit=501")
            .is_some()
    );
}

#[test]
fn only_documented_paths_and_parameters_are_sent_and_each_once() {
    let fixture = support::root().join("fixtures/checks/clerk/role_missing/pass-both-there");
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("project");
    fs::create_dir(&project).unwrap();
    support::copy_project(&fixture, &project);
    let standin = Standin::start(&Scenario::healthy());
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg(&project)
        .args([
            "--group", "clerk", "--group", "frontend", "--group", "sign-in",
        ])
        .args(["--url", "https://acme.shop", "--format", "json"])
        .args(standin.args())
        .env_clear()
        .output()
        .unwrap();
    assert!(done.status.code().is_some_and(|code| code < 4), "{done:?}");
    let (backend, frontend) = (Parameters::of(BACKEND), Parameters::of(FRONTEND));
    let mut asked = Vec::new();
    for seen in standin.seen() {
        let unknown = match seen.role {
            Role::Bapi => {
                assert_eq!(seen.method, "GET");
                asked.push(seen.path.clone());
                backend.undocumented(seen.path.strip_prefix("/v1").unwrap_or("no version"))
            }
            // The script of the browser is a file, and no part of the API.
            Role::Fapi if seen.path.starts_with("/npm/@clerk/clerk-js@") => None,
            Role::Fapi => frontend.undocumented(&seen.path),
            _ => None,
        };
        assert_eq!(unknown, None, "{} {}", seen.method, seen.path);
    }
    asked.sort();
    let all = asked.len();
    asked.dedup();
    assert_eq!(asked.len(), all, "asked twice: {asked:?}");
    assert!((10..=20).contains(&all), "{asked:?}");
}
