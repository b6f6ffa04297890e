//! The HTTP client: how it is made, and how an answer is read.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, redirect, retry};
use rustls::ClientConfig;
use tokio::time::Instant;

use super::fault::{self, Asked};
use super::proxy::Route;
use super::resolver::{Progress, Resolver};
use super::{Ask, Kind, Method, Net, delivery, milliseconds, seconds_since_1970, trust};
use crate::facts::http::{Answer, Exchange, Fault, Phase};

/// Clerk's API is behind an edge that can refuse requests without one.
const USER_AGENT: &str = concat!("clerk-audit/", env!("CARGO_PKG_VERSION"));

/// No header that matters is longer.
const LONGEST_HEADER: usize = 16 * 1024;

/// A client for a kind of request.
pub(super) fn build(kind: Kind, tls: Option<ClientConfig>, net: &Net) -> Result<Client, Fault> {
    let tls = match tls {
        Some(tls) => tls,
        None => trust::nobody()?,
    };
    let resolver = Resolver {
        names: net.names.clone(),
        port: kind.port,
    };
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .tls_info(true)
        .https_only(kind.tls)
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .user_agent(USER_AGENT)
        .connect_timeout(time_to_connect(net.left()))
        .dns_resolver(resolver);
    let route = if kind.direct {
        Route::Direct
    } else {
        net.settings.proxy.route(kind.tls)?
    };
    let builder = match route {
        Route::Direct => builder.no_proxy(),
        Route::System => builder,
        Route::Through(proxy) => builder.proxy(*proxy),
    };
    builder.build().map_err(|error| Fault::LocalFailure {
        detail: format!(
            "the HTTP client could not be made ({})",
            error.without_url()
        ),
    })
}

/// Sends a request and reads the answer.
pub(super) async fn send(client: &Client, ask: &Ask, net: &Net, progress: &Progress) -> Exchange {
    let started = Instant::now();
    progress.enter(Phase::Connecting);
    let method = match ask.method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Options => reqwest::Method::OPTIONS,
    };
    let request = match delivery::posted(client, ask) {
        Some(post) => post,
        None => client.request(method, ask.url.clone()),
    };
    let request = request.headers(ask.headers.clone());
    let answered = match request.send().await {
        Ok(response) => {
            progress.enter(Phase::Reading);
            read(response, ask.limit).await
        }
        Err(error) => Err(error),
    };
    match answered {
        Ok(mut answer) => {
            let host = ask.url.host_str().unwrap_or_default();
            if answer.certificate.is_empty() && ask.url.scheme() == "https" {
                answer.certificate = net.accepted.of(host).unwrap_or_default();
            }
            answer.took_ms = milliseconds(started.elapsed());
            answer.at = seconds_since_1970();
            Ok(answer)
        }
        Err(error) => Err(fault::explain(
            &error,
            &Asked {
                url: &ask.url,
                net,
                phase: progress.phase(),
            },
        )),
    }
}

async fn read(mut response: Response, limit: usize) -> reqwest::Result<Answer> {
    let certificate = response
        .extensions()
        .get::<TlsInfo>()
        .and_then(TlsInfo::peer_certificate)
        .map(<[u8]>::to_vec);
    let status = response.status().as_u16();
    let headers = headers(response.headers());
    let mut body = Vec::new();
    let mut whole = true;
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            whole = false;
            break;
        }
    }
    Ok(Answer {
        status,
        headers,
        body,
        whole,
        certificate: certificate.unwrap_or_default(),
        ..Answer::default()
    })
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| {
        let part = &bytes[..bytes.len().min(LONGEST_HEADER)];
        String::from_utf8_lossy(part).into_owned()
    };
    map.iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
        .collect()
}

/// A little less than there is, so that a connection that cannot be made is told from an answer that
/// does not come: the client reports the first, the deadline ends the second.
fn time_to_connect(remaining: Duration) -> Duration {
    const A_LITTLE: Duration = Duration::from_millis(25);
    remaining.saturating_sub(A_LITTLE).max(remaining / 2)
}
