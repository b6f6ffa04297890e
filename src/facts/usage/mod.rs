//! What the source of an app does with Clerk, over all its files: textual evidence, for the checks that
//! need no more than "does the code read this variable" and "does it receive webhooks".

mod scan;

use std::collections::{BTreeMap, BTreeSet};

use super::code::scan::{SecretSource, VerifyWebhook, is_source, is_test};
use super::env::Variable;
use super::tree;
use crate::model::Place;

pub use scan::{FileUse, names_other_sender, scan};

/// What all files of an app do with Clerk.
#[derive(Debug, Default)]
pub struct Usage {
    used: bool,
    reads: BTreeSet<String>,
    words: BTreeSet<String>,
    receiver: Option<Place>,
    receiver_is_clerks: bool,
    receiver_holds_secret: bool,
    receiving: Vec<String>,
    received_in_library: Option<String>,
    received_elsewhere: Option<String>,
    webhook_trace: Option<Place>,
    works_on_server: bool,
    authenticates: bool,
    signs_in: bool,
    pages_router_only: bool,
    on_cloudflare: bool,
    verifies_by_default_name: bool,
    server_import: Option<Place>,
    publishable_key: Option<Variable>,
    pages: BTreeMap<&'static str, String>,
}

impl Usage {
    /// Puts the files of an app together: its own, those of the workspace packages that bring Clerk into
    /// it, and the paths of all its own files, whether they speak of Clerk or not.
    pub fn of(own: &[(&str, &FileUse)], libraries: &[(&str, &FileUse)], all: &[&str]) -> Self {
        let mut usage = Self::default();
        // Where one file is surely Clerk's receiver, those that only may be are another sender's.
        let certain = has_certain_receiver(own);
        for (path, file) in own {
            usage.add(path, file);
            usage.add_webhooks(path, file, certain);
        }
        let others = secrets_of_others(own);
        usage.reads.retain(|name| !others.contains(name));
        // Which of its apps a library receives webhooks for cannot be seen from here.
        for (path, file) in libraries {
            usage.add(path, file);
            if has_its_own_environment(path) {
                usage.add_webhooks(path, file, certain);
            } else if may_receive(file) {
                usage
                    .received_in_library
                    .get_or_insert_with(|| (*path).to_owned());
            }
        }
        usage.pages_router_only = is_pages_router_only(all);
        usage.on_cloudflare |= all
            .iter()
            .any(|path| tree::file_name(path).starts_with("wrangler."));
        usage.webhook_trace = own_webhook_path(own, all).map(Place::file);
        for (what, names) in [
            ("sign-in", ["sign-in", "signin"]),
            ("sign-up", ["sign-up", "signup"]),
        ] {
            if let Some(page) = all.iter().find(|path| is_page(path, &names)) {
                usage.pages.insert(what, (*page).to_owned());
            }
        }
        usage
    }

    fn add(&mut self, path: &str, file: &FileUse) {
        let mentions = &file.mentions;
        self.used |=
            !mentions.clerk_imports.is_empty() || path.to_ascii_lowercase().contains("clerk");
        if self.server_import.is_none()
            && file.asks_for_session
            && mentions
                .clerk_imports
                .iter()
                .any(|name| needs_middleware(name))
        {
            self.server_import = Some(Place::file(path));
        }
        if self.publishable_key.is_none() {
            let first = file.publishable_keys.first().cloned();
            self.publishable_key = first.map(|winner| Variable {
                winner,
                shadowed: Vec::new(),
            });
        }
        let imports = &mentions.clerk_imports;
        self.works_on_server |= imports.iter().any(|name| is_for_servers(name))
            || (!imports.is_empty() && file.works_on_server);
        self.on_cloudflare |= file.reads_cloudflare;
        self.authenticates |= file.authenticates;
        self.signs_in |= file.signs_in;
        let names = mentions.env_reads.iter().map(|read| read.name.as_str());
        self.reads.extend(
            names
                .filter(|name| !is_webhook_name(name))
                .map(str::to_owned),
        );
        // Struct tags, aliases and settings classes of other languages read by naming.
        if [".go", ".py", ".rb"].iter().any(|end| path.ends_with(end)) {
            let names = file
                .words
                .iter()
                .filter(|word| word.contains("CLERK") && !is_webhook_name(word));
            self.reads.extend(names.cloned());
        }
        self.words.extend(file.words.iter().cloned());
    }

