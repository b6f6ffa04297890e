//! What the source of an app does with Clerk, over all its files: textual evidence, for the checks that
//! need no more than "does the code read this variable" and "does it receive webhooks".

mod scan;

use std::collections::{BTreeMap, BTreeSet};

use super::code::scan::{SecretSource, VerifyWebhook, is_test};
use super::env::Variable;
use super::tree;
use crate::model::Place;

pub use scan::{FileUse, scan};

/// What all files of an app do with Clerk.
#[derive(Debug, Default)]
pub struct Usage {
    used: bool,
    reads: BTreeSet<String>,
    words: BTreeSet<String>,
    receiver: Option<Place>,
    received_elsewhere: Option<String>,
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
        for (path, file) in own {
            usage.add(path, file);
            usage.add_webhooks(path, file);
        }
        let others = secrets_of_others(own);
        usage.reads.retain(|name| !others.contains(name));
        // Which of its apps a library receives webhooks for cannot be seen from here.
        for (path, file) in libraries {
            usage.add(path, file);
        }
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

    fn add_webhooks(&mut self, path: &str, file: &FileUse) {
        let mentions = &file.mentions;
        if has_its_own_environment(path) {
            if mentions.receives_webhooks() {
                self.received_elsewhere
                    .get_or_insert_with(|| path.to_owned());
            }
            return;
        }
        self.verifies_by_default_name |= by_default_name(file);
        if self.receiver.is_none() && mentions.receives_webhooks() {
            self.receiver = Some(receiver(path, file));
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
    let receivers = || {
        files
            .iter()
            .filter(|(_, file)| file.mentions.receives_webhooks())
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
