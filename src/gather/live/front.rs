//! The front page of the site, and the keys behind it: at most 22 requests to the site, of which four carry a
//! token that nobody issued, and one to each of Clerk's two APIs, without any key, for their clocks.
//!
//! No handshake is followed, and no redirect to another host.

use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use super::Asker;
use crate::facts::api::http_date;
use crate::facts::http::{Answer, Exchange};
use crate::facts::live::site::Front;
use crate::facts::live::site::front::chain::{self, Chain, End};
use crate::facts::live::site::front::clock::{self, Clocks};
use crate::facts::live::site::front::health::{self, Probe};
use crate::facts::live::site::front::look::{Look, Seen, barrier, refused_everywhere};
use crate::facts::live::site::front::page::{self, Markup};
use crate::facts::live::site::front::token::{
    self, BOGUS_KID, DeployedKey, Forgery, Reason, Tokens,
};
use crate::gather::net::{self, Ask, ForgedToken};
use crate::model::{Known, Site};

/// As much of a page or of a script is read: a page of Next.js carries its data.
const LARGEST_PAGE: usize = 1024 * 1024;

/// A path that nobody has.
const UNKNOWN: &str = "/clerk-audit-unknown-path";

/// Another, where the endpoints of an API are: a middleware may protect that folder alone.
const UNKNOWN_API: &str = "/api/clerk-audit-unknown";

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// The front page of the site, and the keys behind it.
pub(super) async fn ask(asker: &Asker) -> Known<Front> {
    let site = match &asker.question.site {
        Known::Yes(site) => site.clone(),
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    let visitor = Visitor { asker, site: &site };
    let cookie = format!("__client_uat={}", net::seconds_since_1970());
    let (bare, page, returning) = tokio::join!(
        visitor.get("/"),
        visitor.browse("/", ""),
        visitor.browse("/", &cookie)
    );
    let best = page.as_ref().or(bare.as_ref());
    if let Err(fault) = &best {
        return Known::Failed(fault.explain().what);
    }
    if let Ok(Some(why)) = best.map(barrier) {
        return Known::NotAsked(why.to_owned());
    }
    let root = site.at("/");
    let (seen_bare, seen_page) = (Seen::of("/", &root, &bare), Seen::of("/", &root, &page));
    let ((chain, (markup, script), tokens), plain, icon, unknown, unknown_api, health, clerk) = tokio::join!(
        visitor.behind(&seen_bare, &seen_page, [&page, &bare]),
        visitor.plain(),
        visitor.get("/favicon.ico"),
        visitor.get(UNKNOWN),
        visitor.get(UNKNOWN_API),
        visitor.health(),
        visitor.clerks_clocks(),
    );
    if let Some(why) = refused_everywhere(&page, &unknown) {
        return Known::NotAsked(why);
    }
    let dates = [&bare, &page, &returning, &unknown].map(ahead);
    let of_health = health.iter().map(|(_, exchange)| ahead(exchange));
    let clocks = Clocks {
        site: clock::nearest(dates.into_iter().chain(of_health)),
        frontend: clerk.0,
        backend: clerk.1,
    };
    let icon = Seen::of("/favicon.ico", &root, &icon);
    Known::Yes(Front {
        bare: seen_bare,
        page: seen_page,
        returning: Seen::of("/", &root, &returning),
        plain,
        files: [Some(icon), script].into_iter().flatten().collect(),
        unknown: Seen::of(UNKNOWN, &site.at(UNKNOWN), &unknown),
        unknown_api: Seen::of(UNKNOWN_API, &site.at(UNKNOWN_API), &unknown_api),
        health: health
            .iter()
            .map(|(path, exchange)| probe(&site, path, exchange))
            .collect(),
        chain,
        markup,
        tokens,
        clocks,
        site,
    })
}

fn ahead(exchange: &Exchange) -> Option<i64> {
    clock::ahead_of_site(exchange.as_ref().ok()?)
}

fn probe(site: &Site, path: &str, exchange: &Exchange) -> Probe {
    Probe {
        seen: Seen::of(path, &site.at(path), exchange),
        leaks: exchange.as_ref().ok().and_then(health::leaks),
    }
}

/// Somebody without a session.
struct Visitor<'a> {
    asker: &'a Asker,
    site: &'a Site,
}