    fn add_webhooks(&mut self, path: &str, file: &FileUse, certain: bool) {
        let mentions = &file.mentions;
        let is_clerks = mentions.receives_webhooks();
        let receives = is_clerks || (!certain && may_receive(file));
        if has_its_own_environment(path) {
            let mut reads = mentions.env_reads.iter();
            if receives || reads.any(|read| is_clerks_webhook_name(&read.name)) {
                self.received_elsewhere
                    .get_or_insert_with(|| path.to_owned());
            }
            return;
        }
        self.verifies_by_default_name |= by_default_name(file);
        if receives {
            self.receiving.push(path.to_owned());
            if self.receiver.is_none() {
                self.receiver = Some(receiver(path, file));
                self.receiver_is_clerks = is_clerks;
                self.receiver_holds_secret = file.holds_signing_secret;
            }
        }
        let names = mentions.env_reads.iter().map(|read| read.name.as_str());
        self.reads.extend(
            names
                .filter(|name| is_webhook_name(name))
                .map(str::to_owned),
        );
    }

    /// Whether any file imports Clerk, is named after it, or reads a variable of Clerk's.
    pub fn uses_clerk(&self) -> bool {
        self.used || self.reads.iter().any(|name| name.contains("CLERK"))
    }

    /// The names of environment variables that the code reads.
    pub fn names_read(&self) -> impl Iterator<Item = &str> {
        self.reads.iter().map(String::as_str)
    }

    /// Whether the code reads a variable.
    pub fn reads(&self, name: &str) -> bool {
        self.reads.contains(name)
    }

    /// Whether a word stands anywhere in the code; in lower case too, as settings classes write it.
    pub fn mentions(&self, word: &str) -> bool {
        self.words.contains(word) || self.words.contains(&word.to_ascii_lowercase())
    }

    /// Where the code receives Clerk's webhooks.
    pub fn webhook_receiver(&self) -> Option<&Place> {
        self.receiver.as_ref()
    }

    /// Whether that code surely receives Clerk's; with svix alone, it may be another sender's.
    pub fn receiver_is_clerks(&self) -> bool {
        self.receiver_is_clerks
    }

    /// Whether a signing secret stands in the code that receives them.
    pub fn receiver_holds_secret(&self) -> bool {
        self.receiver_holds_secret
    }

    /// The files that take part in receiving them.
    pub fn receiving(&self) -> &[String] {
        &self.receiving
    }

    /// A file of a workspace package of this app that receives them.
    pub fn received_in_library(&self) -> Option<&str> {
        self.received_in_library.as_deref()
    }

    /// What hints at webhooks where nothing was seen that receives them: a path, a line of a sample.
    pub fn webhook_trace(&self) -> Option<&Place> {
        self.webhook_trace.as_ref()
    }

    /// Notes a line of an env file or sample that names a webhook secret.
    pub fn add_webhook_trace(&mut self, place: Option<Place>) {
        self.webhook_trace = place.or(self.webhook_trace.take());
    }

    /// Notes a file outside every app that receives them.
    pub fn add_received_elsewhere(&mut self, path: Option<&str>) {
        if self.received_elsewhere.is_none() {
            self.received_elsewhere = path.map(str::to_owned);
        }
    }

    /// Whether any code calls what needs the secret key.
    pub fn works_on_server(&self) -> bool {
        self.works_on_server
    }

    /// Whether any code calls `authenticateRequest()`.
    pub fn authenticates(&self) -> bool {
        self.authenticates
    }

    /// Whether Next.js would find pages in `pages/` and none in `app/`.
    pub fn pages_router_only(&self) -> bool {
        self.pages_router_only
    }

