//! The records of the domain.

use super::Asker;
use crate::facts::live::dns::{self, Answers, Book, Dns, Health, OwnDomain, Zone};
use crate::facts::live::instance::Instance;
use crate::gather::net::{Ask, Resolvers};
use crate::model::{Known, Site};

/// Answers lead to further questions this often: a name, and the addresses in its place.
const ROUNDS: usize = 3;

/// The records of the domain.
pub(super) async fn ask(asker: &Asker) -> Known<Dns> {
    let key = match &asker.question.key {
        Known::Yes(key) => key,
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    if let Some(why) = dns::beside_the_point(&key.host, key.has_development_host()) {
        return Known::Yes(Dns::BesideThePoint(why));
    }
    let domain = asker.question.domain().unwrap_or_default();
    let given = &asker.shared.ask.resolvers;
    let Some(resolvers) = Resolvers::open(asker.net(), given).await else {
        return Known::Failed("this machine has no means to ask a DNS resolver".to_owned());
    };
    let names = resolvers.names();
    let mut zone = Zone::by_rule(domain);
    let mut book = Book::default();
    // The instance knows more, and says it meanwhile.
    let at_once = zone.questions(&book, names.len());
    let ((), instance) = tokio::join!(resolvers.ask(at_once, &mut book), asker.instance());
    let own = instance.as_ref().and_then(|instance| Zone::of_instance(domain, &domains(instance)));
    if let Some(exact) = own {
        zone = exact;
    }
    for _ in 0..ROUNDS {
        let more = zone.questions(&book, names.len());
        if more.is_empty() {
            break;
        }
        resolvers.ask(more, &mut book).await;
    }
    let mut answers = Answers {
        zone,
        resolvers: names,
        book,
        frontend: Health::NotAsked,
    };
    if let Some(why) = answers.silence() {
        return Known::Failed(why);
    }
    if let Some(record) = answers.wants_health() {
        answers.frontend = health(asker, &record.name).await;
    }
    Known::Yes(Dns::Asked(Box::new(answers)))
}

/// The domains of the instance.
fn domains(instance: &Instance) -> Vec<OwnDomain> {
    let _ = instance;
    Vec::new()
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
