//! The instance, by the Backend API.

use super::Asker;
use crate::facts::api::ApiAnswer;
use crate::facts::live::instance::Instance;
use crate::gather::net::{self, Backend};
use crate::model::Known;

/// The instance of the secret key.
pub(super) async fn ask(asker: &Asker) -> Known<Instance> {
    let question = &asker.question;
    let (secret, base) = match (&question.secret, &question.base) {
        (Known::Yes(secret), Known::Yes(base)) => (secret.clone(), base.clone()),
        (Known::NotAsked(why), _) | (_, Known::NotAsked(why)) => {
            return Known::NotAsked(why.clone());
        }
        (Known::Failed(why), _) | (_, Known::Failed(why)) => return Known::Failed(why.clone()),
    };
    let backend = match Backend::new(asker.net(), base, secret) {
        Ok(backend) => backend,
        Err(answer) => return Known::Yes(unsent(answer)),
    };
    let started = asker.net().left();
    let answer = net::instance(&backend, &asker.lanes().backend).await;
    let took = started.saturating_sub(asker.net().left());
    Known::Yes(Instance {
        answer,
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    })
}

fn unsent(answer: ApiAnswer) -> Instance {
    Instance { answer, took_ms: 0 }
}
