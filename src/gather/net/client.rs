//! The HTTP client: it can ask for one thing, and it can only ask.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Response, redirect, retry};
use rustls::ClientConfig;
use tokio::time::Instant;

use super::fault::{self, Asked};
use super::proxy::Route;
use super::resolver::{Progress, Resolver};
use super::{Request, seconds_since_1970};
use crate::facts::api::{ApiAnswer, Body, HttpAnswer, KeyFault, Phase, read_answer};

/// An instance is a few hundred bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Clerk's API is behind an edge that can refuse requests without one.
const USER_AGENT: &str = concat!("clerk-audit/", env!("CARGO_PKG_VERSION"));

/// A client from which only GET requests come: the one that could send others is private to it.
pub(super) struct ReadOnlyClient<'a> {
    client: Client,
    authorization: HeaderValue,
    request: &'a Request,
}

impl<'a> ReadOnlyClient<'a> {
    /// A client for one request (and its second try) that has to be over at `deadline`.
    pub(super) fn new(
        request: &'a Request,
        tls: ClientConfig,
        deadline: Instant,
        progress: Progress,
    ) -> Result<Self, ApiAnswer> {
        let bearer = format!("Bearer {}", request.key.expose());
        let mut authorization =
            HeaderValue::from_str(&bearer).map_err(|_| ApiAnswer::BadKey(KeyFault::Character))?;
        authorization.set_sensitive(true);
        let resolver = Resolver {
            lookup: request.lookup.clone(),
            progress,
        };
        let builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(request.base.is_tls())
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .pool_max_idle_per_host(0)
            .connect_timeout(time_to_connect(
                deadline.saturating_duration_since(Instant::now()),
            ))
            .dns_resolver(resolver);
        let builder = match request.proxy.route(&request.base)? {
            Route::Direct => builder.no_proxy(),
            Route::System => builder,
            Route::Through(proxy) => builder.proxy(*proxy),
        };
        let client = builder.build().map_err(|error| ApiAnswer::LocalFailure {
            detail: format!(
                "the HTTP client could not be made ({})",
                error.without_url()
            ),
        })?;
        Ok(Self {
            client,
            authorization,
            request,
        })
    }

    /// `GET /v1/instance`.
    pub(super) async fn instance(&self, progress: &Progress) -> ApiAnswer {
        progress.enter(Phase::Connecting);
        let sent = self
            .client
            .get(self.request.base.endpoint("/instance"))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .send()
            .await;
        let answered = match sent {
            Ok(response) => {
                progress.enter(Phase::Reading);
                self.read(response).await
            }
            Err(error) => Err(error),
        };
        answered.unwrap_or_else(|error| fault::explain(&error, &self.asked(progress)))
    }

    async fn read(&self, mut response: Response) -> reqwest::Result<ApiAnswer> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let body = read_body(response).await?;
        let answer = HttpAnswer {
            host: self.request.base.host(),
            status,
            content_type: text(&headers, CONTENT_TYPE.as_str()),
            retry_after: text(&headers, RETRY_AFTER.as_str()),
            location: text(&headers, LOCATION.as_str()),
            cf_ray: text(&headers, "cf-ray"),
            body: body.as_deref().map_or(Body::TooLarge, Body::Whole),
        };
        Ok(read_answer(
            &answer,
            &self.request.key,
            seconds_since_1970(),
        ))
    }

    fn asked(&self, progress: &Progress) -> Asked<'_> {
        Asked {
            request: self.request,
            phase: progress.phase(),
        }
    }
}

/// A little less than there is, so that a connection that cannot be made is told from an answer that
/// does not come: the client reports the first, the deadline ends the second.
fn time_to_connect(remaining: Duration) -> Duration {
    const A_LITTLE: Duration = Duration::from_millis(25);
    remaining.saturating_sub(A_LITTLE).max(remaining / 2)
}

/// The body, where it is not too large.
async fn read_body(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
