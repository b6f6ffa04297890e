//! What only a person can know: the rest of the production checklist. A statement is attested in
//! `clerk-audit.toml`, and listed as open until then.

use crate::model::attest::Statement;

const fn statement(id: &'static str, says: &'static str, how: &'static str) -> Statement {
    Statement { id, says, how }
}

/// Every statement, in the order in which they are listed.
pub const ALL: &[Statement] = &[
    statement(
        "production-domain",
        "The production domain is ours, and the Clerk dashboard shows its DNS records and certificates as verified",
        "Clerk dashboard, production instance, Domains: every record is verified, the certificates are deployed",
    ),
    statement(
        "oauth-credentials",
        "Every social connection in production uses OAuth credentials of our own, with our redirect URLs",
        "Clerk dashboard, SSO connections: custom credentials; the consoles of the providers: the redirect URLs of the production domain",
    ),
    statement(
        "host-variables",
        "The production environment of the host holds the live keys and the webhook secret, and nobody shares them elsewhere",
        "the host's list of variables, such as `vercel env ls` or `fly secrets list`; after a change the app was deployed again",
    ),
    statement(
        "preview-strategy",
        "It is decided with which keys preview deployments run, and they are not the live ones",
        "the host's variables for previews, and https://clerk.com/docs/guides/development/managing-environments",
    ),
    statement(
        "environment-backup",
        "The environment of production can be restored: a copy lies in a secrets manager or another safe place",
        "restore it once into an empty project",
    ),
    statement(
        "development-instance",
        "The app was tried against a development instance after the last change to authentication",
        "run it locally with test keys, and restart it after each change of the environment",
    ),
    statement(
        "session-policy",
        "Session lifetime, inactivity timeout and second factors were chosen for this app",
        "Clerk dashboard, Sessions and Multi-factor",
    ),
    statement(
        "sensitive-actions",
        "Actions that need a fresh sign-in (reverification) are decided, and the code asks for it",
        "list what deletes, pays or grants; https://clerk.com/docs/guides/secure/reverification",
    ),
    statement(
        "least-privilege",
        "Each service has a secret key of its own, and only those who need it can see the dashboard",
        "Clerk dashboard, API keys and the members of the workspace",
    ),
    statement(
        "key-rotation",
        "The secret key and the webhook secret were rotated as our policy asks",
        "note the date of the last rotation; https://clerk.com/docs/guides/secure/rotate-api-keys",
    ),
    statement(
        "startup-validation",
        "The app refuses to start without its Clerk variables",
        "start it once without them",
    ),
    statement(
        "uptime-monitor",
        "An external monitor asks the health endpoint and wakes somebody",
        "the monitor's page; it last alerted on a rehearsal",
    ),
    statement(
        "webhook-alerts",
        "Somebody is told when deliveries of webhooks fail",
        "Clerk dashboard, Webhooks: the endpoint's messages and its alerts",
    ),
    statement(
        "auth-events",
        "Sign-ins, sign-outs and refused requests can be found in the logs",
        "sign in once, and find it",
    ),
    statement(
        "session-expiry",
        "A user whose session ends in the middle of work is asked to sign in again and loses nothing",
        "sign out in another tab, then go on in the first",
    ),
    statement(
        "account-linking",
        "A changed e-mail address and a second way to sign in lead to the same account of ours",
        "change the address of a test user; sign in with another provider of the same address",
    ),
    statement(
        "webhook-endpoint",
        "The production instance delivers the events that the code handles to the exact URL of the app",
        "Clerk dashboard, production instance, Webhooks: URL without a redirect, events, the last deliveries succeeded",
    ),
    statement(
        "user-import",
        "Users who came from another system or instance were counted, and the counts agree",
        "the export against the dashboard",
    ),
    statement(
        "plan-limits",
        "The plan covers the users and the features that the app relies on",
        "Clerk dashboard, Billing",
    ),
    statement(
        "tried-on-production",
        "Sign-up, sign-in, refresh, sign-out and a protected page were tried on the deployed site, with a clean console",
        "a private window, the browser's console open",
    ),
    statement(
        "logs-read",
        "The logs of the server were read after the last deploy, and nothing of Clerk's complains",
        "search them for `clerk`, `jwks` and `handshake`",
    ),
    statement(
        "incident-owner",
        "It is known who owns an incident, with access to the dashboard, the host and the logs",
        "names and telephone numbers, where they are found when the site is down",
    ),
    statement(
        "rollback-plan",
        "A bad deploy or a bad upgrade can be taken back, and somebody has done it once",
        "the runbook; the last rehearsal",
    ),
    statement(
        "delivery-recovery",
        "Failed deliveries can be repeated, and users created meanwhile are found and added",
        "Svix replay in the dashboard; a script that compares Clerk's users with our own",
    ),
];

/// The statement of an id.
pub fn find(id: &str) -> Option<&'static Statement> {
    ALL.iter().find(|statement| statement.id == id)
}
