//! What code tells Clerk's SDKs about policies and scripts.

use std::sync::Arc;

use super::Headers;
use super::csp::{HOLE, Policy};
use super::eval::{Frame, Reader, Val, What};
use crate::facts::code::Project;
use crate::facts::code::module::Module;
use crate::facts::code::shapes::walk::{self, Node, Trail};
use crate::facts::code::tree::{Expr, Item, Jsx, Key, Kind, Property, Text};
use crate::facts::code::value::{Offset, Taken};
use crate::facts::document::At;

/// A file without any of these words tells Clerk nothing that is looked for.
pub const WORDS: &[&str] = &[
    "contentsecuritypolicy",
    "<clerkprovider",
    "clerkjsurl",
    "clerkjsversion",
    "clerk/clerk-js@",
    "proxyurl",
    "frontendapiproxy",
    "issatellite",
];

/// `contentSecurityPolicy` of `clerkMiddleware()`.
#[derive(Debug, Clone)]
pub struct PolicyOption {
    /// The file.
    pub file: String,
    /// Where in it.
    pub at: At,
    /// `strict`; `None` where it cannot be told.
    pub strict: Option<bool>,
    /// `reportOnly`; `None` where it cannot be told.
    pub report_only: Option<bool>,
    /// `directives`, each with its sources.
    pub directives: Vec<(String, String)>,
}

/// A `<ClerkProvider>`.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The file.
    pub file: String,
    /// Where in it.
    pub at: At,
    /// Whether it gives its scripts a nonce: `dynamic` or `nonce`; `None` where that cannot be told.
    pub has_nonce: Option<bool>,
    /// Whether it is a server component of the App Router.
    pub on_server: bool,
}

/// Something that holds the browser to one build of clerk-js.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The file.
    pub file: String,
    /// Where in it.
    pub at: At,
    /// What it is: `clerkJSVersion`, `a script with clerk-js 5.2.1`.
    pub what: String,
}

/// The directives that the SDK writes, before those of the project:
/// clerk/javascript `packages/nextjs/src/server/content-security-policy.ts`, @clerk/nextjs 7.9.
const DEFAULTS: &[(&str, &str)] = &[
    (
        "connect-src",
        "'self' https://clerk-telemetry.com https://*.clerk-telemetry.com https://api.stripe.com \
         https://maps.googleapis.com https://img.clerk.com https://*.protect.clerk.com:*",
    ),
    ("default-src", "'self'"),
    ("form-action", "'self'"),
    (
        "frame-src",
        "'self' https://challenges.cloudflare.com https://*.js.stripe.com https://js.stripe.com \
         https://hooks.stripe.com https://*.protect.clerk.com",
    ),
    ("img-src", "'self' https://img.clerk.com"),
    (
        "script-src",
        "'self' 'unsafe-inline' https://*.js.stripe.com https://js.stripe.com \
         https://maps.googleapis.com https://*.protect.clerk.com",
    ),
    ("style-src", "'self' 'unsafe-inline'"),
    ("worker-src", "'self' blob:"),
];

impl PolicyOption {
    /// The policy that the SDK makes of it, with the host of the Frontend API.
    pub fn policy(&self, host: &str) -> Policy {
        let mut text = String::new();
        let known = |name: &str| DEFAULTS.iter().any(|(default, _)| *default == name);
        for (name, sources) in DEFAULTS {
            let own = self.directives.iter().find(|(given, _)| given == name);
            // `'none'` takes the place of all.
            let sources = match own.map(|(_, own)| own.as_str()) {
                Some(own) if has_none(own) => "'none'".to_owned(),
                Some(own) => format!("{sources} {own}"),
                None => (*sources).to_owned(),
            };
            let more = match (*name, self.strict) {
                _ if sources == "'none'" => String::new(),
                ("connect-src", _) => format!(" {host}"),
                ("script-src", Some(false)) => " https: http:".to_owned(),
                ("script-src", Some(true)) => " 'strict-dynamic' 'nonce-x'".to_owned(),
                ("script-src", None) => format!(" {HOLE}"),
                _ => String::new(),
            };
            text.push_str(&format!("{name} {sources}{more}; "));
        }
        for (name, sources) in self.directives.iter().filter(|(name, _)| !known(name)) {
            text.push_str(&format!("{name} {sources}; "));
        }
        Policy::parse(&text)
    }
}

/// Whether sources have `'none'` among them.
pub fn has_none(sources: &str) -> bool {
    sources.split(' ').any(|one| one == "'none'")
}

