//! The Backend API: the one host to which the secret key goes.

use reqwest::header::HeaderValue;
use url::Url;

use super::{Ask, Lane, Net};
use crate::facts::api::{ApiAnswer, ApiBase, KeyFault, key_fault};
use crate::facts::http::{Exchange, Fault};
use crate::model::Secret;

/// An answer of the Backend API is small; a list is cut at its page size.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// An instance is a few hundred bytes.
const LARGEST_INSTANCE: usize = 64 * 1024;

/// Who may ask the Backend API. It can only be made of an [`ApiBase`], so of an address to which the key
/// may go, and it can only read.
#[derive(Debug)]
pub struct Backend<'n> {
    net: &'n Net,
    base: ApiBase,
    key: Secret,
    authorization: HeaderValue,
}

impl<'n> Backend<'n> {
    /// Who asks with this key.
    ///
    /// # Errors
    /// Why the key cannot be sent there.
    pub fn new(net: &'n Net, base: ApiBase, key: Secret) -> Result<Self, ApiAnswer> {
        if let Some(fault) = key_fault(&key) {
            return Err(ApiAnswer::BadKey(fault));
        }
        let live = key.expose().starts_with("sk_live_");
        if let Some(host) = net.led_away(base.host(), base.port())
            && live
        {
            let detail = format!(
                "--connect-to leads {} to {host}, and a live key is sent to no stand-in but one on this machine",
                base.host()
            );
            return Err(ApiAnswer::Fault(Fault::LocalFailure { detail }));
        }
        let bearer = format!("Bearer {}", key.expose());
        let mut authorization =
            HeaderValue::from_str(&bearer).map_err(|_| ApiAnswer::BadKey(KeyFault::Character))?;
        authorization.set_sensitive(true);
        Ok(Self {
            net,
            base,
            key,
            authorization,
        })
    }

    /// GET of a path below the version prefix, `/instance` for example; as much of the answer is read as an
    /// answer of the Backend API ever holds.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn get(&self, lane: &Lane, path: &str) -> Exchange {
        let Ok(url) = Url::parse(&self.base.endpoint(path)) else {
            let detail = "the address could not be put together".to_owned();
            return Err(Fault::LocalFailure { detail });
        };
        let limit = if path == "/instance" {
            LARGEST_INSTANCE
        } else {
            LARGEST_ANSWER
        };
        let ask = Ask::get(url)
            .header("accept", "application/json")
            .at_most(limit)
            .authorized(self.authorization.clone());
        self.net.ask(lane, ask).await
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        self.base.host()
    }

    /// The key, to keep it out of texts.
    pub fn key(&self) -> &Secret {
        &self.key
    }
}