impl Visitor<'_> {
    async fn send(&self, ask: Ask) -> Exchange {
        let lane = &self.asker.lanes().site;
        self.asker.net().ask(lane, ask).await
    }

    /// As a program asks.
    async fn get(&self, path: &str) -> Exchange {
        self.send(Ask::get(self.site.at(path)).header("accept", "*/*"))
            .await
    }

    /// As a browser asks, with cookies if there are any.
    async fn browse(&self, path: &str, cookies: &str) -> Exchange {
        self.open(self.site.at(path), cookies).await
    }

    async fn open(&self, url: Url, cookies: &str) -> Exchange {
        let ask = Ask::get(url)
            .header("accept", HTML)
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-mode", "navigate")
            .at_most(LARGEST_PAGE);
        let ask = if cookies.is_empty() {
            ask
        } else {
            ask.header("cookie", cookies)
        };
        self.send(ask).await
    }

    /// Whether anything is served without TLS.
    async fn plain(&self) -> Known<Seen> {
        if self.site.is_loopback() {
            return Known::NotAsked("the site is on this machine".to_owned());
        }
        if !self.site.is_tls() {
            return Known::NotAsked("the site is given without TLS".to_owned());
        }
        let mut url = self.site.at("/");
        // A port of its own is the one of TLS; the other is not known.
        if url.port().is_some() || url.set_scheme("http").is_err() {
            return Known::NotAsked("the site has a port of its own".to_owned());
        }
        let ask = Ask::get(url.clone()).header("accept", HTML);
        Known::Yes(Seen::of("/", &url, &self.send(ask).await))
    }

    async fn health(&self) -> [(&'static str, Exchange); 4] {
        let [a, b, c, d] = health::PATHS;
        let (first, second, third, fourth) =
            tokio::join!(self.get(a), self.get(b), self.get(c), self.get(d));
        [(a, first), (b, second), (c, third), (d, fourth)]
    }

    /// By how much Clerk's clocks are ahead, of the Frontend API and of the Backend API. No key is sent: a
    /// refusal has a date, too.
    async fn clerks_clocks(&self) -> (Option<i64>, Option<i64>) {
        let shared = &self.asker.shared.ask;
        let question = &self.asker.question;
        let of_key = || {
            let host = &question.key.as_ref()?.host;
            Url::parse(&format!("https://{host}/v1/health")).ok()
        };
        let frontend = match &shared.frontend {
            Some(given) => Some(given.at("/v1/health")),
            None => of_key(),
        };
        let base = question.base.as_ref();
        let backend = base.and_then(|base| Url::parse(&base.endpoint("/jwks")).ok());
        let lanes = self.asker.lanes();
        tokio::join!(
            self.date(&lanes.frontend, frontend),
            self.date(&lanes.backend, backend)
        )
    }

    async fn date(&self, lane: &net::Lane, url: Option<Url>) -> Option<i64> {
        let answer = self.asker.net().ask(lane, Ask::get(url?).once()).await;
        clock::ahead(&answer.ok()?)
    }

    /// What stands behind the front page: where its redirects lead, what is written there, and how the
    /// server refuses a token.
    async fn behind(
        &self,
        bare: &Seen,
        page: &Seen,
        exchanges: [&Exchange; 2],
    ) -> (Chain, (Markup, Option<Seen>), Known<Tokens>) {
        let (chain, landed) = self.follow(page, exchanges[0]).await;
        // With a development instance a browser is sent away first, and a program is not.
        let first = exchanges
            .into_iter()
            .filter_map(|exchange| exchange.as_ref().ok());
        let answer = landed.iter().chain(first).find(|answer| answer.is_html());
        let path = chain.hops.last().map_or("/", |hop| hop.path.as_str());
        let covered = [bare, page].into_iter().chain(&chain.hops);
        let covered = covered.rev().find(|seen| seen.clerk().is_some());
        let (markup, tokens) = tokio::join!(self.read(path, answer), async {
            match covered {
                Some(seen) => Known::Yes(self.forge(&seen.path).await),
                None => Known::NotAsked("no answer has the headers of Clerk's SDK".to_owned()),
            }
        });
        (chain, markup, tokens)
    }

    /// Follows redirects as long as they stay on the site, with the cookies that it sets on the way: without
    /// them a site that sets one and looks for it turns in a circle.
    async fn follow(&self, page: &Seen, first: &Exchange) -> (Chain, Option<Answer>) {
        let mut chain = Chain::default();
        let mut before = vec![(self.site.at("/"), String::new())];
        let mut cookies = String::new();
        let mut landed = None;
        let Some(mut look) = page.look().cloned() else {
            chain.end = End::Lost;
            return (chain, None);
        };
        keep(&mut cookies, first.as_ref().ok());
        loop {
            let url = match chain::next(self.site, &before, &cookies, &look) {
                Ok(url) => url,
                Err(end) => {
                    chain.end = end;
                    return (chain, landed);
                }
            };
            let exchange = self.open(url.clone(), &cookies).await;
            let path = url.query().map_or_else(
                || url.path().to_owned(),
                |query| format!("{}?{query}", url.path()),
            );
            chain.hops.push(Seen::of(&path, &url, &exchange));
            before.push((url.clone(), cookies.clone()));
            let Ok(answer) = exchange else {
                chain.end = End::Lost;
                return (chain, landed);
            };
            keep(&mut cookies, Some(&answer));
            look = Look::of(&answer, &url);
            landed = Some(answer);
        }
    }

    /// What stands in a page, and in a script of the site that it names.
    async fn read(&self, path: &str, answer: Option<&Answer>) -> (Markup, Option<Seen>) {
        let Some(answer) = answer else {
            return (Markup::default(), None);
        };
        let mut markup = page::read(self.site, &self.site.at(path), &answer.text());
        let Some(script) = markup.script.clone() else {
            return (markup, None);
        };
        let url = self.site.at(&script);
        let exchange = self.send(Ask::get(url.clone()).at_most(LARGEST_PAGE)).await;
        // A single-page app has its key in there.
        if let Ok(answer) = &exchange {
            markup.add_keys(&answer.text());
        }
        (markup, Some(Seen::of(&script, &url, &exchange)))
    }

    /// Sends tokens that nobody issued, the one with a key id that nobody has first: it alone makes the server
    /// ask Clerk again. What could tell nothing after it is not sent.
    async fn forge(&self, path: &str) -> Tokens {
        let (bogus, kids) = tokio::join!(self.token(path, Forgery::Plain, BOGUS_KID), self.kids());
        let mut tokens = Tokens {
            path: path.to_owned(),
            kid: chosen(kids, &bogus),
            bogus,
            real: None,
            expired: None,
            foreign: None,
        };
        // Networkless verification ignores the key id.
        let kid = match (token::deployed_key(&tokens.bogus, None), &tokens.kid) {
            (DeployedKey::Works(_) | DeployedKey::Unused, Known::Yes(kid)) => kid.clone(),
            (DeployedKey::Unused, _) => BOGUS_KID.to_owned(),
            _ => return tokens,
        };
        let real = async {
            match tokens.bogus {
                Reason::Signature => None,
                _ => Some(self.token(path, Forgery::Plain, &kid).await),
            }
        };
        let (real, expired) = tokio::join!(real, self.token(path, Forgery::Expired, &kid));
        if token::is_old(&expired) == Some(true) {
            tokens.foreign = Some(self.token(path, Forgery::Foreign, &kid).await);
        }
        tokens.real = real;
        tokens.expired = Some(expired);
        tokens
    }

    async fn token(&self, path: &str, forgery: Forgery, kid: &str) -> Reason {
        let url = self.site.at(path);
        let issuer = match &self.asker.question.key {
            Known::Yes(key) => format!("https://{}", key.host),
            Known::NotAsked(_) | Known::Failed(_) => "https://clerk-audit.invalid".to_owned(),
        };
        let now = net::seconds_since_1970();
        let claims = token::claims(forgery, &issuer, &self.site.origin(), now);
        let mut noise = [0; 256];
        if SystemRandom::new().fill(&mut noise).is_err() {
            return Reason::Other("no random bytes on this machine".to_owned());
        }
        let forged = ForgedToken::new(&token::header(kid), &claims, &noise);
        let ask = Ask::get(url.clone())
            .header("accept", "*/*")
            .forged(&forged)
            .once();
        token::reason(&Seen::of(path, &url, &self.send(ask).await))
    }

    /// The key ids of the instance of the audited publishable key.
    async fn kids(&self) -> Known<Vec<String>> {
        let keys = match self.asker.frontend().await {
            Known::Yes(frontend) => frontend.jwks.clone(),
            Known::NotAsked(why) => return Known::NotAsked(why.clone()),
            Known::Failed(why) => return Known::Failed(why.clone()),
        };
        keys.map(|keys| keys.into_iter().map(|key| key.kid).collect())
    }
}

