//! How an answer looks: enough to tell two pages apart, and a page from a shell, a sign-in page, a refusal.

use std::collections::BTreeSet;

use crate::facts::http::Answer;

/// As much of the words of a page as is compared.
const LONGEST: usize = 4_000;

/// With fewer words beside its title, a page with scripts is a shell that a script fills.
const SHELL: usize = 4;

/// As long is what says no more than that one has to sign in.
const SHORT: usize = 400;

/// How one is asked to sign in.
const ASKS: &[&str] = &["sign in", "sign-in", "log in", "log-in"];

/// What a page says, and a program's answer, to whoever is signed out.
const REFUSALS: &[&str] = &[
    "please sign in",
    "please log in",
    "must sign in",
    "must log in",
    "signed in",
    "logged in",
    "unauthorized",
    "unauthorised",
    "unauthenticated",
    "not authorized",
    "not authenticated",
    "not allowed",
    "forbidden",
    "access denied",
    "permission denied",
    "authentication required",
];

/// How an answer looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Words of the path: a page may repeat them.
    own: BTreeSet<String>,
    /// The title of a page.
    title: String,
    /// What a reader sees, in small letters, one space between words; of other answers the text.
    words: String,
    is_page: bool,
    is_empty: bool,
    has_scripts: bool,
    has_password: bool,
    has_sign_in: bool,
}

impl Look {
    /// Of an answer to a request for a path.
    pub fn of(answer: &Answer, path: &str) -> Self {
        let text = answer.text();
        let small = text.to_ascii_lowercase();
        let is_page = answer.is_html() || small.trim_start().starts_with("<!doctype html");
        let own = path.split(|c: char| !c.is_ascii_alphanumeric());
        let own = own
            .filter(|part| part.len() > 1)
            .map(str::to_ascii_lowercase)
            .collect();
        if !is_page {
            return Self {
                own,
                is_empty: small.trim().is_empty(),
                words: plain(&small),
                ..Self::default()
            };
        }
        Self {
            title: plain(between(&small, "<title", "</title").unwrap_or_default()),
            words: plain(&visible(&small)),
            own,
            is_page,
            is_empty: small.trim().is_empty(),
            has_scripts: small.contains("<script"),
            has_password: small.contains("type=\"password\""),
            has_sign_in: [
                "data-clerk-component=\"signin\"",
                "cl-signin-",
                "cl-sign-in-",
            ]
            .iter()
            .any(|mark| small.contains(mark)),
        }
    }

    /// Whether two answers are the same page, but for what changes from one request to the next.
    pub fn is_alike(&self, other: &Self) -> bool {
        let beside = |text: &str| -> Vec<String> {
            let words = text.split([' ', '-']).filter(|word| !word.is_empty());
            let is_own = |word: &&str| self.own.contains(*word) || other.own.contains(*word);
            words
                .filter(|word| !is_own(word))
                .map(str::to_owned)
                .collect()
        };
        if self.is_page != other.is_page || beside(&self.title) != beside(&other.title) {
            return false;
        }
        let (a, b) = (beside(&self.words), beside(&other.words));
        let close = a.len().abs_diff(b.len()) * 20 <= a.len().max(b.len());
        let begin = |words: &[String]| words.iter().take(40).cloned().collect::<Vec<_>>();
        a == b || (self.is_page && close && begin(&a) == begin(&b))
    }

    /// Whether it is a page that asks to sign in.
    pub fn is_sign_in(&self) -> bool {
        let asks = |text: &str| ASKS.iter().any(|words| says(text, words));
        let titled = asks(&self.title) || matches!(self.title.as_str(), "login" | "signin");
        self.is_page && (titled || (self.has_password && asks(&self.words)) || self.has_sign_in)
    }

    /// Whether all that it says is that the visitor may not. On a page that anybody may see, the layout
    /// has a link to sign in as well.
    pub fn is_refusal(&self) -> bool {
        let asks = if self.is_page { &[] } else { ASKS };
        let mut refusals = asks.iter().chain(REFUSALS);
        self.words.len() <= SHORT && refusals.any(|refusal| says(&self.words, refusal))
    }

    /// Whether it is a page, and not what a program reads.
    pub fn is_page(&self) -> bool {
        self.is_page
    }

    /// Whether it is a page without content, which a script fills.
    pub fn is_shell(&self) -> bool {
        let title: BTreeSet<&str> = self.title.split(' ').collect();
        let beside = self
            .words
            .split(' ')
            .filter(|word| !word.is_empty() && !title.contains(word));
        self.is_page && self.has_scripts && beside.take(SHELL).count() < SHELL
    }

    /// Whether it is a page with scripts.
    pub fn has_scripts(&self) -> bool {
        self.has_scripts
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }
}

