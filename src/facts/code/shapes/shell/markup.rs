//! Clerk's components in the markup of Vue, Svelte and Astro, which is read as text: a tag is a tag.

use super::super::super::tree::{Kind, Pattern, StatementKind};
use super::super::walk;
use super::super::{MOST, Seen};
use super::{Form, Shell, add, taken};

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let text = seen.module.text();
    let text = without_comments(text);
    for name in ["SignIn", "SignUp"] {
        for (at, tag) in tags(&text, name) {
            let package = match taken(seen.module, name) {
                Some((_, package)) => package.to_owned(),
                // Another component of this name.
                None if seen.module.import(name).is_some() => continue,
                None => String::new(),
            };
            let (props, spread) = attributes(tag);
            let form = Form {
                name: name.to_owned(),
                package,
                props,
                spread,
            };
            add(seen, at, Shell::Form(form));
        }
    }
    if path.ends_with(".astro") {
        astro(seen);
    }
}

/// `export const prerender = …` and `Astro.locals.auth` of the front matter.
fn astro(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    for one in &program.body {
        let StatementKind::Declare(all) = &one.kind else {
            continue;
        };
        for (pattern, value) in all {
            let is_flag = matches!(pattern, Pattern::Name(name) if &**name == "prerender");
            if let (true, Some(Kind::Bool(flag))) = (is_flag, value.as_ref().map(|v| &v.kind)) {
                add(seen, one.at, Shell::Prerender(*flag));
            }
        }
    }
    let mut found = None;
    walk::below(&program.body, &mut |node| {
        let walk::Node::Expr(expr) = node else { return };
        let Kind::Member { object, name, .. } = &expr.kind else {
            return;
        };
        let of_locals = matches!(&walk::bare(object).kind, Kind::Member { object, name, .. }
            if &**name == "locals" && walk::name(object).is_some_and(|name| &**name == "Astro"));
        if of_locals && matches!(&**name, "auth" | "currentUser") {
            found.get_or_insert(expr.at);
        }
    });
    if let Some(at) = found {
        add(seen, at, Shell::AstroAuth);
    }
}

/// The text with spaces for `<!-- … -->`.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        let (comment, after) = after.split_once("-->").unwrap_or((after, ""));
        out.push_str(before);
        out.extend(std::iter::repeat_n(' ', comment.len() + "<!---->".len()));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Each `<Name …>`: where it begins, and what stands in it.
fn tags<'t>(text: &'t str, name: &str) -> Vec<(u32, &'t str)> {
    let open = format!("<{name}");
    let found = text.match_indices(&open).filter_map(|(at, _)| {
        let rest = text.get(at + open.len()..)?;
        let ends = rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
        let tag = rest.split('>').next().filter(|_| ends)?;
        Some((u32::try_from(at).ok()?, tag))
    });
    found.take(MOST).collect()
}

/// The attributes of a tag; their texts where they are written out, and whether others are spread into it.
fn attributes(tag: &str) -> (Vec<(String, Option<String>)>, bool) {
    let spread = tag.contains("{...") || tag.contains("v-bind=");
    let props = ["routing", "path"].into_iter().filter_map(|name| {
        let at = tag.find(&format!("{name}="))?;
        let before = tag.get(..at)?.chars().next_back()?;
        if !before.is_whitespace() && before != ':' {
            return None;
        }
        let value = tag.get(at + name.len() + 1..)?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let text = quote.and_then(|quote| value.get(1..)?.split(quote).next());
        let computed = before == ':' || text.is_some_and(|text| text.contains('{'));
        Some((
            name.to_owned(),
            text.filter(|_| !computed).map(str::to_owned),
        ))
    });
    (props.collect(), spread)
}