/// Sources with quotes around the keywords, as some frameworks let one leave them out.
pub(super) fn quoted(sources: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "none",
        "self",
        "strict-dynamic",
        "unsafe-eval",
        "unsafe-hashes",
        "unsafe-inline",
        "wasm-unsafe-eval",
        "report-sample",
    ];
    let quote = |one: &str| {
        let bare = one.starts_with("nonce-") || one.starts_with("sha") && one.contains('-');
        if KEYWORDS.contains(&one) || bare {
            format!("'{one}'")
        } else {
            one.to_owned()
        }
    };
    let all: Vec<String> = sources.split_whitespace().map(quote).collect();
    all.join(" ")
}

/// Whether a file tells Clerk to ask for its Frontend API elsewhere than on the host of the key.
pub fn moves_frontend_api(text: &str) -> bool {
    let words = ["proxyUrl", "frontendApiProxy", "isSatellite"];
    words.iter().any(|word| text.contains(word)) && text.to_ascii_lowercase().contains("clerk")
}

/// Adds what a file tells Clerk.
pub fn read(project: &Project<'_>, path: &str, module: &Arc<Module>, into: &mut Headers) {
    let file = File {
        path,
        reader: Reader::new(project),
        top: Frame::top(path, module),
        module,
    };
    let program = Arc::clone(&module.program);
    walk::program(&program, &mut |node, trail| {
        if let Node::Expr(expr) = node {
            file.expr(expr, trail, into);
        }
    });
}

struct File<'f, 'p> {
    path: &'f str,
    reader: Reader<'p>,
    top: Arc<Frame>,
    module: &'f Arc<Module>,
}

impl File<'_, '_> {
    fn expr(&self, expr: &Expr, trail: &Trail<'_>, into: &mut Headers) {
        match &expr.kind {
            Kind::Call {
                callee, arguments, ..
            } if self.is_import(callee, "clerkMiddleware", "@clerk/nextjs/server") => {
                self.middleware(arguments, trail, into);
            }
            Kind::Jsx(jsx) => {
                let is_provider = jsx
                    .name
                    .as_ref()
                    .is_some_and(|name| self.is_import(name, "ClerkProvider", "@clerk/nextjs"));
                if is_provider {
                    into.providers.push(self.provider(jsx, expr.at));
                }
                self.pins(&jsx.attributes, expr.at, into);
            }
            Kind::Object(all) => self.pins(all, expr.at, into),
            Kind::Text(text) => self.script(text, expr.at, into),
            Kind::Template(texts, _) => texts
                .iter()
                .for_each(|text| self.script(text, expr.at, into)),
            _ => {}
        }
    }

    fn at(&self, at: Offset) -> At {
        let spot = self.module.spot(at);
        At {
            line: spot.line,
            column: spot.column,
        }
    }

    fn is_import(&self, expr: &Expr, exported: &str, source: &str) -> bool {
        let Kind::Name(name) = &expr.kind else {
            return false;
        };
        let import = self.module.import(name);
        import.is_some_and(|import| {
            import.source == source
                && matches!(&import.taken, Taken::Export(taken) if taken == exported)
        })
    }

    fn middleware(&self, arguments: &[Item], trail: &Trail<'_>, into: &mut Headers) {
        let frame = trail
            .iter()
            .fold(Arc::clone(&self.top), |frame, node| match node {
                Node::Function(function) => frame.inner(Arc::new((*function).clone()), Vec::new()),
                _ => frame,
            });
        for (at, item) in arguments.iter().enumerate() {
            let val = self.reader.value(&item.value, &frame);
            let val = match val.what {
                // The first function is the handler, the second makes the options.
                What::Function(..) if at == 0 => continue,
                What::Function(..) => self.reader.answer(&val),
                _ => Some(val),
            };
            let option = val
                .filter(|val| !val.is_unknown())
                .and_then(|val| val.get("contentSecurityPolicy"));
            if let Some(option) = option.filter(|one| matches!(one.what, What::Map(..))) {
                into.options.push(self.option(&option));
            }
        }
    }

    fn option(&self, val: &Val) -> PolicyOption {
        let flag = |key: &str| val.get(key).map_or(Some(false), |one| one.truth());
        let directives = val.get("directives");
        let unclear = directives
            .as_ref()
            .is_some_and(|all| matches!(all.what, What::Map(_, true) | What::Unknown));
        let given = directives.iter().flat_map(Val::entries);
        let mut all: Vec<(String, String)> = given
            .map(|(name, sources)| {
                let texts: Vec<String> = match &sources.what {
                    What::List(all) => all.iter().map(Val::text).collect(),
                    _ => vec![sources.text()],
                };
                (name.clone(), quoted(&texts.join(" ")))
            })
            .collect();
        if unclear {
            all.push((HOLE.to_string(), String::new()));
        }
        let spot = val.at.spot();
        PolicyOption {
            file: val.at.file.to_string(),
            at: At {
                line: spot.line,
                column: spot.column,
            },
            strict: flag("strict"),
            report_only: flag("reportOnly"),
            directives: all,
        }
    }