    /// Whether it is made for Cloudflare's runtime, which has its variables in `.dev.vars`.
    pub fn on_cloudflare(&self) -> bool {
        self.on_cloudflare
    }

    /// Whether any code shows a sign-in or sign-up, Clerk's or one of its own.
    pub fn signs_in(&self) -> bool {
        self.signs_in
    }

    /// A file that receives them in a place whose secrets are set elsewhere: Convex, Supabase.
    pub fn received_elsewhere(&self) -> Option<&str> {
        self.received_elsewhere.as_deref()
    }

    /// Whether it is known under which name the code looks for a webhook secret.
    pub fn reads_a_webhook_secret(&self) -> bool {
        self.verifies_by_default_name || self.reads.iter().any(|name| is_webhook_name(name))
    }

    /// Whether the code calls `verifyWebhook()` without a secret, so that the SDK's own name is read.
    pub fn verifies_by_default_name(&self) -> bool {
        self.verifies_by_default_name
    }

    /// A publishable key that stands in the code itself.
    pub fn publishable_key(&self) -> Option<&Variable> {
        self.publishable_key.as_ref()
    }

    /// A file that imports what works only behind Clerk's middleware.
    pub fn server_import(&self) -> Option<&Place> {
        self.server_import.as_ref()
    }

    /// The file of the app's own sign-in page, by its path.
    pub fn sign_in_page(&self) -> Option<&str> {
        self.pages.get("sign-in").map(String::as_str)
    }

    /// The file of the app's own sign-up page, by its path.
    pub fn sign_up_page(&self) -> Option<&str> {
        self.pages.get("sign-up").map(String::as_str)
    }
}

/// Whether a file of this deployment surely receives Clerk's webhooks.
fn has_certain_receiver(own: &[(&str, &FileUse)]) -> bool {
    own.iter()
        .any(|(path, file)| file.mentions.receives_webhooks() && !has_its_own_environment(path))
}

/// Whether a file may take part in receiving Clerk's webhooks: Svix delivers for others too, so that none of
/// them may be named.
fn may_receive(file: &FileUse) -> bool {
    let mentions = &file.mentions;
    mentions.receives_webhooks()
        || ((mentions.svix || mentions.svix_headers) && !file.names_other_sender)
}

/// Whether there are pages of the Pages Router and no file of the App Router.
fn is_pages_router_only(all: &[&str]) -> bool {
    let below =
        |path: &str, folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let stem = |path: &str| {
        let name = tree::file_name(path);
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let of_app = |path: &&&str| {
        below(path, "app/") && matches!(stem(path).as_str(), "layout" | "page" | "route")
    };
    let of_pages = |path: &&&str| below(path, "pages/") && is_source(path);
    all.iter().any(|path| of_pages(&path)) && !all.iter().any(|path| of_app(&path))
}

/// A source file of the app with `webhook` in its path, which names no other sender.
fn own_webhook_path<'p>(own: &[(&str, &FileUse)], all: &[&'p str]) -> Option<&'p str> {
    let is_route = |path: &&&str| {
        let lower = path.to_ascii_lowercase();
        let routes = ["app/", "pages/", "routes/", "api/", "server/", "controller"];
        lower.contains("webhook")
            && routes.iter().any(|folder| lower.contains(folder))
            && is_source(path)
            && !is_test(path)
            && !names_other_sender(&lower)
    };
    let is_anothers = |path: &str| {
        let mut own = own.iter();
        own.any(|(known, file)| *known == path && file.names_other_sender)
    };
    all.iter()
        .filter(is_route)
        .find(|path| !is_anothers(path))
        .copied()
}

/// Whether an import brings what works with the secret key.
fn is_for_servers(specifier: &str) -> bool {
    const PACKAGES: &[&str] = &["@clerk/backend", "@clerk/clerk-sdk-node"];
    needs_middleware(specifier)
        || PACKAGES
            .iter()
            .any(|package| specifier.starts_with(package))
        || specifier.ends_with("/webhooks")
}

