//! What the tokens of a file say.

use super::files::Language;
use super::tokens::{Token, Tokens};
use super::{EnvRead, Mentions, SecretSource, VerifyWebhook};
use crate::facts::code::{Spot, clerk};

/// More reads in one file say nothing more.
const MAX_READS: usize = 200;

/// Clerk has fewer packages.
const MAX_IMPORTS: usize = 50;

/// How many tokens back a pattern may look.
const WINDOW: usize = 8;

/// What ends in the name of a variable: `os.getenv("X")`, `Deno.env.get("X")`, `ENV.fetch("X")`.
const GETTERS: &[&str] = &[
    "get",
    "getOrThrow",
    "getenv",
    "Getenv",
    "LookupEnv",
    "fetch",
    "env",
    "getEnv",
    "requireEnv",
    "useEnv",
    "config",
    "environ",
    "ENV",
];

/// What a schema of variables writes after a name: zod, valibot, typebox, arktype, envalid, pydantic.
const SCHEMAS: &[&str] = &[
    "z",
    "v",
    "t",
    "s",
    "Type",
    "Joi",
    "yup",
    "str",
    "Optional",
    "SecretStr",
];

/// Events that Clerk sends: <https://clerk.com/docs/guides/development/webhooks/overview>.
const EVENTS: &[&str] = &[
    "user.created",
    "user.updated",
    "user.deleted",
    "session.created",
    "session.ended",
    "organization.created",
    "organization.updated",
    "organization.deleted",
    "organizationMembership.created",
    "organizationMembership.deleted",
    "organizationInvitation.accepted",
    "waitlistEntry.created",
];

pub(super) fn read(text: &str, language: Language) -> Mentions {
    let mut reader = Reader {
        text,
        ..Reader::default()
    };
    for (token, at) in Tokens::new(text, language) {
        reader.token(token, at);
    }
    reader.finish()
}

