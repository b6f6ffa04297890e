//! The scripts that a page names.

use url::Url;

/// More scripts than a page has are not looked for.
const MOST: usize = 400;

/// The scripts of the page's own origin, in order, each once. HTML is looked through, not parsed: only
/// what stands in `<script src>` and `<link rel=modulepreload href>` matters, and a browser is more
/// tolerant than any grammar.
pub fn scripts(page: &Url, html: &str) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    let lower = html.to_ascii_lowercase();
    let tags = lower
        .match_indices("<script")
        .chain(lower.match_indices("<link"));
    let mut tags: Vec<usize> = tags.map(|(at, _)| at).take(10 * MOST).collect();
    tags.sort_unstable();
    for at in tags {
        if found.len() >= MOST {
            break;
        }
        let (Some(tag), Some(tag_lower)) = (rest(html, at), rest(&lower, at)) else {
            continue;
        };
        let value = if tag_lower.starts_with("<script") {
            attribute(tag, tag_lower, "src")
        } else if tag_lower.starts_with("<link") {
            attribute(tag, tag_lower, "href").filter(|_| tag_lower.contains("script"))
        } else {
            None
        };
        let script = value.and_then(|value| page.join(&value.replace("&amp;", "&")).ok());
        if let Some(script) = script.filter(|script| script.origin() == page.origin())
            && !found.contains(&script)
        {
            found.push(script);
        }
    }
    found
}

/// A tag, to its end.
fn rest(html: &str, at: usize) -> Option<&str> {
    const LONGEST: usize = 4_000;
    let tag = html.get(at..)?;
    let end = tag.bytes().take(LONGEST).position(|byte| byte == b'>')?;
    tag.get(..end)
}

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t str, lower: &str, name: &str) -> Option<&'t str> {
    let mut from = 0;
    loop {
        let at = from + lower.get(from..)?.find(name)?;
        from = at + name.len();
        let before = lower.as_bytes().get(at.checked_sub(1)?)?;
        let after = tag.get(from..)?.trim_start();
        if !before.is_ascii_whitespace() || !after.starts_with('=') {
            continue;
        }
        let value = after.get(1..)?.trim_start();
        return match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
            _ => value.split_ascii_whitespace().next(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_scripts_of_the_own_origin() {
        let page = Url::parse("https://acme.shop/a/").unwrap();
        let html = r#"<SCRIPT async SRC='/_next/main.js?x=1&amp;y=2'></script><script data-src="no.js">
            <script src=b.js></script><script src="https://cdn.example/c.js"></script>
            <link rel="modulepreload" as=script href="/d.js"><script src="/_next/main.js?x=1&amp;y=2">"#;
        let found: Vec<String> = scripts(&page, html).iter().map(Url::to_string).collect();
        assert_eq!(
            found,
            [
                "https://acme.shop/_next/main.js?x=1&y=2",
                "https://acme.shop/a/b.js",
                "https://acme.shop/d.js"
            ]
        );
    }

    #[test]
    fn takes_whatever_a_server_sends() {
        let page = Url::parse("https://acme.shop/").unwrap();
        for html in [
            "<script src",
            "<script src=",
            "<script src=\"",
            "<<<<<script é src='",
            "İ<script src=x>",
        ] {
            scripts(&page, html);
        }
        assert!(scripts(&page, &"<".repeat(100_000)).is_empty());
    }
}