/// Functions that Convex and Supabase run read the variables of their own deployments.
fn has_its_own_environment(path: &str) -> bool {
    let below = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    below("convex/") || below("supabase/functions/")
}

/// The place of the verification, else of the secret that is read for it, else the file.
fn receiver(path: &str, file: &FileUse) -> Place {
    let verified = file.mentions.verify_webhook.first().map(|call| call.at);
    let mut reads = file.mentions.env_reads.iter();
    let read = || {
        reads
            .find(|read| is_webhook_name(&read.name))
            .map(|read| read.at)
    };
    match verified.or_else(read) {
        Some(at) => Place::Span {
            file: path.to_owned(),
            line: at.line,
            column: at.column,
            excerpt: None,
        },
        None => Place::file(path),
    }
}

/// Whether an import brings functions that throw where Clerk's middleware did not run: `auth()`,
/// `getAuth()`, `locals.auth()`. `@clerk/backend` and the webhook helpers do not.
fn needs_middleware(specifier: &str) -> bool {
    const ENDS: &[&str] = &[
        "/server",
        "/ssr",
        "/ssr.server",
        "/api.server",
        "/edge-middleware",
        "/api",
    ];
    const WHOLE: &[&str] = &[
        "@clerk/express",
        "@clerk/fastify",
        "@clerk/hono",
        "@hono/clerk-auth",
    ];
    WHOLE.contains(&specifier) || ENDS.iter().any(|end| specifier.ends_with(end))
}

/// Whether a file calls Clerk's `verifyWebhook()` without a secret.
fn by_default_name(file: &FileUse) -> bool {
    let by_default = |call: &VerifyWebhook| call.secret == SecretSource::Environment;
    file.mentions.verify_webhook.iter().any(by_default)
}

/// Webhook secrets that the code reads and that are another sender's: names that do not say Clerk, read
/// only where no webhook of Clerk's arrives. Where a receiver gets its secret handed from elsewhere, any of
/// the names may be meant.
fn secrets_of_others(files: &[(&str, &FileUse)]) -> BTreeSet<String> {
    let names = |file: &FileUse| -> BTreeSet<String> {
        let reads = file.mentions.env_reads.iter().map(|read| &read.name);
        reads
            .filter(|name| is_webhook_name(name))
            .cloned()
            .collect()
    };
    let certain = has_certain_receiver(files);
    let receivers = || {
        files.iter().filter(|(_, file)| {
            file.mentions.receives_webhooks() || (!certain && may_receive(file))
        })
    };
    let needs_none = |file: &FileUse| by_default_name(file) || !names(file).is_empty();
    if !receivers().all(|(_, file)| needs_none(file)) {
        return BTreeSet::new();
    }
    let clerks: BTreeSet<String> = receivers().flat_map(|(_, file)| names(file)).collect();
    let all = files.iter().flat_map(|(_, file)| names(file));
    all.filter(|name| !is_clerks_webhook_name(name) && !clerks.contains(name))
        .collect()
}

/// Whether a name is one for a webhook signing secret: Clerk's own, those of older guides, and what
/// people make of them. Names that say another sender are not.
pub fn is_webhook_name(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "STRIPE",
        "GITHUB",
        "RESEND",
        "POLAR",
        "LEMON",
        "PADDLE",
        "SLACK",
        "SHOPIFY",
        "TWILIO",
        "LIVEKIT",
        "DISCORD",
        "RAZORPAY",
        "MUX",
        "SANITY",
        "CONTENTFUL",
        "LINEAR",
    ];
    let about = ["WEBHOOK", "SIGNING_SECRET", "SVIX", "WH_SECRET"]
        .iter()
        .any(|word| name.contains(word));
    about && name.contains("SECRET") && !OTHERS.iter().any(|other| name.contains(other))
}

/// Whether such a name may well be meant for Clerk: it says so, or says nobody's name.
pub fn hints_at_webhooks(name: &str) -> bool {
    const PLAIN: &[&str] = &["WEBHOOK_SECRET", "WEBHOOK_SIGNING_SECRET", "SIGNING_SECRET"];
    is_clerks_webhook_name(name) || PLAIN.contains(&name)
}

