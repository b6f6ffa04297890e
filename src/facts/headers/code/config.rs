//! Config files of frameworks that say which headers they send.

use super::{File, directives, library, sources};
use crate::facts::code::shapes::walk::{self, Node};
use crate::facts::code::tree::{Expr, Key, Kind, Pattern, Property, StatementKind};
use crate::facts::headers::clerk::quoted;
use crate::facts::headers::eval::{Val, What};
use crate::facts::headers::{Name, csp::HOLE, is_everywhere, policy_of};

/// `headers()` of next.config: <https://nextjs.org/docs/app/api-reference/config/next-config-js/headers>.
pub(super) fn next(file: &mut File<'_, '_>) {
    let program = std::sync::Arc::clone(&file.module.program);
    let mut lists = Vec::new();
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(Expr {
            kind: Kind::Object(all),
            ..
        }) = node
        else {
            return;
        };
        for property in all {
            if let Property::Value(Key::Name(key), value) = property
                && &**key == "headers"
                && !matches!(value.kind, Kind::Array(_) | Kind::Object(_))
                && lists.len() < 4
            {
                let held = file.reader.value(value, &file.frame(trail));
                lists.extend(file.reader.answer(&held));
            }
        }
    });
    for list in lists {
        rules(file, &list);
    }
    // The last rule that fits a request wins, by header.
    let mut later = Vec::new();
    for setting in file.into.set.iter_mut().rev() {
        if setting.by == "next.config" {
            setting.replaced = later.contains(&setting.name) && setting.name != Name::Other;
            later.push(setting.name);
        }
    }
}

fn rules(file: &mut File<'_, '_>, list: &Val) {
    if !matches!(list.what, What::List(_)) {
        file.unclear("headers() of next.config");
        return;
    }
    for rule in list.items() {
        let (Some(source), Some(headers)) = (rule.get("source"), rule.get("headers")) else {
            continue;
        };
        let conditions = ["has", "missing"].iter().any(|key| rule.get(key).is_some());
        if source.is_unknown() || rule.is_unknown() {
            file.unclear("headers() of next.config");
            continue;
        }
        if conditions || !is_everywhere(&source.text()) {
            continue;
        }
        if headers.is_unknown() {
            file.unclear("headers() of next.config");
        }
        for header in headers.items() {
            let (Some(key), Some(value)) = (header.get("key"), header.get("value")) else {
                continue;
            };
            match Name::of(&key.text()) {
                Some(name) => file.add(name, value.text(), &value, "next.config", true),
                None if key.text().contains(HOLE) => file.unclear("headers() of next.config"),
                None => {}
            }
        }
    }
}

/// `nuxt.config`, `svelte.config`, `astro.config`.
pub(super) fn framework(file: &mut File<'_, '_>) {
    let Some(config) = exported(file) else {
        return;
    };
    nuxt(file, &config);
    kit(file, &config);
    astro(file, &config);
}

/// The object that a config file exports, through the function that gives it its type.
fn exported(file: &File<'_, '_>) -> Option<Val> {
    let body = &file.module.program.body;
    let mut found = None;
    for statement in body {
        match &statement.kind {
            StatementKind::Declare(all) => {
                let default = all.iter().find(
                    |(pattern, _)| matches!(pattern, Pattern::Name(name) if &**name == "*default*"),
                );
                found = default.and_then(|(_, value)| value.as_ref()).or(found);
            }
            StatementKind::Expr(Expr {
                kind: Kind::Assign { target, value, .. },
                ..
            }) if matches!(&**target, Pattern::Member(member)
                if walk::last_name(member).is_some_and(|name| &**name == "exports")) =>
            {
                found = Some(value);
            }
            _ => {}
        }
    }
    let mut expr = found?;
    for _ in 0..4 {
        match &expr.kind {
            Kind::Call { arguments, .. } => expr = &arguments.first()?.value,
            _ => break,
        }
    }
    let val = file.reader.value(expr, &file.top);
    match val.what {
        What::Function(..) => file.reader.answer(&val),
        _ => Some(val),
    }
}

