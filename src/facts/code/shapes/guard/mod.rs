//! What code does against forgery and strangers: origins, limits, redirects, proxies.

mod backdoor;
mod cors;
mod header;
mod limit;
mod parties;
mod proxy;
mod read;
mod redirect;
mod role;
mod settings;
mod token;
mod urls;

pub use cors::Allowed;
pub use parties::{Entry, Parties};
pub(super) use read::property;
pub use redirect::Way;
pub use role::is_for_admins;
pub use settings::{Setting, Settings};

use super::{Seen, What};
use crate::facts::code::tree::Offset;

/// A file without any of these words has nothing for this module.
pub(super) const WORDS: &[&str] = &[
    "clerkmiddleware",
    "authmiddleware",
    "authenticaterequest",
    "verifytoken",
    "clerkplugin",
    "withclerkhandler",
    "clerkexpress",
    "authorizedparties",
    "access-control-allow",
    "'cors'",
    "\"cors\"",
    "/cors'",
    "/cors\"",
    "enablecors",
    "handlecors",
    "cors:",
    "redirect_url",
    "redirecturl",
    "redirectto",
    "redirect_to",
    "returnto",
    "return_to",
    "returnurl",
    "return_url",
    "callbackurl",
    "callback_url",
    "get('next')",
    "get(\"next\")",
    "query.next",
    "get('url')",
    "get(\"url\")",
    "query.url",
    "proxyurl",
    "signinurl",
    "signupurl",
    "aftersign",
    "allowedredirectorigins",
    "issatellite",
    "frontend-api.clerk",
    "clerk-proxy-url",
    "clerk-secret-key",
    "ratelimit",
    "rate-limit",
    "rate_limit",
    "ratelimiter",
    "@arcjet",
    "throttl",
    "turnstile",
    "captcha",
    "openai",
    "@anthropic-ai",
    "@ai-sdk",
    "generatetext",
    "streamtext",
    "nodemailer",
    "sendgrid",
    "'resend'",
    "\"resend\"",
    "twilio",
    "postmark",
    "+clerk_test",
    "424242",
    "@clerk/testing",
    "demo-user",
    "demo_user",
    "test-user",
    "test_user",
    "dev-user",
    "dev_user",
    "mock-user",
    "mock_user",
    "x-user-id",
    "x-user-email",
    "x-clerk-user",
    "x-auth-user",
    "x-session-id",
    "jwtverify",
    "isadmin",
    "requireadmin",
    "checkrole",
    "orgrole",
    "metadata.role",
    "metadata?.role",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// A call that verifies sessions, and whether it says for which origins.
    Verifies {
        /// The call, as written: `clerkMiddleware()`.
        call: String,
        /// What it says of the origins.
        parties: Parties,
    },
    /// A list of origins for `authorizedParties`.
    AuthorizedParties {
        /// What of it can be read.
        entries: Vec<Entry>,
        /// Whether all of it can be.
        whole: bool,
    },
    /// Answers to other origins, with the credentials of the browser.
    Cors {
        /// Where it is said: `cors()`, a header.
        by: String,
        /// Which origins.
        allowed: Allowed,
    },
    /// A redirect to what the address of the request says.
    Redirect {
        /// The call, as written.
        call: String,
        /// Where the address is from, as written.
        from: String,
        /// What kind of redirect it is.
        way: Way,
    },
    /// How Clerk is told about domains and proxies.
    Settings(Settings),
    /// A component or call of Clerk sends people to a whole address.
    SendsTo {
        /// The property.
        property: String,
        /// The address.
        url: String,
    },
    /// `allowedRedirectOrigins` is given.
    AllowsOrigins,
    /// A request is passed on to Clerk's Frontend API by hand.
    PassesOn {
        /// The host.
        host: String,
    },
    /// A header that a proxy of the Frontend API sends is named.
    ProxyHeader(&'static str),
    /// Something limits how often a visitor may ask.
    Limiter,
    /// Test credentials of Clerk decide something.
    TestCode {
        /// What stands there.
        what: String,
    },
    /// A package that is made for tests.
    TestPackage {
        /// Its specifier.
        package: String,
    },
    /// Whoever is signed out goes on as a user whose id is written in the code.
    FallbackUser {
        /// The id.
        id: String,
    },
    /// The answer carries who the user is in a header.
    SendsUser {
        /// The header.
        header: String,
    },
    /// A token of Clerk is verified by hand, and not all of it.
    HalfVerified {
        /// The call, as written.
        call: String,
        /// What is not looked at.
        missing: Vec<&'static str>,
    },
    /// A role, a permission or a list of people is asked for.
    AsksRole,
    /// An import whose name says that it may guard something, of a file of the project.
    MayGuard,
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    if read::is_for_tests(path) {
        return;
    }
    let text = seen.module.text().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["clerk"]) {
        parties::look(seen);
        settings::look(path, seen);
        token::look(seen, &text);
        urls::look(seen);
    }
    if has(&["access-control-allow", "cors"]) {
        cors::look(path, seen);
    }
    if has(&["redirect", "location", "push(", "replace("]) {
        redirect::look(seen);
    }
    if has(&[
        "clerk-proxy-url",
        "clerk-secret-key",
        "x-forwarded-for",
        "frontend-api.clerk",
    ]) {
        proxy::look(seen, &text);
    }
    if has(&["x-user-", "x-clerk-", "x-auth-", "x-session-"]) {
        header::look(seen);
    }
    backdoor::look(seen, &text);
    limit::look(seen);
    role::look(path, seen, &text);
}

impl Seen<'_> {
    fn guard(&mut self, at: Offset, guard: Guard) {
        self.add(at, What::Guard(guard));
    }
}

#[cfg(test)]
mod tests;