/// Whether such a name says that it is Clerk's.
pub fn is_clerks_webhook_name(name: &str) -> bool {
    is_webhook_name(name) && (name.contains("CLERK") || name.contains("SVIX"))
}

/// Whether a path is that of a page: the file of a route whose last fixed segment is one of `names`.
fn is_page(path: &str, names: &[&str]) -> bool {
    // Most paths are none; the rest is only for those that may be one.
    if !names.iter().any(|name| path.contains(name)) {
        return false;
    }
    let stem = tree::file_name(path).split('.').next().unwrap_or_default();
    let leaf = matches!(stem, "page" | "+page" | "index" | "route")
        || stem.starts_with('[')
        || names.contains(&stem);
    let routes = ["app/", "pages/", "routes/"]
        .iter()
        .any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")));
    let code = [".tsx", ".jsx", ".ts", ".js", ".vue", ".svelte", ".astro"]
        .iter()
        .any(|end| path.ends_with(end));
    let api = path.split('/').any(|part| part == "api");
    let named = path.split('/').rev().take(3).any(|part| {
        let part = part.split('.').next().unwrap_or_default();
        names.contains(&part)
            || names
                .iter()
                .any(|name| part == format!("{name}_") || part == format!("{name}-$"))
    });
    leaf && routes && code && !api && named && !is_test(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_webhook_secrets_by_their_names() {
        for name in [
            "CLERK_WEBHOOK_SIGNING_SECRET",
            "CLERK_WEBHOOK_SECRET",
            "WEBHOOK_SECRET",
            "SIGNING_SECRET",
            "CLERK_WH_SECRET",
            "NUXT_CLERK_WEBHOOK_SECRET",
        ] {
            assert!(is_webhook_name(name), "{name}");
        }
        for name in ["STRIPE_WEBHOOK_SECRET", "CLERK_SECRET_KEY", "WEBHOOK_URL"] {
            assert!(!is_webhook_name(name), "{name}");
        }
        assert!(
            is_clerks_webhook_name("CLERK_WEBHOOK_SECRET")
                && !is_clerks_webhook_name("WEBHOOK_SECRET")
        );
    }

    #[test]
    fn a_webhook_secret_of_another_sender_is_not_read_for_clerk() {
        let cms = "const secret = process.env.CMS_WEBHOOK_SECRET";
        let clerk = "import { Webhook } from 'svix' // clerk\nimport '@clerk/nextjs'\nnew Webhook(process.env.WEBHOOK_SECRET)";
        let handed = "import { Webhook } from 'svix'\nimport '@clerk/nextjs'\nnew Webhook(secret)";
        let read = |texts: &[&'static str]| {
            let files: Vec<FileUse> = texts.iter().filter_map(|text| scan("a.ts", text)).collect();
            let own: Vec<(&str, &FileUse)> = files.iter().map(|file| ("a.ts", file)).collect();
            let usage = Usage::of(&own, &[], &[]);
            usage.names_read().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(read(&[cms]), Vec::<String>::new());
        assert_eq!(read(&[cms, clerk]), ["WEBHOOK_SECRET"]);
        assert_eq!(read(&[cms, handed]), ["CMS_WEBHOOK_SECRET"]);
    }

    #[test]
    fn knows_a_sign_in_page_by_its_path() {
        for path in [
            "app/sign-in/[[...sign-in]]/page.tsx",
            "src/app/(auth)/sign-in/page.tsx",
            "pages/sign-in/[[...index]].tsx",
            "src/routes/sign-in/+page.svelte",
        ] {
            assert!(is_page(path, &["sign-in"]), "{path}");
        }
        for path in [
            "components/sign-in.tsx",
            "app/api/sign-in/route.ts",
            "app/dashboard/page.tsx",
        ] {
            assert!(!is_page(path, &["sign-in"]), "{path}");
        }
    }
}
