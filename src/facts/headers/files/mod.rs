//! Headers that files of hosts and servers set: `vercel.json`, `netlify.toml`, `_headers`, nginx, Caddy, and
//! the policy in an HTML page.

mod block;
mod html;
mod list;

use super::{Headers, Name, Setting};
use crate::facts::document::{self, At, Node, Syntax};
use crate::facts::headers::is_everywhere;
use crate::facts::tree;

/// What a file sets headers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `headers: [{ source, headers: [{ key, value }] }]`: Vercel, Firebase, `serve`, Amplify.
    Rules,
    /// `netlify.toml`
    Netlify,
    /// `staticwebapp.config.json`
    StaticWebApp,
    /// `_headers` of Netlify and Cloudflare.
    Underscore,
    /// nginx.
    Nginx,
    /// A Caddyfile.
    Caddy,
    /// An HTML page.
    Html,
}

/// What a path is; `None` where nothing in it is read.
pub fn kind_of(path: &str) -> Option<File> {
    let name = tree::file_name(path);
    match name {
        "vercel.json" | "firebase.json" | "serve.json" | "customHttp.yml" => Some(File::Rules),
        "netlify.toml" => Some(File::Netlify),
        "staticwebapp.config.json" => Some(File::StaticWebApp),
        "_headers" => Some(File::Underscore),
        "Caddyfile" => Some(File::Caddy),
        "index.html" | "app.html" => Some(File::Html),
        _ if name.starts_with("nginx") && name.contains(".conf") => Some(File::Nginx),
        _ if name.ends_with(".conf") || name.ends_with(".conf.template") => {
            path.contains("nginx").then_some(File::Nginx)
        }
        _ => None,
    }
}

/// Adds what a file sets. One that cannot be read says nothing here: other checks speak of it.
pub fn read(kind: File, path: &str, text: &str, into: &mut Headers) {
    let set = match kind {
        File::Rules | File::Netlify | File::StaticWebApp => {
            let syntax = Syntax::of(path).unwrap_or(Syntax::Json);
            match document::parse(syntax, text) {
                Ok(tree) => of_document(kind, &tree),
                Err(_) => Vec::new(),
            }
        }
        File::Underscore => list::read(text),
        File::Nginx => block::nginx(text),
        File::Caddy => block::caddy(text),
        File::Html => {
            into.pins.extend(html::pins(path, text));
            html::policies(text)
        }
    };
    let by = match kind {
        File::Rules | File::Netlify | File::StaticWebApp | File::Underscore => "the host",
        File::Nginx => "nginx",
        File::Caddy => "Caddy",
        File::Html => "the page",
    };
    into.set.extend(set.into_iter().take(50).map(|one| Setting {
        file: path.to_owned(),
        at: one.at,
        name: one.name,
        value: one.value,
        by,
        sure: true,
        replaced: false,
    }));
}

/// A header that a file sets with every page.
struct Set {
    at: At,
    name: Name,
    value: String,
}

impl Set {
    fn of(at: At, name: &str, value: &str) -> Option<Self> {
        Some(Self {
            at,
            name: Name::of(name)?,
            value: value.to_owned(),
        })
    }
}

fn of_document(kind: File, tree: &Node) -> Vec<Set> {
    match kind {
        File::StaticWebApp => {
            let all = tree.get("globalHeaders").map(Node::entries);
            let all = all.unwrap_or_default().iter();
            all.filter_map(|one| Set::of(one.at, &one.key, one.value.scalar()?))
                .collect()
        }
        File::Netlify => {
            let rules = tree.get("headers").map(Node::items).unwrap_or_default();
            let all = rules.iter().filter(|rule| is_for_all(rule, "for"));
            all.flat_map(|rule| rule.get("values").map(Node::entries).unwrap_or_default())
                .filter_map(|one| Set::of(one.at, &one.key, one.value.scalar()?))
                .collect()
        }
        _ => {
            let hosting = tree.get("hosting");
            let lists = [
                tree.get("headers"),
                tree.get("customHeaders"),
                hosting.and_then(|hosting| hosting.get("headers")),
            ];
            let several = hosting.map(Node::items).unwrap_or_default();
            let several = several.iter().filter_map(|one| one.get("headers"));
            let rules = lists.into_iter().flatten().chain(several);
            let rules = rules.flat_map(Node::items).filter(|rule| {
                let conditions = ["has", "missing"].iter().any(|key| rule.get(key).is_some());
                !conditions && (is_for_all(rule, "source") || is_for_all(rule, "pattern"))
            });
            rules
                .flat_map(|rule| rule.get("headers").map(Node::items).unwrap_or_default())
                .filter_map(|one| {
                    let value = one.get("value")?;
                    Set::of(value.at, one.get("key")?.text()?, value.scalar()?)
                })
                .collect()
        }
    }
}

fn is_for_all(rule: &Node, key: &str) -> bool {
    rule.get(key)
        .and_then(Node::text)
        .is_some_and(is_everywhere)
}

#[cfg(test)]
mod tests;
