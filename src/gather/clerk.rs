//! Clerk's Backend API, asked once for each key.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::net::{self, ProxySettings, Request};
use super::process::ProcessEnv;
use super::{Ask, Plan};
use crate::facts::api::{ApiAnswer, ApiBase};
use crate::facts::env::Env;
use crate::facts::keys;
use crate::model::{Known, Secret};

/// What one app wants to ask: the key and the host, or why nothing is asked.
#[derive(Debug)]
pub struct Question {
    request: Known<Request>,
}

impl Question {
    /// The question of an app, from its environment.
    pub fn of(plan: &Plan, env: &Known<Env>, secret: Option<Secret>, process: &ProcessEnv) -> Self {
        let request = match (&plan.ask, env) {
            (Err(why), _) => Known::NotAsked(why.clone()),
            (_, Known::NotAsked(why)) => Known::NotAsked(format!("no key to ask with ({why})")),
            (_, Known::Failed(why)) => Known::Failed(why.clone()),
            (Ok(ask), Known::Yes(env)) => request(ask, env, secret, process),
        };
        Self { request }
    }
}

fn request(ask: &Ask, env: &Env, secret: Option<Secret>, process: &ProcessEnv) -> Known<Request> {
    let Some(secret) = secret else {
        return Known::NotAsked("no secret key to ask with".to_owned());
    };
    if keys::secret(&secret).key().is_none() {
        return Known::NotAsked(
            "the secret key is not one that could be sent; another check says why".to_owned(),
        );
    }
    let address = env.first(&["CLERK_API_URL", "NUXT_CLERK_API_URL"]);
    let base = match address.map(|variable| ApiBase::parse(variable.value().expose())) {
        None => ApiBase::default(),
        Some(Ok(base)) => base,
        Some(Err(e)) => {
            let explained = e.explain();
            return Known::Failed(format!("{} {}", explained.what, explained.fix));
        }
    };
    let mut request = Request::new(base, secret);
    request.budget = ask.budget;
    request.settings.ca_file.clone_from(&ask.ca_file);
    request.settings.proxy = ProxySettings::from_env(|name| process.get(name));
    Known::Yes(request)
}

/// Where questions are asked, each pair of host and key once. One budget is for all.
#[derive(Debug, Default)]
pub struct Desk {
    answers: BTreeMap<(String, Secret), ApiAnswer>,
    spent: Duration,
}

impl Desk {
    /// Asks what was not asked yet.
    pub fn ask(&mut self, question: &Question) -> Known<ApiAnswer> {
        match &question.request {
            Known::NotAsked(why) => Known::NotAsked(why.clone()),
            Known::Failed(why) => Known::Failed(why.clone()),
            Known::Yes(request) => Known::Yes(self.answer(request)),
        }
    }

    fn answer(&mut self, request: &Request) -> ApiAnswer {
        let key = (request.base.endpoint(""), request.key.clone());
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let started = Instant::now();
        let mut request = request.clone();
        request.budget = request.budget.saturating_sub(self.spent);
        let answer = net::ask_instance(&request);
        self.spent += started.elapsed();
        self.answers.insert(key, answer.clone());
        answer
    }
}
