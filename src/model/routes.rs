//! The route map: what a visitor with no session and no secret meets at each route.

/// How a route answers the signed-out visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePlace {
    /// Path, relative to the audited directory.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

/// What one layer, the middleware or the resource itself, does with the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its own verdict; `Reached` of a middleware means that it lets the visitor through.
    pub verdict: Verdict,
    /// The place that decided it.
    pub place: Option<CodePlace>,
    /// Why, in a few words: `auth.protect()`, `no middleware runs here`.
    pub why: String,
}

/// One step on the way to a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceStep {
    /// Where.
    pub place: CodePlace,
    /// What happens there, as a clause: `isPublicRoute(/dashboard) is false`.
    pub text: String,
}

/// What makes a route sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Of which kind.
    pub kind: Sensitivity,
    /// The call, as written: `db.user.update()`.
    pub what: String,
    /// Where.
    pub place: CodePlace,
}

/// Who said that a route is public on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The answer for one method of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The map of one app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteMap {
    /// The app's folder; `.` is the audited directory itself.
    pub app: String,
    /// The framework's name and version: `Next.js 16.3.1`.
    pub framework: String,
    /// The routes, by pattern.
    pub routes: Vec<Route>,
    /// What the map does not cover, in sentences.
    pub notes: Vec<String>,
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
