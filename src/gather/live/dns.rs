//! The records of the domain.

use std::collections::BTreeMap;

use super::Asker;
use crate::facts::live::dns::{self, Answers, Book, Dns, Health, Zone};
use crate::facts::live::instance::{Domain, Instance};
use crate::gather::net::{Ask, Resolvers};
use crate::model::{Known, Site};

/// Answers lead to further questions this often: a name, and the addresses in its place.
const ROUNDS: usize = 3;

/// Frontend APIs that are asked how they are.
const MOST_ASKED: usize = 4;

/// The records of the domain.
pub(super) async fn ask(asker: &Asker) -> Known<Dns> {
    let domain = match domain(asker).await {
        Ok(domain) => domain,
        Err(NoDomain::NotAsked(why)) => return Known::NotAsked(why),
        Err(NoDomain::Failed(why)) => return Known::Failed(why),
        Err(NoDomain::BesideThePoint(why)) => return Known::Yes(Dns::BesideThePoint(why)),
    };
    let given = &asker.shared.ask.resolvers;
    let Some(resolvers) = Resolvers::open(asker.net(), given).await else {
        return Known::Failed("this machine has no means to ask a DNS resolver".to_owned());
    };
    let mut answers = Answers {
        zone: Zone::by_rule(&domain),
        resolvers: resolvers.names(),
        book: Book::default(),
        frontend: BTreeMap::new(),
    };
    // The instance knows more, and says it meanwhile; whatever it takes, there is an answer by rule.
    let ((), instance) = tokio::join!(fill(asker, &resolvers, &mut answers), asker.instance());
    if let Some(exact) = domains(instance).and_then(|own| Zone::of_instance(&domain, own)) {
        answers.zone = exact;
        fill(asker, &resolvers, &mut answers).await;
    }
    match answers.silence() {
        Some(why) => Known::Failed(why),
        None => Known::Yes(Dns::Asked(Box::new(answers))),
    }
}

/// Asks what the zone wants to know, as far as it was not asked.
async fn fill(asker: &Asker, resolvers: &Resolvers, answers: &mut Answers) {
    for _ in 0..ROUNDS {
        let more = answers
            .zone
            .questions(&answers.book, answers.resolvers.len());
        if more.is_empty() {
            break;
        }
        resolvers.ask(more, &mut answers.book).await;
    }
    answers.dismiss();
    for name in answers.wants_health().into_iter().take(MOST_ASKED) {
        let health = health(asker, &name).await;
        answers.frontend.insert(name, health);
    }
}

/// Why there is no domain to look at.
pub(super) enum NoDomain {
    /// Nothing was asked that could tell.
    NotAsked(String),
    /// It was asked, and no answer came.
    Failed(String),
    /// There is none.
    BesideThePoint(String),
}

/// The domain: of the publishable key, and where there is none, the primary one of the secret key's
/// instance.
pub(super) async fn domain(asker: &Asker) -> Result<String, NoDomain> {
    let why = match &asker.question.key {
        Known::Yes(key) => {
            return match dns::beside_the_point(&key.host, key.has_development_host()) {
                Some(why) => Err(NoDomain::BesideThePoint(why)),
                None => Ok(asker.question.domain().unwrap_or_default().to_owned()),
            };
        }
        Known::Failed(why) => return Err(NoDomain::Failed(why.clone())),
        Known::NotAsked(why) => why.clone(),
    };
    if asker.question.publishable.is_some() || asker.question.secret.as_ref().is_none() {
        return Err(NoDomain::NotAsked(why));
    }
    let instance = asker.instance().await;
    let is_development = |one: &Instance| one.environment() == Some("development");
    if instance.as_ref().is_some_and(is_development) {
        let why = "the secret key is of a development instance, which has no domain of its own";
        return Err(NoDomain::BesideThePoint(why.to_owned()));
    }
    let mut own = domains(instance).into_iter().flatten();
    let Some(primary) = own.find(|one| !one.is_satellite) else {
        return Err(NoDomain::NotAsked(why));
    };
    match dns::beside_the_point(&format!("clerk.{}", primary.name), false) {
        Some(why) => Err(NoDomain::BesideThePoint(why)),
        None => Ok(primary.name.clone()),
    }
}

/// The domains of the instance, where the whole list is known.
pub(super) fn domains(instance: &Known<Instance>) -> Option<&[Domain]> {
    let list = instance.as_ref()?.domains.as_ref()?;
    Some(&list.items)
}

/// How a Frontend API answers at its own name.
async fn health(asker: &Asker, host: &str) -> Health {
    let stand_in = asker.shared.ask.frontend.clone();
    let Some(site) = stand_in.or_else(|| Site::of_domain(host)) else {
        return Health::NotAsked;
    };
    let ask = Ask::get(site.at("/v1/health")).header("accept", "application/json");
    let exchange = asker.net().ask(&asker.lanes().frontend, ask).await;
    Health::of(&exchange)
}
