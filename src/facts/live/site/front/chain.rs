//! Where the redirects of the front page lead, on the site's own host.

use url::Url;

use super::look::{Look, Seen};
use crate::facts::api::Screen;
use crate::model::Site;

/// As many redirects are followed.
pub const LONGEST: usize = 5;

/// Who comes to one address so often, with another cookie each time, and would again, turns in a circle.
const CIRCLES: usize = 3;

/// The redirects of the front page, followed as long as they stay on the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// What they led to, in order; the front page itself is not among them.
    pub hops: Vec<Seen>,
    /// How they end.
    pub end: End,
}

/// How a chain of redirects ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum End {
    /// With something that is no redirect, or none that can be read.
    #[default]
    Page,
    /// With a handshake, which is not followed.
    Handshake,
    /// On another host, fit to show, which is not asked.
    Away {
        /// Its name.
        host: String,
    },
    /// At an address where it was before.
    Loop {
        /// The path, without a query.
        path: String,
    },
    /// Not within the redirects that are followed.
    TooLong,
    /// With no answer.
    Lost,
}

/// The next address, or how the chain ends. `before` are the addresses that were asked for and the cookies
/// that went with them, the one that `look` is the answer of included; `cookies` would go with the next.
///
/// # Errors
/// How it ends.
pub fn next(site: &Site, before: &[(Url, String)], cookies: &str, look: &Look) -> Result<Url, End> {
    let Some(location) = &look.location else {
        return Err(End::Page);
    };
    if look.handshake.is_some() {
        return Err(End::Handshake);
    }
    if location.origin() != site.url().origin() {
        // The way from a host to itself over another scheme or port is the same host to a reader.
        let host = Screen::default().token(location.host_str().unwrap_or_default());
        return Err(End::Away {
            host: host.unwrap_or_else(|| "another host".to_owned()),
        });
    }
    let mut location = location.clone();
    location.set_fragment(None);
    // With a cookie that it did not have before, a browser may get another answer.
    let mut times = 0;
    let mut same = false;
    for (_, with) in before.iter().filter(|(asked, _)| *asked == location) {
        times += 1;
        same |= with == cookies;
    }
    let is_full = before.len() > LONGEST;
    // A load balancer sets another cookie each time.
    if same || is_full && times >= CIRCLES {
        return Err(End::Loop {
            path: Screen::default().sentence(location.path()),
        });
    }
    if is_full {
        return Err(End::TooLong);
    }
    Ok(location)
}

#[cfg(test)]
mod tests {
    use super::super::look::tests::answer;
    use super::*;

    fn follow(from: &[&str], location: &str) -> Result<String, End> {
        let site: Site = "https://acme.shop".parse().unwrap();
        // `/#a=1` stands for `/` with a cookie.
        let asked = |path: &&str| {
            let (path, cookies) = path.split_once('#').unwrap_or((path, ""));
            (site.at(path), cookies.to_owned())
        };
        let before: Vec<(Url, String)> = from.iter().map(asked).collect();
        let (location, cookies) = location.split_once('#').unwrap_or((location, ""));
        let look = Look::of(
            &answer(307, &[("location", location)]),
            &before.last().unwrap().0,
        );
        next(&site, &before, cookies, &look).map(String::from)
    }

    #[test]
    fn a_browser_that_has_another_cookie_now_has_not_come_back() {
        let circle = Err(End::Loop {
            path: "/".to_owned(),
        });
        assert_eq!(follow(&["/"], "/"), circle);
        assert!(follow(&["/"], "/#a=1").is_ok());
        assert_eq!(follow(&["/", "/#a=1"], "/#a=1"), circle);
        let ever_new = ["/", "/#a=1", "/#a=2", "/#a=3", "/#a=4", "/#a=5"];
        assert_eq!(follow(&ever_new, "/#a=6"), circle);
        let twice = ["/", "/#a=1", "/2#a=2", "/3#a=3", "/4#a=4", "/5#a=5"];
        assert_eq!(follow(&twice, "/#a=6"), Err(End::TooLong));
    }

    #[test]
    fn stays_on_the_site_and_ends() {
        assert_eq!(
            follow(&["/"], "/en?x=1"),
            Ok("https://acme.shop/en?x=1".to_owned())
        );
        assert_eq!(
            follow(&["/", "/en"], "/"),
            Err(End::Loop {
                path: "/".to_owned()
            })
        );
        assert_eq!(
            follow(&["/"], "https://evil.example/"),
            Err(End::Away {
                host: "evil.example".to_owned()
            })
        );
        assert_eq!(
            follow(&["/"], "https://clerk.acme.shop/v1/client/handshake?x"),
            Err(End::Handshake)
        );
        let six = ["/", "/1", "/2", "/3", "/4", "/5"];
        assert_eq!(follow(&six, "/6"), Err(End::TooLong));
        assert_eq!(follow(&["/"], "https://[bad"), Err(End::Page));
    }
}
