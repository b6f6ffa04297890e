//! Clerk's `createRouteMatcher`, and the route lists of `authMiddleware` of versions 4 and 5.

use super::path_to_regexp::{Edition, Options, PathProblem, path_to_regexp};
use super::percent;
use super::regex::{Regex, RegexProblem};

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoutePattern {
    /// A string for path-to-regexp.
    Text(String),
    /// A RegExp, used as it is.
    Regex {
        /// Between the slashes.
        source: String,
        /// Behind them.
        flags: String,
    },
}

/// What is done to a pathname before the patterns see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalisation {
    /// Nothing (CVE-2026-41248).
    None,
    /// `decodeURI`, then `//` becomes `/`.
    DecodeAndCollapse,
}

impl Normalisation {
    /// By the version of `@clerk/nextjs`: 5.7.6, 6.39.2 and 7.2.1 are the first that normalise in each
    /// line. Unknown counts as current.
    ///
    /// In 6 and 7 the code sits in `@clerk/shared`, which has a range: an old `@clerk/nextjs` in a tree
    /// that was resolved anew normalises already. Ask [`Normalisation::of_shared`] where the resolved
    /// version of `@clerk/shared` is known.
    pub fn of(nextjs_version: Option<&str>) -> Normalisation {
        Normalisation::since(nextjs_version, [(5, 7, 6), (6, 39, 2), (7, 2, 1)])
    }

    /// By the resolved version of `@clerk/shared`, for `@clerk/nextjs` 6 and later.
    pub fn of_shared(version: Option<&str>) -> Normalisation {
        Normalisation::since(version, [(2, 22, 1), (3, 47, 4), (4, 8, 1)])
    }

    fn since(version: Option<&str>, firsts: [(u32, u32, u32); 3]) -> Normalisation {
        let [first, .., last] = firsts;
        let Some(version) = version.and_then(numbers) else {
            return Normalisation::DecodeAndCollapse;
        };
        let of_major = firsts.into_iter().find(|first| first.0 == version.0);
        let first = of_major.unwrap_or(if version.0 < last.0 { first } else { last });
        match version.0 >= first.0 && version >= first {
            true => Normalisation::DecodeAndCollapse,
            false => Normalisation::None,
        }
    }
}

/// The three numbers at the head of a version.
fn numbers(version: &str) -> Option<(u32, u32, u32)> {
    let core = version.split(['-', '+']).next()?;
    let mut parts = core.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// What a matcher says of a pathname.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchResult {
    /// No pattern matches.
    No,
    /// The pattern of this index matches, and none before it.
    Yes(usize),
    /// It throws a MalformedURLError, which ends in an answer 400.
    Malformed,
    /// Not found out: a regex with state, or one that takes too long.
    Undecided,
}

/// Why a list makes no matcher: the module throws when it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteProblem {
    /// Which entry.
    pub index: usize,
    /// What is wrong with it.
    pub why: PathProblem,
}

/// A compiled list. A clone shares the compiled patterns.
#[derive(Debug, Clone)]
pub struct RouteMatcher {
    /// The patterns with their place in the list; empty strings are dropped.
    patterns: Vec<(usize, Compiled)>,
    normalisation: Normalisation,
}

#[derive(Debug, Clone)]
enum Compiled {
    Regex(Regex),
    /// Valid perhaps, but not followed.
    Unknown,
}

impl RouteMatcher {
    /// `createRouteMatcher(patterns)`.
    pub fn new(
        patterns: &[RoutePattern],
        normalisation: Normalisation,
    ) -> Result<RouteMatcher, RouteProblem> {
        RouteMatcher::with_edition(patterns, normalisation, Edition::Since63)
    }

    fn with_edition(
        patterns: &[RoutePattern],
        normalisation: Normalisation,
        edition: Edition,
    ) -> Result<RouteMatcher, RouteProblem> {
        let mut compiled = Vec::with_capacity(patterns.len());
        for (index, pattern) in patterns.iter().enumerate() {
            if *pattern == RoutePattern::Text(String::new()) {
                continue;
            }
            let pattern = compile(pattern, edition);
            compiled.push((index, pattern.map_err(|why| RouteProblem { index, why })?));
        }
        Ok(RouteMatcher {
            patterns: compiled,
            normalisation,
        })
    }

    /// Whether a pattern matches the pathname, as the framework hands it on: without the base path, a
    /// default locale and the query.
    pub fn matches(&self, pathname: &str) -> MatchResult {
        // The path is normalised inside the loop over the patterns: no pattern, no complaint.
        let path = match self.normalisation {
            Normalisation::None => pathname.to_owned(),
            Normalisation::DecodeAndCollapse if self.patterns.is_empty() => return MatchResult::No,
            Normalisation::DecodeAndCollapse => match percent::decode_uri(pathname) {
                Some(decoded) => collapse(&decoded),
                None => return MatchResult::Malformed,
            },
        };
        for (index, pattern) in &self.patterns {
            match pattern.test(&path) {
                Some(true) => return MatchResult::Yes(*index),
                Some(false) => {}
                // Whether a later one matches says nothing about this one.
                None => return MatchResult::Undecided,
            }
        }
        MatchResult::No
    }
}

impl Compiled {
    fn test(&self, path: &str) -> Option<bool> {
        match self {
            // `test` goes on where the last match ended, so the answer depends on earlier requests.
            Compiled::Regex(regex) if regex.is_stateful() => None,
            Compiled::Regex(regex) => regex.is_match(path),
            Compiled::Unknown => None,
        }
    }
}

