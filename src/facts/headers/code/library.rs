//! Packages that are made to set headers, with what they set by themselves.

use super::{Come, File, directives};
use crate::facts::code::shapes::walk::{Node, Trail};
use crate::facts::code::tree::{Expr, Item, Kind};
use crate::facts::headers::eval::{Val, What};
use crate::facts::headers::{Name, csp::HOLE, policy_of};

/// What a package sets where no option says otherwise.
struct Defaults {
    by: &'static str,
    policy: &'static [(&'static str, &'static str)],
    /// The header, its value, and the options that set it, first the present one.
    others: &'static [(Name, &'static str, &'static [&'static str])],
}

/// helmet 8: <https://github.com/helmetjs/helmet#reference>. `hsts` had 180 days before version 8.
const HELMET: Defaults = Defaults {
    by: "helmet()",
    policy: &[
        ("default-src", "'self'"),
        ("base-uri", "'self'"),
        ("font-src", "'self' https: data:"),
        ("form-action", "'self'"),
        ("frame-ancestors", "'self'"),
        ("img-src", "'self' data:"),
        ("object-src", "'none'"),
        ("script-src", "'self'"),
        ("script-src-attr", "'none'"),
        ("style-src", "'self' https: 'unsafe-inline'"),
        ("upgrade-insecure-requests", ""),
    ],
    others: &[
        (
            Name::FrameOptions,
            "SAMEORIGIN",
            &["xFrameOptions", "frameguard"],
        ),
        (
            Name::ContentTypeOptions,
            "nosniff",
            &["xContentTypeOptions", "noSniff"],
        ),
        (
            Name::TransportSecurity,
            "max-age=15552000",
            &["strictTransportSecurity", "hsts"],
        ),
        (Name::Other, "no-referrer", &["referrerPolicy"]),
    ],
};

/// hono/secure-headers: <https://hono.dev/docs/middleware/builtin/secure-headers>.
const HONO: Defaults = Defaults {
    by: "secureHeaders()",
    policy: &[],
    others: &[
        (Name::FrameOptions, "SAMEORIGIN", &["xFrameOptions"]),
        (
            Name::ContentTypeOptions,
            "nosniff",
            &["xContentTypeOptions"],
        ),
        (
            Name::TransportSecurity,
            "max-age=15552000",
            &["strictTransportSecurity"],
        ),
        (Name::Other, "no-referrer", &["referrerPolicy"]),
    ],
};

/// nuxt-security 2: <https://nuxt-security.vercel.app/getting-started/configuration>.
const NUXT_SECURITY: Defaults = Defaults {
    by: "nuxt-security",
    policy: &[
        ("base-uri", "'none'"),
        ("font-src", "'self' https: data:"),
        ("form-action", "'self'"),
        ("frame-ancestors", "'self'"),
        ("img-src", "'self' data:"),
        ("object-src", "'none'"),
        ("script-src-attr", "'none'"),
        ("style-src", "'self' https: 'unsafe-inline'"),
        (
            "script-src",
            "'self' https: 'unsafe-inline' 'strict-dynamic' 'nonce-{{nonce}}'",
        ),
        ("upgrade-insecure-requests", ""),
    ],
    others: &[
        (Name::FrameOptions, "SAMEORIGIN", &["xFrameOptions"]),
        (
            Name::ContentTypeOptions,
            "nosniff",
            &["xContentTypeOptions"],
        ),
        (
            Name::TransportSecurity,
            "max-age=15552000",
            &["strictTransportSecurity"],
        ),
        (Name::Other, "no-referrer", &["referrerPolicy"]),
    ],
};

/// Takes a call of such a package; says whether it was one.
pub(super) fn call(
    file: &mut File<'_, '_>,
    callee: &Expr,
    arguments: &[Item],
    whole: &Expr,
    trail: &Trail<'_>,
) -> bool {
    let source = |expr: &Expr| match &expr.kind {
        Kind::Name(name) => file.module.import(name).map(|import| import.source.clone()),
        _ => None,
    };
    let is_helmet = |source: &str| matches!(source, "helmet" | "@fastify/helmet");
    // `helmet()`, `secureHeaders()`.
    let direct = source(callee);
    let (defaults, options, part) = match direct.as_deref() {
        Some(name) if is_helmet(name) => (&HELMET, arguments.first(), None),
        Some("hono/secure-headers") => (&HONO, arguments.first(), None),
        _ => {
            let Kind::Member { object, name, .. } = &callee.kind else {
                return false;
            };
            let given = arguments.first().and_then(|first| source(&first.value));
            if source(object).as_deref().is_some_and(is_helmet) {
                // `helmet.contentSecurityPolicy({ … })`: this part alone.
                (&HELMET, arguments.first(), Some(&**name))
            } else if &**name == "register" && given.as_deref().is_some_and(is_helmet) {
                (&HELMET, arguments.get(1), None)
            } else {
                return false;
            }
        }
    };
    // `register(helmet)` is itself what registers it for all.
    let mut around = trail.to_vec();
    around.push(Node::Expr(whole));
    let come = file.come(&around);
    if come == Come::Never {
        return true;
    }
    let frame = file.frame(trail);
    let at = Val {
        what: What::Nothing,
        at: frame.place(whole.at),
    };
    let options = options.map(|one| file.reader.value(&one.value, &frame));
    let sure = come == Come::Surely;
    match part {
        Some("contentSecurityPolicy") => policy(file, defaults, options.as_ref(), &at, sure),
        Some(part) => single(file, defaults, part, options.as_ref(), &at, sure),
        None => all(file, defaults, options.as_ref(), &at, sure),
    }
    true
}

