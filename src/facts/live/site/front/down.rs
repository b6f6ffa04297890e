//! Whether the site is up, and if not, who fails: the host, the middleware, or a page.

use super::{Front, Seen};

/// Who fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// Nobody.
    Nobody,
    /// Everything answers with a server error, files too: the host, or the whole app.
    Everything {
        /// The status of the front page.
        status: u16,
    },
    /// Pages answer with a server error before Clerk's SDK could say a word, and files are served: so fails a
    /// middleware, without its keys above all.
    Middleware {
        /// The status of the front page.
        status: u16,
        /// A file that is served.
        file: String,
    },
    /// Pages are answered by what stands before the app, which does not reach it or keeps it closed, and files
    /// are served.
    Unreached {
        /// The status of the front page.
        status: u16,
        /// A file that is served.
        file: String,
    },
    /// The front page alone.
    FrontPage {
        /// Its status.
        status: u16,
        /// Whether Clerk's SDK ran, so that it is not the middleware that fails.
        behind_clerk: bool,
    },
    /// The front page, for browsers of those who signed in before.
    Returning {
        /// Its status.
        status: u16,
    },
}

/// Who fails. A site of which no answer came at all is none that could be judged.
///
/// Measured with the real packages: without `CLERK_SECRET_KEY` Next.js answers 500 on all that its matcher
/// covers and serves the rest, and Express answers 500 everywhere.
pub fn judge(front: &Front) -> Down {
    let landing = front.chain.hops.last().unwrap_or(&front.page);
    let pages = [landing, &front.page, &front.bare];
    let Some((page, status)) = pages.into_iter().find_map(failing) else {
        return match failing(&front.returning) {
            Some((_, status)) => Down::Returning { status },
            None => Down::Nobody,
        };
    };
    let others = front.health.iter().map(|probe| &probe.seen);
    let mut others = others.chain([&front.unknown]).filter(has_answer);
    let all_fail = others.all(|seen| failing(seen).is_some());
    let served = front
        .files
        .iter()
        .find(|seen| has_answer(seen) && failing(seen).is_none());
    match served {
        None if all_fail => Down::Everything { status },
        Some(file) if all_fail && page.clerk().is_none() && is_gateways(page) => Down::Unreached {
            status,
            file: file.path.clone(),
        },
        Some(file) if all_fail && page.clerk().is_none() && front.unknown.clerk().is_none() => {
            Down::Middleware {
                status,
                file: file.path.clone(),
            }
        }
        _ => Down::FrontPage {
            status,
            behind_clerk: page.clerk().is_some(),
        },
    }
}

fn is_gateways(seen: &Seen) -> bool {
    seen.look().is_some_and(|look| look.gateways)
}

fn has_answer(seen: &&Seen) -> bool {
    seen.answer.is_ok()
}

fn failing(seen: &Seen) -> Option<(&Seen, u16)> {
    let look = seen.look().filter(|look| look.is_error())?;
    Some((seen, look.status))
}
