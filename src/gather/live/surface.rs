//! Headers, scripts, source maps and files of the site.

use url::Url;

use super::Asker;
use crate::facts::http::{Answer, Barrier, Fault};
use crate::facts::live::site::Surface;
use crate::facts::live::site::surface::{self, Page, Shown, exposed, html};
use crate::facts::secrets::Search;
use crate::gather::net::{Ask, Lane};
use crate::model::{Known, Site};

/// So many scripts are read, and so much of each.
const SCRIPTS: usize = 30;
const LARGEST_SCRIPT: usize = 2 * 1024 * 1024;
const ALL_SCRIPTS: usize = 10 * 1024 * 1024;

/// Whether source maps are public shows in a few of them.
const MAPS: usize = 3;
const LARGEST_MAP: usize = 4 * 1024 * 1024;

/// As much of a file as tells what it is.
const LARGEST_FILE: usize = 16 * 1024;

/// The surface of the site.
pub(super) async fn ask(asker: &Asker) -> Known<Surface> {
    let site = match &asker.question.site {
        Known::Yes(site) => site,
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    let Some(search) = Search::new() else {
        return Known::Failed("the search for secrets could not be set up".to_owned());
    };
    let ((front, shown), exposed) = tokio::join!(shown(asker, site, &search), files(asker, site));
    // Who is kept out of the site sees no file either.
    let kept_out =
        front.filter(|front| matches!(front.status, 401 | 403) || Barrier::of(front).is_some());
    let exposed = match (kept_out, &shown) {
        (Some(_), Known::NotAsked(why)) => Known::NotAsked(why.clone()),
        _ => exposed,
    };
    Known::Yes(Surface {
        site: site.clone(),
        shown,
        exposed,
    })
}

/// The front page, if it came, and what the pages show.
async fn shown(asker: &Asker, site: &Site, search: &Search) -> (Option<Answer>, Known<Shown>) {
    let (url, front) = match page(asker, site, "/").await {
        Ok(found) => found,
        Err(fault) => return (None, Known::Failed(fault.explain().what)),
    };
    let shown = match Surface::unfit(&front) {
        Some(why) => Known::NotAsked(why),
        None => Known::Yes(behind(asker, site, search, &url, &front).await),
    };
    (Some(front), shown)
}

/// What the pages and scripts behind the front page show, itself included.
async fn behind(asker: &Asker, site: &Site, search: &Search, url: &Url, front: &Answer) -> Shown {
    let mut found = Shown {
        pages: vec![Page::of(url, front)],
        ..Shown::default()
    };
    surface::leaks(search, url, front, &mut found.leaks);
    let scripts = html::scripts(url, &front.text());
    let (sign_in, read) = tokio::join!(page(asker, site, "/sign-in"), scripts_of(asker, &scripts));
    if let Ok((url, answer)) = sign_in
        && Surface::unfit(&answer).is_none()
    {
        found.pages.push(Page::of(&url, &answer));
        surface::leaks(search, &url, &answer, &mut found.leaks);
    }
    // What came compressed, which was not asked for, was not looked into.
    let searched = read.iter().filter(|(_, answer)| !answer.is_compressed());
    found.scripts = (searched.count(), scripts.len());
    for (url, answer) in &read {
        surface::leaks(search, url, answer, &mut found.leaks);
    }
    for url in scripts.iter().take(MAPS) {
        let Some((map, answer)) = map_of(asker, url).await else {
            continue;
        };
        surface::leaks(search, &map, &answer, &mut found.leaks);
        found.maps.push(surface::shown(&map));
    }
    found
}

/// A page, after the redirects that stay on the site: `/` is often the page of a language. A handshake of
/// Clerk's is not followed, through a proxy on the site neither.
async fn page(asker: &Asker, site: &Site, path: &str) -> Result<(Url, Answer), Fault> {
    const HOPS: usize = 3;
    let mut url = site.at(path);
    for _ in 0..HOPS {
        let ask = Ask::get(url.clone())
            .header("accept", "text/html")
            .at_most(LARGEST_SCRIPT);
        let answer = asker.net().ask(&asker.lanes().site, ask).await?;
        let next = answer
            .header("location")
            .filter(|_| answer.is_redirect())
            .and_then(|location| url.join(location).ok())
            .filter(|next| next.origin() == url.origin() && *next != url)
            .filter(|next| !next.path().contains("/v1/client/"));
        match next {
            Some(next) => url = next,
            None => return Ok((url, answer)),
        }
    }
    let detail = "the page is only reached by more redirects than are followed".to_owned();
    Err(Fault::LocalFailure { detail })
}

/// Files that should not be there. Where a path that cannot exist is answered like one of them, the site
/// answers everything, and nothing can be told.
async fn files(asker: &Asker, site: &Site) -> Known<Vec<exposed::Exposed>> {
    let mut found = Vec::new();
    let lane = &asker.lanes().site;
    for path in exposed::paths() {
        let ask = Ask::get(site.at(path)).at_most(LARGEST_FILE);
        match asker.net().ask(lane, ask).await {
            Ok(answer) if answer.status == 429 || answer.status >= 500 => {
                return Known::NotAsked(format!("{path} is answered with HTTP {}", answer.status));
            }
            Ok(answer) => found.extend(exposed::of(path, &answer).map(|file| (file, answer.body))),
            Err(fault) => return Known::Failed(fault.explain().what),
        }
    }
    if found.is_empty() {
        return Known::Yes(Vec::new());
    }
    let nowhere = Ask::get(site.at("/.clerk-audit-nothing-is-here")).at_most(LARGEST_FILE);
    match asker.net().ask(lane, nowhere).await {
        Ok(answer) => {
            let differs = |body: &[u8]| answer.status != 200 || body != answer.body;
            let files = found.into_iter().filter(|(_, body)| differs(body));
            Known::Yes(files.map(|(file, _)| file).collect())
        }
        Err(fault) => Known::Failed(fault.explain().what),
    }
}

/// Scripts of the site's own origin, up to the bounds.
async fn scripts_of(asker: &Asker, scripts: &[Url]) -> Vec<(Url, Answer)> {
    let mut read = Vec::new();
    let mut bytes = 0;
    for pair in scripts
        .get(..SCRIPTS.min(scripts.len()))
        .unwrap_or_default()
        .chunks(2)
    {
        let (first, second) = tokio::join!(
            asset(asker, pair.first(), LARGEST_SCRIPT),
            asset(asker, pair.get(1), LARGEST_SCRIPT)
        );
        for (url, answer) in first.into_iter().chain(second) {
            bytes += answer.body.len();
            read.push((url, answer));
        }
        if bytes > ALL_SCRIPTS {
            break;
        }
    }
    read
}

async fn asset(asker: &Asker, url: Option<&Url>, limit: usize) -> Option<(Url, Answer)> {
    let lane: &Lane = &asker.lanes().assets;
    let url = url?;
    let answer = asker
        .net()
        .ask(lane, Ask::get(url.clone()).at_most(limit))
        .await;
    Some((
        url.clone(),
        answer.ok().filter(|answer| answer.status == 200)?,
    ))
}

async fn map_of(asker: &Asker, script: &Url) -> Option<(Url, Answer)> {
    let mut map = script.clone();
    map.set_query(None);
    map.set_path(&format!("{}.map", script.path()));
    let found = asset(asker, Some(&map), LARGEST_MAP).await?;
    surface::is_source_map(&found.1).then_some(found)
}