/// Of several key ids of an instance the one that the server names, else the first.
fn chosen(kids: Known<Vec<String>>, bogus: &Reason) -> Known<String> {
    let named = match bogus {
        Reason::NoSuchKey(named) => named.as_ref(),
        _ => None,
    };
    match kids {
        Known::Yes(kids) => {
            let first = kids.iter().find(|kid| Some(*kid) == named).or(kids.first());
            first.map_or_else(
                || Known::NotAsked("the instance has no signing key".to_owned()),
                |kid| Known::Yes(kid.clone()),
            )
        }
        Known::NotAsked(why) => Known::NotAsked(why),
        Known::Failed(why) => Known::Failed(why),
    }
}

/// Keeps the cookies that an answer sets, as a browser would send them back: one of each name, and none that
/// the answer takes away.
fn keep(cookies: &mut String, answer: Option<&Answer>) {
    /// A browser sends no more to one site.
    const MOST: usize = 4096;
    let Some(answer) = answer else {
        return;
    };
    for cookie in answer.all("set-cookie") {
        let pair = cookie.split(';').next().unwrap_or_default().trim();
        let Some((name, _)) = pair.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            continue;
        };
        let is_other = |kept: &&str| kept.split_once('=').is_none_or(|(known, _)| known != name);
        let mut kept: Vec<&str> = cookies
            .split("; ")
            .filter(|kept| !kept.is_empty())
            .collect();
        kept.retain(is_other);
        if !is_taken_away(cookie, answer.at) {
            kept.push(pair);
        }
        let kept = kept.join("; ");
        if kept.len() <= MOST {
            *cookies = kept;
        }
    }
}

