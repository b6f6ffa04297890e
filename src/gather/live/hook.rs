//! The webhook endpoint: posts that nobody sent, and what it answers.

use super::Asker;
use crate::facts::live::hook::{Hook, Posted, Probe, Reply, reply};
use crate::facts::live::site::front::clock;
use crate::gather::net::Delivery;
use crate::model::Known;

/// The webhook endpoint. One post at a time: the handler is not what is measured.
pub(super) async fn ask(asker: &Asker) -> Known<Hook> {
    let url = match &asker.question.hook {
        Known::Yes(url) => url,
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    let mut hook = Hook {
        url: shown.to_string(),
        posted: Vec::new(),
        unsigned_because: None,
        ahead: None,
    };
    for probe in Probe::UNSIGNED {
        if let Some(delivery) = Delivery::new(probe, None) {
            post(asker, &mut hook, probe, &delivery).await;
        }
    }
    hook.unsigned_because = unsigned(asker, &hook);
    if hook.unsigned_because.is_some() {
        return Known::Yes(hook);
    }
    let secret = asker.question.webhook.as_ref();
    let mut last = None;
    for probe in Probe::SIGNED {
        let delivery = if probe == Probe::Repeated {
            last.take()
        } else {
            Delivery::new(probe, secret)
        };
        let Some(delivery) = delivery else {
            hook.unsigned_because =
                Some("the webhook secret is not one that can be signed with".to_owned());
            break;
        };
        post(asker, &mut hook, probe, &delivery).await;
        last = Some(delivery);
    }
    Known::Yes(hook)
}

/// Why nothing is signed with the app's own secret.
fn unsigned(asker: &Asker, hook: &Hook) -> Option<String> {
    let taken = hook.strangers().any(|posted| posted.reply == Reply::Taken);
    if !asker.shared.ask.signed {
        Some("--send-signed-test was not given".to_owned())
    } else if asker.question.webhook.is_none() {
        Some("no webhook signing secret to sign with".to_owned())
    } else if taken {
        Some("the endpoint takes what is not signed at all".to_owned())
    } else if !hook.is_reached() {
        Some("the handler was not reached".to_owned())
    } else {
        None
    }
}

async fn post(asker: &Asker, hook: &mut Hook, probe: Probe, delivery: &Delivery) {
    let Known::Yes(url) = &asker.question.hook else {
        return;
    };
    let before = asker.net().left();
    let exchange = asker
        .net()
        .deliver(&asker.lanes().hook, url, delivery)
        .await;
    let took = before.saturating_sub(asker.net().left());
    let ahead = exchange.as_ref().ok().and_then(clock::ahead);
    hook.ahead = clock::nearest([hook.ahead, ahead]);
    hook.posted.push(Posted {
        probe,
        reply: reply(url, &exchange),
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
}
