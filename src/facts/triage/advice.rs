//! What to do about each category, what not to do, and what to watch.

use crate::model::triage::{Advice, Category, Match};

/// Why no category is helped by letting everybody in.
const NO_BYPASS: &str = "Do not switch an emergency bypass on: it opens every protected route to everybody, the code behind \
     still sees no user, and it is forgotten. A maintenance page that stays closed does less harm.";

/// Why no session is to be revoked.
const NO_MASS_LOGOUT: &str =
    "Do not revoke the sessions of your users: it logs everybody out and mends nothing.";

/// What to do about a look: about the main category in full, and about the others what comes first.
pub(super) fn of(main: &Match, also: &[Match]) -> Advice {
    let mut advice = about(main.category);
    for one in also {
        for line in about(one.category).now.into_iter().take(1) {
            if !advice.now.contains(&line) {
                advice.now.push(line);
            }
        }
    }
    if main.category != Category::Healthy && !advice.not.contains(&NO_BYPASS) {
        advice.not.push(NO_BYPASS);
    }
    advice
}

fn about(category: Category) -> Advice {
    let (now, not, watch): (&[&str], &[&str], &[&str]) = match category {
        Category::Unknown => UNKNOWN,
        Category::BypassActive => BYPASS,
        Category::ClerkOutage => OUTAGE,
        Category::HostDown => HOST,
        Category::Keys => KEYS,
        Category::MiddlewareFailure => MIDDLEWARE,
        Category::DnsTls => NAMES,
        Category::KeyCompromised => COMPROMISED,
        Category::SessionTrouble => SESSIONS,
        Category::RateLimited => LIMITED,
        Category::WebhookBacklog => WEBHOOKS,
        Category::Healthy => HEALTHY,
    };
    Advice {
        now: now.to_vec(),
        not: not.to_vec(),
        watch: watch.to_vec(),
    }
}

type Lines = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const UNKNOWN: Lines = (
    &[
        "Run it from another network, for instance from a server or over a telephone.",
        "Give it more to look at: --url, --protected, --webhook-url, and the keys.",
        "Look at https://status.clerk.com and at the status of your host.",
    ],
    &["Do not conclude that Clerk is out: what was seen does not say so."],
    &["Whether the control hosts answer again (E13)"],
);

const BYPASS: Lines = (
    &[
        "Remove CLERK_EMERGENCY_BYPASS (or whatever switches the bypass on) from the environment and redeploy, now.",
        "Ask a protected path without a session and see it refused: run this again with --protected PATH.",
        "Read the access logs of the protected routes for the time in which it was on: all of that was open.",
        "Take the bypass out of the code.",
    ],
    &["Do not wait for the end of the other incident: open routes are worse than closed ones."],
    &[
        "X-Auth-Bypass on any answer (E12), and what protected paths answer (E6)",
        "Changes to data by requests without a user",
    ],
);

const OUTAGE: Lines = (
    &[
        "Stay closed: show a maintenance page where a session is needed, and keep public pages readable.",
        "Follow https://status.clerk.com and tell your users; report it to Clerk's support with the trace ids here.",
        "Where tokens are verified without the network (CLERK_JWT_KEY, jwtKey), leave that on: sessions that are open then go on being verified, until their tokens of 60 s cannot be renewed.",
    ],
    &[
        NO_BYPASS,
        "Do not rotate keys and do not redeploy to mend it: a fresh process must load the signing keys, which it now cannot.",
    ],
    &[
        "E2 and E3 good again, twice in a row: clerk-audit triage --watch 30",
        "Webhooks that come late: Svix tries again for about 27 hours",
    ],
);

const HOST: Lines = (
    &[
        "Look at the status and the logs of your host, and at the last deployment.",
        "Roll the last deployment back if it began with it.",
        "If the app itself starts and fails, read its start-up log: with Express a missing CLERK_SECRET_KEY fails every request.",
    ],
    &["Do not look for the fault at Clerk: it answers."],
    &["Static files (E6): they come back first"],
);

