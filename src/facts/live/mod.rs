//! What the running things answered: the instance, the Frontend API, DNS, certificates, the deployed site,
//! the webhook endpoint. Bytes in, data out; what asks lies in `gather::live`.

pub mod address;
pub mod certificates;
pub mod dns;
pub mod frontend;
pub mod hook;
pub mod instance;
pub mod site;
pub mod status;

use crate::model::{Known, Site};

use certificates::Certificates;
use dns::Dns;
use frontend::Frontend;
use hook::Hook;
use instance::Instance;
use site::{Front, Surface, Visited};
use status::Status;

/// What the running things answered about one app. A part that nobody needs is not asked for.
#[derive(Debug, Clone)]
pub struct Live {
    /// Where the deployed site is, whether it answers or not.
    pub site: Known<Site>,
    /// The instance, by the Backend API.
    pub instance: Known<Instance>,
    /// The instance, by its Frontend API.
    pub frontend: Known<Frontend>,
    /// The records of its domain.
    pub dns: Known<Dns>,
    /// The certificates of its hosts.
    pub certificates: Known<Certificates>,
    /// Clerk's status page.
    pub status: Known<Status>,
    /// The deployed site: its front page, its keys, its health.
    pub front: Known<Front>,
    /// The deployed site: what stands behind its sign-in.
    pub visited: Known<Visited>,
    /// The deployed site: headers, scripts, files.
    pub surface: Known<Surface>,
    /// The webhook endpoint.
    pub hook: Known<Hook>,
}

impl Live {
    /// Nothing was asked, and why.
    pub fn not_asked(why: &str) -> Self {
        Self::without(false, why)
    }

    /// It was to be asked, and nothing came of it.
    pub fn failed(why: &str) -> Self {
        Self::without(true, why)
    }

    fn without(failed: bool, why: &str) -> Self {
        fn no<T>(failed: bool, why: &str) -> Known<T> {
            if failed {
                Known::Failed(why.to_owned())
            } else {
                Known::NotAsked(why.to_owned())
            }
        }
        Self {
            site: no(failed, why),
            instance: no(failed, why),
            frontend: no(failed, why),
            dns: no(failed, why),
            certificates: no(failed, why),
            status: no(failed, why),
            front: no(failed, why),
            visited: no(failed, why),
            surface: no(failed, why),
            hook: no(failed, why),
        }
    }
}