fn compile(pattern: &RoutePattern, edition: Edition) -> Result<Compiled, PathProblem> {
    let regex = match pattern {
        RoutePattern::Text(path) => path_to_regexp(path, &Options::of(edition)),
        RoutePattern::Regex { source, flags } => {
            Regex::new(source, flags).map_err(PathProblem::Regex)
        }
    };
    match regex {
        Ok(regex) => Ok(Compiled::Regex(regex)),
        Err(PathProblem::Regex(RegexProblem::Unsupported(_))) => Ok(Compiled::Unknown),
        Err(problem) => Err(problem),
    }
}

/// `//` and more become `/`.
fn collapse(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    collapsed
}

/// The route lists of `authMiddleware` (`@clerk/nextjs` 4 and 5), which protects whatever is neither
/// ignored nor public.
///
/// A list that is a function, `beforeAuth` and `afterAuth` are the caller's to follow.
#[derive(Debug, Clone)]
pub struct AuthMiddleware {
    ignored: RouteMatcher,
    public: RouteMatcher,
    api: RouteMatcher,
    rejects_malformed: bool,
}

/// What `authMiddleware` does with a signed-out GET of a pathname.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthAnswer {
    /// It does not look: the route is ignored.
    Ignored,
    /// It lets the request through: the entry of `publicRoutes` with this index. Indices past the list
    /// are the sign-in and the sign-up URL.
    Public(usize),
    /// 401, since it is an API route.
    Unauthorized,
    /// Redirect to the sign-in page.
    SignIn,
    /// 400.
    Malformed,
    /// Not found out.
    Undecided,
}

/// `ignoredRoutes` where none are given (`authMiddleware.js` of 4.31.8 and 5.7.6).
pub const DEFAULT_IGNORED_ROUTES: [&str; 1] = ["/((?!api|trpc))(_next.*|.+\\.[\\w]+$)"];
/// `apiRoutes` where none are given. A request is one of an API as well if its method is none of GET,
/// HEAD and OPTIONS, or if its content is JSON.
pub const DEFAULT_API_ROUTES: [&str; 2] = ["/api/(.*)", "/trpc/(.*)"];
/// The `config.matcher` that the documentation gave for it.
pub const DEFAULT_CONFIG_MATCHER: [&str; 3] =
    ["/((?!.+\\.[\\w]+$|_next).*)", "/", "/(api|trpc)(.*)"];

/// The options of `authMiddleware` that are lists of routes; `None` where one is not given.
#[derive(Debug, Clone, Default)]
pub struct AuthRoutes {
    /// `publicRoutes`
    pub public: Vec<RoutePattern>,
    /// `ignoredRoutes`
    pub ignored: Option<Vec<RoutePattern>>,
    /// `apiRoutes`
    pub api: Option<Vec<RoutePattern>>,
    /// `NEXT_PUBLIC_CLERK_SIGN_IN_URL` and `NEXT_PUBLIC_CLERK_SIGN_UP_URL`: public with all below them.
    pub sign_urls: Vec<String>,
}

impl AuthMiddleware {
    /// `authMiddleware({…})` of this version of `@clerk/nextjs`.
    pub fn new(
        routes: &AuthRoutes,
        nextjs_version: Option<&str>,
    ) -> Result<AuthMiddleware, RouteProblem> {
        let version = nextjs_version.and_then(numbers).unwrap_or((5, 7, 6));
        let edition = match version.0 {
            0..=4 => Edition::Before63,
            _ => Edition::Since63,
        };
        let normalisation = Normalisation::of(Some(nextjs_version.unwrap_or("5.7.6")));
        let matcher =
            |list: &[RoutePattern]| RouteMatcher::with_edition(list, normalisation, edition);
        let mut public = routes.public.clone();
        public.extend(routes.sign_urls.iter().filter_map(|url| below(url)));
        Ok(AuthMiddleware {
            ignored: matcher(&given(&routes.ignored, &DEFAULT_IGNORED_ROUTES))?,
            public: matcher(&public)?,
            api: matcher(&given(&routes.api, &DEFAULT_API_ROUTES))?,
            rejects_malformed: normalisation == Normalisation::DecodeAndCollapse,
        })
    }

    /// What becomes of a signed-out GET of this pathname.
    pub fn answer(&self, pathname: &str) -> AuthAnswer {
        if self.rejects_malformed && percent::decode_uri(pathname).is_none() {
            return AuthAnswer::Malformed;
        }
        match (
            self.ignored.matches(pathname),
            self.public.matches(pathname),
        ) {
            (MatchResult::Undecided | MatchResult::Malformed, _) => AuthAnswer::Undecided,
            (MatchResult::Yes(_), _) => AuthAnswer::Ignored,
            (_, MatchResult::Undecided | MatchResult::Malformed) => AuthAnswer::Undecided,
            (_, MatchResult::Yes(index)) => AuthAnswer::Public(index),
            _ => match self.api.matches(pathname) {
                MatchResult::Yes(_) => AuthAnswer::Unauthorized,
                MatchResult::No => AuthAnswer::SignIn,
                _ => AuthAnswer::Undecided,
            },
        }
    }
}

fn given(list: &Option<Vec<RoutePattern>>, default: &[&str]) -> Vec<RoutePattern> {
    let default = || {
        default
            .iter()
            .map(|path| RoutePattern::Text((*path).to_owned()))
    };
    list.clone().unwrap_or_else(|| default().collect())
}

/// A URL and everything below it. It is put into a regular expression as it is.
fn below(url: &str) -> Option<RoutePattern> {
    let path = url.strip_suffix('/').unwrap_or(url);
    (!url.is_empty()).then(|| RoutePattern::Regex {
        source: format!("^{path}(/.*)?$"),
        flags: String::new(),
    })
}