/// Whether a text of plain words has these among them, and not as a part of others (`catalog in`).
fn says(text: &str, words: &str) -> bool {
    let mut found = text.match_indices(words);
    found.any(|(at, _)| {
        let before = text
            .get(..at)
            .is_none_or(|part| part.is_empty() || part.ends_with(' '));
        let after = text.get(at + words.len()..);
        before && after.is_none_or(|part| part.is_empty() || part.starts_with(' '))
    })
}

/// Words in small letters, without numbers.
fn plain(text: &str) -> String {
    let mut words = String::new();
    let split = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    for word in split.filter(|word| !word.is_empty()) {
        if word.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        if words.len() + word.len() >= LONGEST {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

/// What stands between the end of an opening tag and a closing one.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    let (_, rest) = rest.split_once('>')?;
    rest.split_once(close).map(|(inside, _)| inside)
}

/// The text of a page outside of tags, of its head, and of what is not shown.
fn visible(page: &str) -> String {
    const HIDDEN: &[(&str, &str)] = &[
        ("<!--", "-->"),
        ("<head", "</head"),
        ("<script", "</script"),
        ("<style", "</style"),
        ("<noscript", "</noscript"),
        ("<template", "</template"),
        ("<svg", "</svg"),
    ];
    let mut seen = String::new();
    let mut rest = page;
    while let Some((text, tag)) = rest.split_once('<') {
        seen.push_str(text);
        seen.push(' ');
        let whole = rest.get(text.len()..).unwrap_or_default();
        let hides = |(open, _): &&(&str, &str)| {
            let after = whole
                .strip_prefix(open)
                .and_then(|rest| rest.chars().next());
            // `<header` is no `<head`.
            after.is_some_and(|c| *open == "<!--" || !c.is_ascii_alphanumeric())
        };
        rest = match HIDDEN.iter().find(hides) {
            Some((_, close)) => whole.split_once(close).map_or("", |(_, after)| after),
            None => tag,
        };
        rest = match rest.split_once('>') {
            // The end of a comment is over.
            _ if whole.starts_with("<!--") => rest,
            Some((_, after)) => after,
            None => "",
        };
    }
    seen.push_str(rest);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(body: &str) -> Answer {
        Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: body.as_bytes().to_vec(),
            whole: true,
            ..Answer::default()
        }
    }

    fn look(body: &str) -> Look {
        Look::of(&html(body), "/dashboard")
    }

    #[test]
    fn sees_what_a_reader_sees() {
        let page = "<!doctype html><head><title>Acme</title><style>a{}</style></head><header>Top</header>\
                    <!-- no > --><script>let a = '<b>no</b>'</script><p>Order 12 of <b>Ada</b></p>";
        assert_eq!(look(page).words, "top order of ada");
        assert_eq!(look(page).title, "acme");
        for broken in [
            "<",
            "<script",
            "<!--",
            "<script><script>",
            "<head",
            "a<b",
            "<title",
        ] {
            let _ = look(broken);
        }
    }

    #[test]
    fn tells_a_shell_from_a_page() {
        assert!(
            look("<title>Acme</title><div id=root></div><script src=/a.js></script>").is_shell()
        );
        assert!(look("<h1>Loading…</h1><script src=/a.js></script>").is_shell());
        assert!(!look("<h1>Your orders of this month</h1><script src=/a.js></script>").is_shell());
        assert!(!look("<p>Hello</p>").is_shell());
    }

    #[test]
    fn knows_a_page_that_asks_to_sign_in() {
        assert!(look("<title>Sign in | Acme</title><p>x</p>").is_sign_in());
        assert!(look("<p>Log in</p><input type=\"password\">").is_sign_in());
        assert!(look("<div class=\"cl-signIn-root\"></div>").is_sign_in());
        assert!(!look("<title>Security</title><input type=\"password\">").is_sign_in());
        assert!(look("<p>You must be signed in to see this.</p>").is_refusal());
        assert!(!look("<p>The catalog in full</p>").is_refusal());
        assert!(!look("<p>Sign in Sign up</p><p>Revenue this month</p>").is_refusal());
        assert!(!look(&format!("<p>Sign in</p><p>{}</p>", "order ".repeat(100))).is_refusal());
    }

    #[test]
    fn compares_pages_without_their_own_names() {
        let page = |name: &str, text: &str| {
            let body = format!("<title>{name}</title><p>Hello {name}, {text} 17</p>");
            Look::of(&html(&body), &format!("/{name}"))
        };
        assert!(page("ada", "welcome").is_alike(&page("bob", "welcome")));
        assert!(!page("ada", "welcome").is_alike(&page("bob", "your orders are here")));
    }
}
