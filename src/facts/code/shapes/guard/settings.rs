//! How the code tells Clerk about proxies, domains and satellites.

use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::read::Scope;
use super::{Guard, read};
use crate::facts::code::tree::{Expr, Key, Kind, Offset, Property};

/// What an option is set to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Setting {
    /// It is not given.
    #[default]
    Absent,
    /// A text.
    Text(String),
    /// A variable of the environment.
    Variable(String),
    /// Yes or no.
    Flag(bool),
    /// What cannot be read here.
    Unknown,
}

impl Settings {
    /// Whether they speak of another domain than the app's own.
    pub fn is_about_domains(&self) -> bool {
        let all = [&self.proxy_url, &self.domain, &self.is_satellite];
        all.iter().any(|setting| setting.is_given())
    }
}

impl Setting {
    /// Whether it is given at all.
    pub fn is_given(&self) -> bool {
        *self != Setting::Absent
    }
}

/// The options of one call or component of Clerk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The component or call, as written.
    pub of: String,
    /// `proxyUrl`.
    pub proxy_url: Setting,
    /// `domain`.
    pub domain: Setting,
    /// `isSatellite`.
    pub is_satellite: Setting,
    /// `signInUrl`.
    pub sign_in_url: Setting,
    /// Whether more may be given than is written: `{...props}`.
    pub is_open: bool,
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let is_nuxt = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with("nuxt.config."));
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        let scope = Scope {
            module: seen.module,
            program: &program,
            trail,
        };
        let before = found.len();
        options(scope, expr, is_nuxt, &mut found);
        left -= (found.len() - before).min(left);
    });
    for (at, settings) in found {
        seen.guard(at, Guard::Settings(settings));
    }
}

/// The options that an expression gives to Clerk.
fn options<'a>(
    scope: Scope<'a, '_>,
    expr: &'a Expr,
    is_nuxt: bool,
    found: &mut Vec<(Offset, Settings)>,
) {
    let of_clerk = |one: &Expr| match &one.kind {
        Kind::Name(name) => scope
            .module
            .import(name)
            .is_some_and(|import| !import.type_only && import.source.contains("clerk")),
        _ => false,
    };
    match &expr.kind {
        Kind::Jsx(jsx) => {
            let name = jsx.name.as_ref().map(read::written).unwrap_or_default();
            if name.starts_with("Clerk") && name.ends_with("Provider") {
                let of = format!("<{name}>");
                found.extend(of_properties(scope, of, &jsx.attributes, expr.at));
            }
        }
        Kind::Call {
            callee, arguments, ..
        } => {
            // `app.use(clerkPlugin, { … })`
            let plugin = arguments.first().is_some_and(|item| of_clerk(&item.value));
            if !of_clerk(callee) && !plugin {
                return;
            }
            for item in arguments {
                let value = scope.held(&item.value);
                if let Kind::Object(all) = &value.kind {
                    let of = format!("{}()", read::written(callee));
                    found.extend(of_properties(scope, of, all, value.at));
                }
            }
        }
        Kind::Object(_) if is_nuxt => {
            if let Some(value) = read::property(expr, "clerk")
                && let Kind::Object(inside) = &value.kind
            {
                found.extend(of_properties(scope, "clerk".to_owned(), inside, value.at));
            }
        }
        _ => {}
    }
}

fn of_properties<'a>(
    scope: Scope<'a, '_>,
    of: String,
    all: &'a [Property],
    at: Offset,
) -> Option<(Offset, Settings)> {
    let find = |name: &str| {
        all.iter().rev().find_map(|one| match one {
            Property::Value(Key::Name(key), value) if &**key == name => Some(value),
            _ => None,
        })
    };
    let setting =
        |name: &str| find(name).map_or(Setting::Absent, |value| read_setting(scope, value));
    let settings = Settings {
        of,
        proxy_url: setting("proxyUrl"),
        domain: setting("domain"),
        is_satellite: setting("isSatellite"),
        sign_in_url: setting("signInUrl"),
        is_open: all.iter().any(|one| matches!(one, Property::Spread(_))),
    };
    let place = find("isSatellite")
        .or_else(|| find("proxyUrl"))
        .or_else(|| find("domain"));
    let all = [
        &settings.proxy_url,
        &settings.domain,
        &settings.is_satellite,
        &settings.sign_in_url,
    ];
    let says = all.iter().any(|setting| setting.is_given());
    says.then(|| (place.map_or(at, |value| value.at), settings))
}

fn read_setting<'a>(scope: Scope<'a, '_>, value: &'a Expr) -> Setting {
    let value = scope.held(value);
    match &value.kind {
        Kind::Text(text) => Setting::Text(text.to_string()),
        Kind::Bool(yes) => Setting::Flag(*yes),
        Kind::Name(name) if &**name == "undefined" => Setting::Absent,
        _ => match walk::variable(value) {
            Some(name) => Setting::Variable(name.to_string()),
            None => Setting::Unknown,
        },
    }
}