/// nuxt-security, with its own options.
pub(super) fn nuxt(file: &mut File<'_, '_>, options: Option<&Val>, at: &Val) {
    all(file, &NUXT_SECURITY, options, at, true);
}

fn all(file: &mut File<'_, '_>, defaults: &Defaults, options: Option<&Val>, at: &Val, sure: bool) {
    if options.is_some_and(Val::is_unknown) {
        file.unclear("the options of a package that sets headers");
        return;
    }
    let given = |name: &str| options.and_then(|options| options.get(name));
    match given("contentSecurityPolicy") {
        None if defaults.policy.is_empty() => {}
        option => policy(file, defaults, option.as_ref(), at, sure),
    }
    for (_, _, names) in defaults.others {
        let set = names.iter().find_map(|name| given(name));
        if let Some(name) = names.first() {
            single(file, defaults, name, set.as_ref(), at, sure);
        }
    }
}

fn single(
    file: &mut File<'_, '_>,
    defaults: &Defaults,
    part: &str,
    option: Option<&Val>,
    at: &Val,
    sure: bool,
) {
    let mut others = defaults.others.iter();
    let Some((name, value, _)) = others.find(|(_, _, names)| names.contains(&part)) else {
        return;
    };
    let value = match option {
        Some(val) if val.truth() == Some(false) => return,
        Some(val) => match (name, val.get("maxAge"), &val.what) {
            (Name::TransportSecurity, Some(age), _) => format!("max-age={}", age.text()),
            (_, _, What::Text(text)) => text.clone(),
            (_, _, What::Unknown) => HOLE.to_string(),
            _ => (*value).to_owned(),
        },
        None => (*value).to_owned(),
    };
    file.add(*name, value, at, defaults.by, sure);
}

fn policy(
    file: &mut File<'_, '_>,
    defaults: &Defaults,
    option: Option<&Val>,
    at: &Val,
    sure: bool,
) {
    let own: Vec<(String, String)> = defaults
        .policy
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let Some(option) = option else {
        file.add(Name::Policy, policy_of(&own), at, defaults.by, sure);
        return;
    };
    match (option.truth(), &option.what) {
        (Some(false), _) => return,
        (_, What::Unknown) => {
            file.unclear("a policy that is made elsewhere");
            return;
        }
        _ => {}
    }
    // Hono and nuxt-security take the directives themselves.
    let nested = defaults.by == HELMET.by;
    let given = if nested {
        option.get("directives")
    } else {
        Some(option.clone())
    };
    let given = given.map(|val| directives(&file.reader, &val));
    let keeps = option
        .get("useDefaults")
        .is_none_or(|val| val.truth() != Some(false));
    let joins = defaults.by == NUXT_SECURITY.by;
    let mut made = if keeps { own } else { Vec::new() };
    for (name, value) in given.unwrap_or_default() {
        let name = policy_of(&[(name, String::new())]);
        let before = made.iter().position(|(known, _)| *known == name);
        let before = before.map(|at| made.remove(at));
        match (value, before) {
            // nuxt-security joins lists with its own (unjs/defu).
            (Some(value), Some((_, own))) if joins => made.push((name, format!("{value} {own}"))),
            (Some(value), _) => made.push((name, value)),
            (None, _) => {}
        }
    }
    let reports = option
        .get("reportOnly")
        .filter(|_| nested)
        .map(|val| val.truth());
    let name = match reports {
        Some(Some(true)) => Name::ReportOnly,
        _ => Name::Policy,
    };
    let sure = sure && !matches!(reports, Some(None));
    file.add(name, policy_of(&made), option, defaults.by, sure);
}