/// A call of `verifyWebhook` whose arguments are being read.
struct Open {
    at: usize,
    depth: usize,
    secret: SecretSource,
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    found: Mentions,
    /// The last tokens and where they begin, as a ring: nothing is moved for a new one.
    last: [Option<(Token<'t>, usize)>; WINDOW],
    /// How many tokens there were.
    seen: usize,
    /// Words since the last `{` that may turn out to be imported or taken from the environment.
    group: Vec<(&'t str, usize)>,
    /// What `verifyWebhook` is called here, once it is imported from Clerk.
    verify: Vec<&'t str>,
    open: Option<Open>,
    depth: usize,
    imports_svix: bool,
    makes_webhook: bool,
    /// `const X = "CLERK_…"`: constants that hold the name of a variable.
    constants: Vec<(&'t str, &'t str)>,
    /// `env[X]`: what stands in the brackets, and where.
    computed: Vec<(&'t str, usize)>,
}

impl<'t> Reader<'t> {
    fn token(&mut self, token: Token<'t>, at: usize) {
        self.second_argument(token);
        match token {
            Token::Word(word) => self.word(word, at),
            Token::Text(text) => self.string(text, at),
            Token::Sign(sign) => self.sign(sign),
        }
        self.last[self.seen % WINDOW] = Some((token, at));
        self.seen += 1;
    }

    fn finish(mut self) -> Mentions {
        self.found.svix = self.imports_svix && self.makes_webhook;
        for (constant, at) in std::mem::take(&mut self.computed) {
            let held = self.constants.iter().find(|(name, _)| *name == constant);
            if let Some(&(_, name)) = held {
                self.env(name, at);
            }
        }
        self.found
    }

    fn back(&self, steps: usize) -> Option<Token<'t>> {
        self.latest(steps).map(|(token, _)| token)
    }

    /// The token before the newest by so many steps, and where it begins.
    fn latest(&self, steps: usize) -> Option<(Token<'t>, usize)> {
        let at = self.seen.checked_sub(steps + 1)?;
        self.last[at % WINDOW].filter(|_| steps < WINDOW)
    }

    fn word_back(&self, steps: usize) -> Option<&'t str> {
        match self.back(steps) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn sign_back(&self, steps: usize, sign: u8) -> bool {
        self.back(steps) == Some(Token::Sign(sign))
    }

    fn env(&mut self, name: &str, at: usize) {
        if self.found.env_reads.len() < MAX_READS {
            let at = Spot::of(self.text, u32::try_from(at).unwrap_or(u32::MAX));
            let name = name.to_owned();
            self.found.env_reads.push(EnvRead { name, at });
        }
    }

    fn word(&mut self, word: &'t str, at: usize) {
        self.found.says_clerk |= contains(word, "clerk");
        if is_variable(word) {
            // `env.X`, `env?.X`
            let left = if self.sign_back(1, b'?') { 2 } else { 1 };
            if self.sign_back(0, b'.') && self.word_back(left) == Some("env") {
                self.env(word, at);
            }
            self.group.push((word, at));
        }
        match word {
            "env" => self.taken_from_env(),
            "verifyWebhook" | "WebhookEvent" | "WebhookEventType" => self.group.push((word, at)),
            "clerk_backend_api" if matches!(self.word_back(0), Some("import" | "from")) => {
                self.clerk_import(word);
            }
            "svix" | "standardwebhooks" if matches!(self.word_back(0), Some("import" | "from")) => {
                self.imports_svix = true;
            }
            "Webhook" if self.word_back(0) == Some("new") => self.makes_webhook = true,
            "NewWebhook" => self.makes_webhook = true,
            "signingSecret" => {
                if let Some(open) = &mut self.open {
                    open.secret = SecretSource::Passed;
                }
            }
            _ => {}
        }
        self.schema(word);
        // `import { verifyWebhook as verify }`
        if self.word_back(0) == Some("as") && self.word_back(1) == Some("verifyWebhook") {
            self.group.push((word, at));
        }
    }

    /// `CLERK_SECRET_KEY: z.string()`: the name stands two tokens back.
    fn schema(&mut self, word: &str) {
        if SCHEMAS.contains(&word)
            && self.sign_back(0, b':')
            && let Some(name) = self.word_back(1).filter(|name| is_variable(name))
            && let Some(&(_, at)) = self.group.iter().rev().find(|(one, _)| *one == name)
        {
            self.env(name, at);
        }
    }

    /// `const { A, B } = process.env`, with the word `env` just read.
    fn taken_from_env(&mut self) {
        let mut steps = 0;
        while self.sign_back(steps, b'.') && self.word_back(steps + 1).is_some() {
            steps += 2;
        }
        if self.sign_back(steps, b'=') && self.sign_back(steps + 1, b'}') {
            self.take_group();
        }
    }

    fn take_group(&mut self) {
        for (word, at) in std::mem::take(&mut self.group) {
            if is_variable(word) {
                self.env(word, at);
            }
        }
    }

    fn string(&mut self, text: &'t str, at: usize) {
        self.found.says_clerk |= contains(text, "clerk");
        if is_variable(text) && self.is_argument_of_getter() {
            self.env(text, at);
        }
        if is_variable(text)
            && self.sign_back(0, b'=')
            && self.word_back(2) == Some("const")
            && self.constants.len() < MAX_READS
            && let Some(name) = self.word_back(1)
        {
            self.constants.push((name, text));
        }
        match text {
            "svix-id" | "svix-signature" => self.found.svix_headers = true,
            event if EVENTS.contains(&event) => self.found.clerk_event = true,
            _ => {}
        }
        let before = self.word_back(0);
        let called = self.sign_back(0, b'(').then(|| self.word_back(1)).flatten();
        if text.starts_with("github.com/clerk/") {
            self.clerk_import(text);
        } else if text.starts_with("github.com/svix/") {
            self.imports_svix = true;
        } else if matches!(before, Some("from" | "import" | "require"))
            || matches!(called, Some("import" | "require"))
        {
            self.import(text);
        }
    }

    /// `getenv("X")`, `ENV["X"]`, `Deno.env.get("X")`: a bracket stands before the string, and a name
    /// that fetches variables before that.
    fn is_argument_of_getter(&self) -> bool {
        (self.sign_back(0, b'(') || self.sign_back(0, b'['))
            && self
                .word_back(1)
                .is_some_and(|word| GETTERS.contains(&word))
    }

    fn import(&mut self, source: &'t str) {
        if clerk::is_package(source) || source == "clerk" || source.starts_with("clerk/") {
            self.clerk_import(source);
            let group = std::mem::take(&mut self.group);
            for (word, _) in group {
                match word {
                    "WebhookEvent" | "WebhookEventType" => self.found.webhook_event = true,
                    word if !is_variable(word) && !self.verify.contains(&word) => {
                        self.verify.push(word);
                    }
                    _ => {}
                }
            }
        } else if source.starts_with("$env/static/") {
            self.take_group();
        } else if matches!(
            source.trim_start_matches("npm:").split('@').next(),
            Some("svix" | "standardwebhooks")
        ) {
            self.imports_svix = true;
        }
        self.group.clear();
    }

    fn clerk_import(&mut self, source: &str) {
        let known = &self.found.clerk_imports;
        if known.len() < MAX_IMPORTS && !known.iter().any(|one| one == source) {
            self.found.clerk_imports.push(source.to_owned());
        }
    }

    fn sign(&mut self, sign: u8) {
        match sign {
            b'{' => {
                self.group.clear();
                self.depth += 1;
            }
            b'(' | b'[' => {
                if sign == b'(' {
                    self.call();
                }
                self.depth += 1;
            }
            b')' | b'}' | b']' => {
                self.computed_read(sign);
                self.depth = self.depth.saturating_sub(1);
                self.close();
            }
            _ => {}
        }
    }

    /// `process.env[NAME]`, with the bracket that ends it just read.
    fn computed_read(&mut self, sign: u8) {
        if sign == b']'
            && self.sign_back(1, b'[')
            && self.word_back(2) == Some("env")
            && self.computed.len() < MAX_READS
            && let Some((Token::Word(name), at)) = self.latest(0)
        {
            self.computed.push((name, at));
        }
    }

    fn call(&mut self) {
        let Some((Token::Word(name), at)) = self.latest(0) else {
            return;
        };
        // Python makes a `Webhook` without `new`.
        self.makes_webhook |= name == "Webhook";
        if self.verify.contains(&name) && !self.sign_back(1, b'.') && self.open.is_none() {
            self.open = Some(Open {
                at,
                depth: self.depth,
                secret: SecretSource::Environment,
            });
        }
    }

    /// `verifyWebhook(request, options)`: what stands in `options` is not known here.
    fn second_argument(&mut self, token: Token<'t>) {
        let begins = self.sign_back(0, b',') && !matches!(token, Token::Sign(b'{' | b')'));
        let depth = self.depth;
        if let Some(open) = &mut self.open
            && begins
            && open.depth + 1 == depth
            && open.secret == SecretSource::Environment
        {
            open.secret = SecretSource::Unknown;
        }
    }

    fn close(&mut self) {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.depth == self.depth)
            && let Some(open) = self.open.take()
        {
            let at = Spot::of(self.text, u32::try_from(open.at).unwrap_or(u32::MAX));
            self.found.verify_webhook.push(VerifyWebhook {
                at,
                secret: open.secret,
            });
        }
    }
}

/// Whether a name is a variable that matters here.
fn is_variable(name: &str) -> bool {
    name.len() >= 4
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && ["CLERK", "WEBHOOK", "SIGNING_SECRET", "SVIX"]
            .iter()
            .any(|word| name.contains(word))
}

/// Whether a text holds a lower-case word, in any case.
fn contains(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
