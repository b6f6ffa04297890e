//! What stands before an app and answers in its place: nothing of such an answer is about the app, whatever
//! its status. A challenge may come as a success (AWS WAF sends 202, Imperva 200).

use memchr::memmem::find;
use url::Url;

use super::Answer;

/// What keeps this machine out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// A protection against robots, or a firewall.
    Robots,
    /// What the host puts before a deployment that is not for everybody.
    Deployment,
    /// A password of the web server.
    Password,
}

/// The page of a challenge is short.
const LONGEST_CHALLENGE: usize = 8 * 1024;

impl Barrier {
    /// What it is, as a clause about the site.
    pub const fn words(self) -> &'static str {
        match self {
            Barrier::Robots => "a bot protection stands before the site and keeps programs out",
            Barrier::Deployment => "the host's protection of the deployment stands before the site",
            Barrier::Password => "a password of the web server stands before the site",
        }
    }

    /// The barrier that an answer shows, if it shows one.
    pub fn of(answer: &Answer) -> Option<Self> {
        let begins = |name: &str, what: &str| answer.all(name).any(|value| value.starts_with(what));
        let host = leads_to(answer);
        if is_challenge(answer) {
            Some(Barrier::Robots)
        } else if begins("set-cookie", "_vercel_sso_nonce")
            || host.as_deref() == Some("vercel.com")
            || host.is_some_and(|host| host.ends_with(".cloudflareaccess.com"))
        {
            Some(Barrier::Deployment)
        } else {
            begins("www-authenticate", "Basic").then_some(Barrier::Password)
        }
    }
}

/// Cloudflare, Vercel and AWS say so in a header (developers.cloudflare.com "Detect a Challenge Page
/// response"; docs.aws.amazon.com/waf "CAPTCHA and Challenge"), Imperva on its page.
fn is_challenge(answer: &Answer) -> bool {
    let has = |name: &str| answer.header(name).is_some();
    let says = |words: &str| find(&answer.body, words.as_bytes()).is_some();
    has("cf-mitigated")
        || has("x-vercel-mitigated")
        || has("x-amzn-waf-action")
        || answer.is_html()
            && answer.body.len() <= LONGEST_CHALLENGE
            && says("Incapsula incident ID")
}

fn leads_to(answer: &Answer) -> Option<String> {
    let to = Url::parse(answer.header("location").filter(|_| answer.is_redirect())?).ok()?;
    to.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: u16, headers: &[(&str, &str)], body: &str) -> Option<Barrier> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Barrier::of(&Answer {
            status,
            headers: headers.iter().map(own).collect(),
            body: body.as_bytes().to_vec(),
            whole: true,
            ..Answer::default()
        })
    }

    #[test]
    fn what_answers_in_place_of_the_app_is_known_whatever_its_status() {
        let html = ("content-type", "text/html");
        for (status, header, body, barrier) in [
            (403, ("cf-mitigated", "challenge"), "", Barrier::Robots),
            (
                429,
                ("x-vercel-mitigated", "challenge"),
                "",
                Barrier::Robots,
            ),
            (202, ("x-amzn-waf-action", "challenge"), "", Barrier::Robots),
            (405, ("x-amzn-waf-action", "captcha"), "", Barrier::Robots),
            (
                200,
                html,
                "<iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe>",
                Barrier::Robots,
            ),
            (
                401,
                ("set-cookie", "_vercel_sso_nonce=x"),
                "",
                Barrier::Deployment,
            ),
            (
                302,
                (
                    "location",
                    "https://acme.cloudflareaccess.com/cdn-cgi/access",
                ),
                "",
                Barrier::Deployment,
            ),
            (
                307,
                ("location", "https://vercel.com/sso-api?url=x"),
                "",
                Barrier::Deployment,
            ),
            (
                401,
                ("www-authenticate", "Basic realm=\"staging\""),
                "",
                Barrier::Password,
            ),
        ] {
            assert_eq!(seen(status, &[header], body), Some(barrier), "{header:?}");
        }
    }

    #[test]
    fn the_app_itself_is_no_barrier() {
        let html = ("content-type", "text/html");
        for (status, header, body) in [
            (403, html, "<h1>Forbidden</h1>"),
            (401, ("www-authenticate", "Bearer"), ""),
            (302, ("location", "/sign-in"), ""),
            (
                200,
                html,
                "<script src=\"/_Incapsula_Resource?x\"></script><h1>Shop</h1>",
            ),
        ] {
            assert_eq!(seen(status, &[header], body), None, "{header:?}");
        }
    }
}
