//! The records, by two resolvers: nobody is blamed on the word of one.

use tokio::time::Instant;

use super::{Collector, now};
use crate::facts::live::dns::{Book, Kind, Question, Reply, SHARED_TARGET};
use crate::facts::triage::{Looked, Names};
use crate::gather::net::Resolvers;
use crate::model::Known;

/// A name that is surely there.
const CONTROL: &str = "example.com";

impl Collector {
    pub(super) async fn names(&self) -> Known<Names> {
        let started = Instant::now();
        let own = match self.key().await {
            Some(key) if !key.has_development_host() => Some(key.host),
            _ => None,
        };
        let own = own.filter(|_| self.look.subject.proxy.is_none());
        let Some(resolvers) = Resolvers::open(&self.net, &self.look.ask.resolvers).await else {
            return Known::Failed("this machine has no means to ask a DNS resolver".to_owned());
        };
        let mut questions = Vec::new();
        for name in own
            .iter()
            .map(String::as_str)
            .chain([SHARED_TARGET, CONTROL])
        {
            questions.extend([Kind::A, Kind::Aaaa].map(|kind| Question::new(name, kind)));
        }
        questions.extend(own.iter().map(|host| Question::new(host, Kind::Cname)));
        let mut book = Book::default();
        resolvers.ask(questions, &mut book).await;
        let count = resolvers.names().len();
        Known::Yes(Names {
            at: now(),
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            shared: looked(&book, count, SHARED_TARGET),
            control: (CONTROL.to_owned(), looked(&book, count, CONTROL)),
            own: own.map(|host| {
                let looked = looked(&book, count, &host);
                (host, looked)
            }),
        })
    }
}

/// What the resolvers say together: one that finds a name is believed.
fn looked(book: &Book, count: usize, name: &str) -> Looked {
    let kinds = [Kind::A, Kind::Aaaa, Kind::Cname];
    let replies = || {
        let all = (0..count).flat_map(|one| kinds.map(|kind| book.reply(one, name, kind)));
        all.flatten()
    };
    let alias = replies().find_map(|reply| reply.alias(name).map(str::to_owned));
    if alias.is_some() || replies().any(|reply| reply.addresses().next().is_some()) {
        return Looked::Found(alias);
    }
    if replies().any(|reply| matches!(reply, Reply::NoSuchName | Reply::NoRecord)) {
        return Looked::Nothing;
    }
    let why = replies().find_map(Reply::unheard);
    Looked::Failed(why.map_or_else(
        || "no resolver was asked".to_owned(),
        |why| format!("the resolver {}", why.words()),
    ))
}
