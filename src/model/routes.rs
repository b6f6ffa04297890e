//! The route map: what a visitor with no session and no secret meets at each route.

use serde::{Deserialize, Serialize};

/// How a route answers the signed-out visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Verdict {
    /// Some path gets to the work.
    Reached,
    /// It could not be followed.
    Undecided,
    /// Something other than a session decides: a webhook signature, an API key, a cron secret.
    Credential,
    /// Every path ends in a redirect, a refusal or a throw before the work begins.
    Stopped,
}

impl Verdict {
    /// In the order of concern.
    pub const ALL: [Verdict; 4] = [
        Verdict::Reached,
        Verdict::Undecided,
        Verdict::Credential,
        Verdict::Stopped,
    ];

    /// The word for it in machine formats and filters.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Reached => "reached",
            Verdict::Undecided => "undecided",
            Verdict::Credential => "credential",
            Verdict::Stopped => "stopped",
        }
    }
}

/// What a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RouteKind {
    /// A page, with the loaders that feed it.
    Page,
    /// A route handler or endpoint.
    Handler,
    /// A server function or form action, called by its id.
    Action,
    /// An API route of the Pages Router.
    Api,
}

impl RouteKind {
    /// The word for it in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            RouteKind::Page => "page",
            RouteKind::Handler => "handler",
            RouteKind::Action => "action",
            RouteKind::Api => "api",
        }
    }
}

/// A place in the code. Line and column are 1-based.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodePlace {
    /// Path, relative to the audited directory.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

/// What one layer, the middleware or the resource itself, does with the visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Its own verdict; `Reached` of a middleware means that it lets the visitor through.
    pub verdict: Verdict,
    /// The place that decided it.
    pub place: Option<CodePlace>,
    /// Why, in a few words: `auth.protect()`, `no middleware runs here`.
    pub why: String,
}

/// Why a layer is reached of which no more is known than that it looks something up.
pub const LOOKS_UP: &str = "asks the database first";

/// Why a layer stops a visitor who gets an answer like any other, with something else in it.
pub const SHOWS_ELSE: &str = "shows something else to who is signed out";

/// One step on the way to a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceStep {
    /// Where.
    pub place: CodePlace,
    /// What happens there, as a clause: `isPublicRoute(/dashboard) is false`.
    pub text: String,
}

/// What makes a route sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Sensitivity {
    /// It changes data.
    Writes,
    /// It reads data of users.
    ReadsUserData,
    /// It calls something that costs money or acts in the app's name.
    PaidCall,
}

impl Sensitivity {
    /// The word for it in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Sensitivity::Writes => "writes",
            Sensitivity::ReadsUserData => "reads-user-data",
            Sensitivity::PaidCall => "paid-call",
        }
    }
}

/// The work that a visitor gets to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Of which kind.
    pub kind: Sensitivity,
    /// The call, as written: `db.user.update()`.
    pub what: String,
    /// Where.
    pub place: CodePlace,
}

/// Who said that a route is public on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Declared {
    /// A public list in the middleware.
    List {
        /// The entry that names it, as written.
        pattern: String,
        /// Where the list is asked.
        place: CodePlace,
    },
    /// `[routes] public` of clerk-audit.toml.
    Config {
        /// The pattern.
        pattern: String,
    },
    /// It is public by its nature: the sign-in page, `robots.txt`.
    Nature {
        /// Why.
        why: String,
    },
}

/// Why the first page of a site is public, unless something shows that it holds more.
pub const FRONT_PAGE: &str = "a front page is for everybody";

/// Why the page for what is not there is public.
pub const NOT_THERE: &str = "shown to whoever asks for what is not there";

/// Why what is a file once the app is built is public, unless something private is built in.
pub const BUILT_ONCE: &str = "built once, the same for everybody";

impl Declared {
    /// Whether nobody said so, and it could as well be closed: not so the sign-in page.
    pub fn may_be_closed(&self) -> bool {
        let natures = [FRONT_PAGE, NOT_THERE, BUILT_ONCE];
        matches!(self, Declared::Nature { why } if natures.contains(&why.as_str()))
    }
}

/// The answer for one method of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodAnswer {
    /// The HTTP method.
    pub method: String,
    /// Both layers together.
    pub verdict: Verdict,
    /// Who declared it public, if anyone did.
    pub declared_public: Option<Declared>,
    /// The sensitive work that the visitor gets to, or would get to if the middleware did not stop them.
    pub sensitive: Vec<Evidence>,
    /// What the middleware does.
    pub middleware: Layer,
    /// What the page, handler or function does by itself.
    pub resource: Layer,
    /// The deciding steps of both, in order.
    pub trace: Vec<TraceStep>,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its path as the framework writes it: `/posts/[id]`; of an action, the function's name.
    pub pattern: String,
    /// What it is.
    pub kind: RouteKind,
    /// Its file, relative to the audited directory.
    pub file: String,
    /// The URL paths that were tried, the plainest first.
    pub urls: Vec<String>,
    /// By method.
    pub methods: Vec<MethodAnswer>,
}