fn nuxt(file: &mut File<'_, '_>, config: &Val) {
    let modules = config.get("modules");
    let names = modules.as_ref().map(Val::items).unwrap_or_default();
    let module = names.iter().find(|one| one.text() == "nuxt-security");
    if let Some(module) = module {
        let security = config.get("security");
        let headers = security.and_then(|security| security.get("headers"));
        if headers.as_ref().and_then(Val::truth) != Some(false) {
            library::nuxt(file, headers.as_ref(), module);
        }
    }
    let nitro = config.get("nitro").filter(|nitro| !nitro.is_unknown());
    let rules = [
        config.get("routeRules"),
        nitro.and_then(|nitro| nitro.get("routeRules")),
    ];
    for rules in rules.into_iter().flatten() {
        for (pattern, rule) in rules.entries() {
            let headers = rule.get("headers").filter(|_| is_everywhere(pattern));
            let Some(headers) = headers else { continue };
            for (key, value) in headers.entries() {
                if let Some(name) = Name::of(key) {
                    file.add(name, value.text(), value, "routeRules", true);
                }
            }
        }
    }
}

/// SvelteKit's `kit.csp`: <https://svelte.dev/docs/kit/configuration#csp>. It adds nonces or hashes of its own
/// scripts.
fn kit(file: &mut File<'_, '_>, config: &Val) {
    let csp = config.get("kit").filter(|kit| !kit.is_unknown());
    let Some(csp) = csp.and_then(|kit| kit.get("csp")) else {
        return;
    };
    for (key, name) in [
        ("directives", Name::Policy),
        ("reportOnly", Name::ReportOnly),
    ] {
        let Some(val) = csp.get(key).filter(|val| val.truth() == Some(true)) else {
            continue;
        };
        let all = directives(&file.reader, &val);
        let all: Vec<(String, String)> = all
            .into_iter()
            .filter_map(|(name, value)| Some((name, quoted(&value?))))
            .collect();
        file.add(name, policy_of(&all), &val, "kit.csp", true);
    }
}

/// Astro's `security.csp`, `experimental.csp` in version 5:
/// <https://docs.astro.build/en/reference/configuration-reference/#securitycsp>. It writes `script-src` and
/// `style-src` itself: the resources, `'self'` where there are none, and hashes.
fn astro(file: &mut File<'_, '_>, config: &Val) {
    let of = |key: &str| config.get(key).filter(|val| !val.is_unknown());
    let found = ["security", "experimental"]
        .iter()
        .find_map(|key| of(key)?.get("csp"));
    let Some(csp) = found.filter(|csp| csp.truth() == Some(true)) else {
        return;
    };
    let listed = csp.get("directives");
    let each = listed.iter().flat_map(|list| list.items()).map(Val::text);
    let mut text = each.collect::<Vec<_>>().join("; ");
    if listed.is_some_and(|list| list.is_unknown()) {
        text = HOLE.to_string();
    }
    for (key, name) in [
        ("scriptDirective", "script-src"),
        ("styleDirective", "style-src"),
    ] {
        let directive = csp.get(key);
        let part = |key: &str| directive.as_ref().and_then(|one| one.get(key));
        let resources = part("resources").and_then(|val| sources(&file.reader, &val));
        let resources = resources.filter(|text| !text.is_empty());
        let dynamic = part("strictDynamic").is_some_and(|val| val.truth() != Some(false));
        let strict = if dynamic { " 'strict-dynamic'" } else { "" };
        let resources = resources.unwrap_or_else(|| "'self'".to_owned());
        text = format!("{name} {resources} 'sha256-…'{strict}; {text}");
    }
    file.add(Name::MetaPolicy, text, &csp, "security.csp", true);
}