const KEYS: Lines = (
    &[
        "Copy the keys anew from the Clerk Dashboard, both of the same instance, and set them where the site gets its environment.",
        "Redeploy: a public key is built into the page, so a restart is not enough.",
        "Check a rotation with clerk-audit rotate-check.",
    ],
    &[
        NO_BYPASS,
        "Do not mend it with a development key: it shows a banner, and no production user can sign in.",
    ],
    &["E7: the reason must become that of a key that works and pairs"],
);

const MIDDLEWARE: Lines = (
    &[
        "Roll back to the last deployment that worked.",
        "Read the server log: a missing CLERK_SECRET_KEY or publishable key, or an error in middleware.ts or proxy.ts, fails every route that the matcher covers.",
        "Run clerk-audit in the project: it looks at the variables, the middleware and the versions.",
    ],
    &[
        NO_BYPASS,
        "Do not shrink the matcher until the errors are gone: what it no longer covers is no longer protected.",
    ],
    &["Matched routes with x-clerk headers again (E6)"],
);

const NAMES: Lines = (
    &[
        "Compare the records with the Clerk Dashboard (Domains) and correct what differs; keep them \"DNS only\" at Cloudflare.",
        "Where the certificate of a Clerk host is the fault: press \"Deploy certificates\" in the Dashboard, and remove CAA records that keep Let's Encrypt and Google Trust Services out.",
        "Where it is the certificate of the site: renew it at your host.",
    ],
    &[
        NO_BYPASS,
        "Do not turn certificate checks off, and do not change other records to be sure: each change takes up to 48 hours to arrive.",
    ],
    &["E4 by two resolvers, then E5"],
);

const COMPROMISED: Lines = (
    &[
        "Create a new secret key in the Clerk Dashboard, deploy it everywhere, check that it is used, then delete the old one.",
        "Prove it: clerk-audit rotate-check --url URL (the old key in CLERK_OLD_SECRET_KEY, the new one in CLERK_SECRET_KEY).",
        "Find where it got out: clerk-audit --only secrets/hard-coded,secrets/secret-in-history,secrets/secret-in-build --history",
        "Rotate what else lay beside it: the webhook secret (by a second endpoint), database and payment keys.",
        "Look for what was done with it: users, sessions and organisations created or changed in that time.",
    ],
    &[
        "Do not delete the old key before the new one is deployed: that is an outage by your own hand.",
        "Do not count on a rotation to end sessions: they are signed with another key.",
    ],
    &[
        "Sign-ups and sign-ins (E11)",
        "The last use of the old key in the Dashboard",
    ],
);

const SESSIONS: Lines = (
    &[
        "Set the clock of the servers by NTP where E8 says that it is off.",
        "Have the proxy before the app pass X-Forwarded-Proto and X-Forwarded-Host as the browser sent them.",
        "Let no cache keep answers of routes with sessions, and let no two deployments with different keys answer at once.",
        "Look at the session settings in the Dashboard: the maximum lifetime is 7 days unless set, and an inactivity timeout ends sessions earlier.",
    ],
    &[NO_MASS_LOGOUT, NO_BYPASS],
    &[
        "E8 and E9",
        "How many sign in an hour (E11): it rises while sessions end early",
    ],
);

const LIMITED: Lines = (
    &[
        "Wait as long as Retry-After says, and send less: 1000 requests in 10 s is the limit of a production instance, 100 that of a development one.",
        "Find the caller: a loop over users, a middleware that calls the Backend API at every request, a job.",
        "Read the session's claims instead of calling getUser(), cache users, and read lists in pages.",
    ],
    &["Do not let it try again at once: every try counts."],
    &["E2 without 429"],
);

const WEBHOOKS: Lines = (
    &[
        "Mend the endpoint: it must answer 2xx within 15 s, at exactly that address, without a redirect and without a session.",
        "Then replay what failed, in the Clerk Dashboard: Webhooks, the endpoint, the time from the beginning of the incident. Svix tries by itself for about 27.5 hours, and switches an endpoint off after 5 days of failures.",
        "Compare the counts: clerk-audit triage --db-count N, and --since for the users of the gap.",
    ],
    &["Do not take the verification out to see events arrive: anybody can then post them."],
    &[
        "E10, and the failed deliveries in the Dashboard",
        "E11 against the own database",
    ],
);

const HEALTHY: Lines = (
    &[],
    &[],
    &["With --watch 60 it goes on looking and keeps a timeline"],
);