impl Route {
    /// The verdict of most concern over its methods.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.methods.iter().map(|answer| answer.verdict);
        verdicts.min().unwrap_or(Verdict::Undecided)
    }

    /// Whether every method that is reached was declared public.
    pub fn is_declared_public(&self) -> bool {
        let mut reached = self
            .methods
            .iter()
            .filter(|answer| answer.verdict == Verdict::Reached)
            .peekable();
        reached.peek().is_some() && reached.all(|answer| answer.declared_public.is_some())
    }
}

/// A list of routes in a middleware, such as `createRouteMatcher` makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteList {
    /// Its name, as it is asked: `isPublicRoute`.
    pub name: String,
    /// Its entries, as written.
    pub patterns: Vec<String>,
    /// Where it is asked.
    pub place: CodePlace,
}

/// What is wrong with an entry of a list of routes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ListFault {
    /// It is no pattern: the middleware fails on every request.
    Invalid {
        /// Why.
        why: String,
    },
    /// It matches what is below a page and not the page itself.
    MissesBase {
        /// The page's path.
        base: String,
    },
    /// It matches the neighbour of the page that it names.
    HitsSibling {
        /// The page's path.
        base: String,
        /// The neighbour.
        sibling: String,
    },
    /// No route of the app matches it.
    MatchesNothing,
}

/// What a setting of the middleware does to it, that nobody meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SettingEffect {
    /// The build stops.
    StopsBuild,
    /// The setting is dropped, and the middleware runs on every path.
    Dropped,
    /// An entry matches nothing.
    NeverMatches,
    /// An entry leaves out other paths than it seems to: its backslashes are lost.
    LeavesOutOthers,
}

/// What is wrong with the setting that says on which paths the middleware runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingFault {
    /// Why, in words.
    pub why: String,
    /// Where.
    pub place: CodePlace,
    /// What comes of it.
    pub effect: SettingEffect,
}

/// A request for something else than a route, as the middleware meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The path that was asked for.
    pub path: String,
    /// Whether the middleware runs there.
    pub runs: bool,
    /// What it does.
    pub layer: Layer,
}

/// How a visitor chooses that the middleware does not run for a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// How, as a clause.
    pub how: String,
    /// What the middleware would do if it ran.
    pub otherwise: Verdict,
}

/// A page on which people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInPage {
    /// The first of its paths at which the middleware stops whoever is signed out, and how.
    pub stopped: Option<(String, Layer)>,
}

/// How a route and the middleware meet, beyond the verdicts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteDetail {
    /// Where the route's own code asks for the session.
    pub sessions: Vec<CodePlace>,
    /// A path of the route on which the middleware, where there is one, does not run.
    pub outside: Option<String>,
    /// How a visitor keeps the middleware from running.
    pub skip: Option<Skip>,
    /// A path of the route that the middleware passes by although it runs on the plain ones.
    pub hole: Option<String>,
    /// The layout around it that stops the visitor.
    pub layout: Option<Layer>,
    /// What it is to those who sign in.
    pub sign_in: Option<SignInPage>,
}

/// What is known of the middleware of an app, beyond the verdicts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MiddlewareFacts {
    /// Its file, where there is one.
    pub file: Option<String>,
    /// What is wrong with the paths that it is set to run on.
    pub faults: Vec<SettingFault>,
    /// Requests for files that are the same for everybody.
    pub files: Vec<Sample>,
    /// What is wrong with its lists of routes.
    pub lists: Vec<(RouteList, String, ListFault)>,
    /// One per route, in their order.
    pub routes: Vec<RouteDetail>,
}

/// The map of one app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteMap {
    /// The app's folder; `.` is the audited directory itself.
    pub app: String,
    /// The framework's name and version: `Next.js 16.3.1`.
    pub framework: String,
    /// The routes, by pattern.
    pub routes: Vec<Route>,
    /// What the map does not cover, in sentences.
    pub notes: Vec<String>,
    /// Whether routes are computed, so that there may be pages beside those in the map.
    pub is_partial: bool,
    /// What else is known of the middleware; of a framework without one, nothing.
    pub middleware: MiddlewareFacts,
}

/// How many routes ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouteCounts {
    /// All of them.
    pub all: usize,
    /// Stopped.
    pub stopped: usize,
    /// Reached, and declared public.
    pub public: usize,
    /// Reached, and nobody said that this is meant.
    pub reached: usize,
    /// Decided by another credential.
    pub credential: usize,
    /// Undecided.
    pub undecided: usize,
}

impl RouteMap {
    /// The routes, each with what else is known of it.
    pub fn detailed(&self) -> impl Iterator<Item = (&Route, &RouteDetail)> {
        self.routes.iter().zip(&self.middleware.routes)
    }

    /// The counts, each route by its verdict of most concern.
    pub fn counts(&self) -> RouteCounts {
        let mut counts = RouteCounts {
            all: self.routes.len(),
            ..RouteCounts::default()
        };
        for route in &self.routes {
            let count = match route.verdict() {
                Verdict::Stopped => &mut counts.stopped,
                Verdict::Reached if route.is_declared_public() => &mut counts.public,
                Verdict::Reached => &mut counts.reached,
                Verdict::Credential => &mut counts.credential,
                Verdict::Undecided => &mut counts.undecided,
            };
            *count += 1;
        }
        counts
    }
}