    fn provider(&self, jsx: &Jsx, at: Offset) -> Provider {
        let mut has_nonce = Some(false);
        for attribute in &jsx.attributes {
            match attribute {
                Property::Value(Key::Name(key), value) if matches!(&**key, "dynamic" | "nonce") => {
                    has_nonce = match value.kind {
                        Kind::Bool(is) => Some(is),
                        Kind::Text(_) => Some(true),
                        _ => None,
                    };
                }
                Property::Spread(_) if has_nonce != Some(true) => has_nonce = None,
                _ => {}
            }
        }
        let directives = &self.module.program.directives;
        let is_client = directives.iter().any(|one| &**one == "use client");
        Provider {
            file: self.path.to_owned(),
            at: self.at(at),
            has_nonce,
            on_server: !is_client && format!("/{}", self.path).contains("/app/"),
        }
    }

    /// `clerkJSVersion="5.2.1"`, `clerkJSUrl="https://…"`. What comes from a variable is judged there.
    fn pins(&self, properties: &[Property], at: Offset, into: &mut Headers) {
        for property in properties {
            let Property::Value(Key::Name(key), value) = property else {
                continue;
            };
            let name = key.strip_prefix("__internal_").unwrap_or(key);
            let Kind::Text(text) = &value.kind else {
                continue;
            };
            let pins = match name {
                "clerkJSUrl" => true,
                "clerkJSVersion" => is_exact(text),
                _ => false,
            };
            if pins {
                into.pins.push(Pin {
                    file: self.path.to_owned(),
                    at: self.at(if value.at == 0 { at } else { value.at }),
                    what: key.to_string(),
                });
            }
        }
    }

    fn script(&self, text: &Text, at: Offset, into: &mut Headers) {
        if let Some(version) = script_version(text) {
            into.pins.push(Pin {
                file: self.path.to_owned(),
                at: self.at(at),
                what: format!("a script with clerk-js {version}"),
            });
        }
    }
}

/// The one version of clerk-js in the address of a script: `…/npm/@clerk/clerk-js@5.2.1/dist/…`.
pub fn script_version(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("/@clerk/clerk-js@")?;
    let end = rest.find('/')?;
    rest.get(..end).filter(|version| is_exact(version))
}

/// Whether a version is one build alone: `5.2.1`, and not `5` or `latest`.
pub fn is_exact(version: &str) -> bool {
    let numbers = version.split('-').next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::headers::csp::{Address, Answer, Kind};

    fn option(strict: bool, directives: &[(&str, &str)]) -> PolicyOption {
        PolicyOption {
            file: "middleware.ts".to_owned(),
            at: At::default(),
            strict: Some(strict),
            report_only: Some(false),
            directives: directives
                .iter()
                .map(|(name, sources)| ((*name).to_owned(), (*sources).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn the_sdks_own_policy_lets_clerk_through() {
        let policy = option(false, &[]).policy("clerk.acme.shop");
        let address = Address::Https {
            host: "clerk.acme.shop",
            port: None,
        };
        assert_eq!(policy.allows(Kind::Script, &address), Answer::Yes);
        assert_eq!(policy.allows(Kind::Connect, &address), Answer::Yes);
        assert_eq!(policy.allows(Kind::Worker, &Address::Blob), Answer::Yes);
    }

    #[test]
    fn none_takes_the_place_of_all() {
        let policy = option(false, &[("connect-src", "'none'")]).policy("clerk.acme.shop");
        let address = Address::Https {
            host: "clerk.acme.shop",
            port: None,
        };
        assert_eq!(policy.allows(Kind::Connect, &address), Answer::No);
    }

    #[test]
    fn a_script_that_names_a_whole_version_is_pinned() {
        let of = |version: &str| format!("https://x.test/npm/@clerk/clerk-js@{version}/dist/a.js");
        assert_eq!(script_version(&of("5.2.1")), Some("5.2.1"));
        assert_eq!(
            script_version(&of("5.2.1-canary.v2")),
            Some("5.2.1-canary.v2")
        );
        for free in ["5", "latest", "5.2", "${v}"] {
            assert_eq!(script_version(&of(free)), None, "{free}");
        }
    }

    #[test]
    fn keywords_get_their_quotes() {
        assert_eq!(
            quoted("self https: 'none' nonce-x"),
            "'self' https: 'none' 'nonce-x'"
        );
    }
}