/// Whether a cookie is set to be forgotten.
fn is_taken_away(cookie: &str, now: u64) -> bool {
    let attributes = || {
        cookie
            .split(';')
            .skip(1)
            .filter_map(|part| part.split_once('='))
    };
    let value = |wanted: &str| {
        let named = attributes().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| value.trim())
    };
    // `Max-Age` counts before `Expires` (RFC 6265, 5.3).
    if let Some(age) = value("max-age").and_then(|age| age.parse::<i64>().ok()) {
        return age <= 0;
    }
    value("expires")
        .and_then(http_date)
        .is_some_and(|end| end < now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_sends_one_cookie_of_each_name_and_none_that_was_taken_away() {
        let mut cookies = String::new();
        for (set, expected) in [
            ("a=1; Path=/", "a=1"),
            (
                "b=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "a=1; b=2",
            ),
            ("a=3", "b=2; a=3"),
            ("b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=3"),
            ("=x", "a=3"),
            ("a=; max-age=0", ""),
        ] {
            let answer = Answer {
                headers: vec![("set-cookie".to_owned(), set.to_owned())],
                at: 1_000_000,
                ..Answer::default()
            };
            keep(&mut cookies, Some(&answer));
            assert_eq!(cookies, expected, "{set}");
        }
    }
}
