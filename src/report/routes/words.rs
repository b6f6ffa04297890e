//! The words and the order that the formats for people share.

use std::borrow::Cow;

use super::{Options, Standing};
use crate::model::routes::{
    CodePlace, Declared, Evidence, Layer, MethodAnswer, Route, RouteCounts, RouteKind, RouteMap,
    Sensitivity, Verdict,
};

/// The methods of a route that share an answer.
#[derive(Debug)]
pub(in crate::report) struct Line<'a> {
    pub(in crate::report) route: &'a Route,
    pub(in crate::report) methods: Vec<&'a str>,
    pub(in crate::report) answer: &'a MethodAnswer,
    pub(in crate::report) standing: Standing,
}

/// The answer of a route of which no method is known: nothing of it could be followed.
static UNKNOWN: MethodAnswer = MethodAnswer {
    method: String::new(),
    verdict: Verdict::Undecided,
    declared_public: None,
    sensitive: Vec::new(),
    middleware: UNFOLLOWED,
    resource: UNFOLLOWED,
    trace: Vec::new(),
};

const UNFOLLOWED: Layer = Layer {
    verdict: Verdict::Undecided,
    place: None,
    why: String::new(),
};

/// Something said of a route, and where it can be seen.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Clause<'a> {
    /// Who or what it is about: `middleware`, `handler`, `writes`.
    pub(in crate::report) about: &'static str,
    pub(in crate::report) place: Option<&'a CodePlace>,
    pub(in crate::report) text: Cow<'a, str>,
}

/// Which layer stops the visitor, in the order of concern: one line of defence before two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Guard {
    /// Without the middleware, the visitor would get to the work.
    MiddlewareOnly,
    /// The middleware; whether the resource would stop the visitor too is not known.
    MiddlewareAtLeast,
    /// The middleware; behind it another credential decides.
    MiddlewareThenCredential,
    /// The resource alone.
    Resource,
    /// Either would do.
    Both,
}

impl Guard {
    pub(in crate::report) fn of(answer: &MethodAnswer) -> Self {
        match (answer.middleware.verdict, answer.resource.verdict) {
            (Verdict::Stopped, Verdict::Reached) => Guard::MiddlewareOnly,
            (Verdict::Stopped, Verdict::Undecided) => Guard::MiddlewareAtLeast,
            (Verdict::Stopped, Verdict::Credential) => Guard::MiddlewareThenCredential,
            (Verdict::Stopped, Verdict::Stopped) => Guard::Both,
            _ => Guard::Resource,
        }
    }

    pub(in crate::report) fn words(self) -> &'static str {
        match self {
            Guard::MiddlewareOnly => "by the middleware only",
            Guard::MiddlewareAtLeast => "by the middleware; what follows is undecided",
            Guard::MiddlewareThenCredential => "by the middleware; then another credential decides",
            Guard::Resource => "by the resource itself",
            Guard::Both => "by the middleware, and by the resource itself",
        }
    }
}

/// The lines of a route, the one of most concern first. With `whole`, methods are joined only where they
/// agree in every step; otherwise where the same would be printed of them.
pub(in crate::report) fn lines(route: &Route, whole: bool) -> Vec<Line<'_>> {
    let mut lines: Vec<Line> = Vec::new();
    for answer in &route.methods {
        let same = |line: &&mut Line| match whole {
            true => agree(line.answer, answer),
            false => look_alike(line, answer),
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.methods.push(&answer.method),
            None => lines.push(Line {
                route,
                methods: vec![&answer.method],
                answer,
                standing: Standing::of_answer(answer),
            }),
        }
    }
    if lines.is_empty() {
        lines.push(Line {
            route,
            methods: Vec::new(),
            answer: &UNKNOWN,
            standing: Standing::Undecided,
        });
    }
    lines.sort_by_key(|line| line.standing);
    lines
}

fn agree(one: &MethodAnswer, other: &MethodAnswer) -> bool {
    one.verdict == other.verdict
        && one.declared_public == other.declared_public
        && one.sensitive == other.sensitive
        && one.middleware == other.middleware
        && one.resource == other.resource
        && one.trace == other.trace
}

fn look_alike(line: &Line, answer: &MethodAnswer) -> bool {
    let other = Line {
        methods: Vec::new(),
        answer,
        standing: Standing::of_answer(answer),
        ..*line
    };
    line.standing == other.standing
        && Guard::of(line.answer) == Guard::of(answer)
        && deciders(line) == deciders(&other)
        && evidence(line) == evidence(&other)
}

/// The word for a standing, as a line begins with it.
pub(in crate::report) fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Reached => "REACHED",
        Standing::Undecided => "UNDECIDED",
        Standing::Credential => "CREDENTIAL",
        Standing::Public => "PUBLIC",
        Standing::Stopped => "STOPPED",
    }
}

/// The heading over the routes of one standing.
pub(in crate::report) fn title(standing: Standing) -> &'static str {
    match standing {
        Standing::Reached => "Reached, and nobody said that this is meant",
        Standing::Undecided => "Undecided",
        Standing::Credential => "Decided by another credential",
        Standing::Public => "Public on purpose",
        Standing::Stopped => "Stopped",
    }
}

/// What a route is called in a sentence.
pub(in crate::report) fn kind(kind: RouteKind) -> &'static str {
    match kind {
        RouteKind::Page => "page",
        RouteKind::Handler | RouteKind::Api => "handler",
        RouteKind::Action => "action",
    }
}

/// "1 route", "2 routes".
pub(in crate::report) fn routes(number: usize) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} route{plural}")
}

/// `file:line`, as editors and terminals open it.
pub(in crate::report) fn spot(place: &CodePlace) -> String {
    format!("{}:{}", place.file, place.line)
}

/// Who decided: for a reached route both layers, that of the work first.
pub(in crate::report) fn deciders<'a>(line: &Line<'a>) -> Vec<Clause<'a>> {
    let answer = line.answer;
    let middleware = Clause {
        about: "middleware",
        place: answer.middleware.place.as_ref(),
        text: Cow::Borrowed(&answer.middleware.why),
    };
    let resource = Clause {
        about: kind(line.route.kind),
        place: answer.resource.place.as_ref(),
        text: Cow::Borrowed(&answer.resource.why),
    };
    if let (Standing::Public, Some(declared)) = (line.standing, &answer.declared_public) {
        return vec![self::declared(declared)];
    }
    if line.standing == Standing::Reached {
        return vec![resource, middleware];
    }
    let layers = [
        (answer.middleware.verdict, middleware),
        (answer.resource.verdict, resource),
    ];
    let mut clauses: Vec<_> = layers.into_iter().collect();
    // A joint verdict that neither layer has by itself is told by both.
    if clauses
        .iter()
        .any(|(verdict, _)| *verdict == answer.verdict)
    {
        clauses.retain(|(verdict, _)| *verdict == answer.verdict);
    }
    let clauses = clauses.into_iter().map(|(_, clause)| clause);
    let says = |clause: &Clause| clause.place.is_some() || !clause.text.is_empty();
    clauses.filter(says).collect()
}

/// Who said that the route is public.
fn declared(declared: &Declared) -> Clause<'_> {
    let (place, text) = match declared {
        Declared::List { pattern, place } => (Some(place), Cow::Owned(format!("lists {pattern}"))),
        Declared::Config { pattern } => (
            None,
            Cow::Owned(format!("clerk-audit.toml lists {pattern}")),
        ),
        Declared::Nature { why } => (None, Cow::Borrowed(why.as_str())),
    };
    Clause {
        about: "declared",
        place,
        text,
    }
}

/// The sensitive work of a route, unless the visitor is known not to get to it.
pub(in crate::report) fn evidence<'a>(line: &Line<'a>) -> Vec<Clause<'a>> {
    match line.standing {
        Standing::Reached | Standing::Undecided | Standing::Public => {
            line.answer.sensitive.iter().map(work).collect()
        }
        Standing::Credential | Standing::Stopped => Vec::new(),
    }
}

fn work(evidence: &Evidence) -> Clause<'_> {
    Clause {
        about: match evidence.kind {
            Sensitivity::Writes => "writes",
            Sensitivity::ReadsUserData => "reads users",
            Sensitivity::PaidCall => "paid call",
        },
        place: Some(&evidence.place),
        text: Cow::Borrowed(&evidence.what),
    }
}

/// The counts of all maps together.
pub(in crate::report) fn counts(maps: &[RouteMap]) -> RouteCounts {
    let mut sum = RouteCounts::default();
    for counts in maps.iter().map(RouteMap::counts) {
        sum.all += counts.all;
        sum.stopped += counts.stopped;
        sum.public += counts.public;
        sum.reached += counts.reached;
        sum.credential += counts.credential;
        sum.undecided += counts.undecided;
    }
    sum
}

/// "41 routes: 30 stopped (12 by the middleware only), 9 public, 1 REACHED, 1 undecided".
pub(in crate::report) fn tally(maps: &[RouteMap], all: usize) -> String {
    let counts = counts(maps);
    let alone = maps.iter().flat_map(|map| &map.routes);
    let alone = alone.filter(|route| behind_middleware_only(route)).count();
    let stopped = match alone {
        0 => "stopped".to_owned(),
        alone => format!("stopped ({alone} by the middleware only)"),
    };
    let parts: Vec<String> = [
        (counts.stopped, stopped.as_str()),
        (counts.public, "public"),
        (counts.credential, "by another credential"),
        (counts.reached, "REACHED"),
        (counts.undecided, "undecided"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let shown = match all > counts.all {
        true => format!("{} of {}", counts.all, routes(all)),
        false => routes(counts.all),
    };
    format!("{shown}: {}", parts.join(", "))
}

fn behind_middleware_only(route: &Route) -> bool {
    let alone = |answer: &MethodAnswer| Guard::of(answer) == Guard::MiddlewareOnly;
    Standing::of_route(route) == Standing::Stopped && route.methods.iter().any(alone)
}

/// The first line: how many routes ended how, or why there is none.
pub(in crate::report) fn first(maps: &[RouteMap], options: &Options, url: Option<&str>) -> String {
    if maps.iter().any(|map| !map.routes.is_empty()) {
        return tally(maps, options.all);
    }
    match (url, options.all) {
        (Some(url), _) => format!("No route answers {url}"),
        (None, 0) => "No route was found".to_owned(),
        (None, 1) => "The only route is not among what was asked for".to_owned(),
        (None, all) => format!("None of {all} routes is among what was asked for"),
    }
}

/// The verdict as a sentence.
pub(in crate::report) fn sentence(line: &Line) -> String {
    let answer = line.answer;
    let kind = kind(line.route.kind);
    match line.standing {
        Standing::Reached => {
            "A visitor without a session gets to the work, and nobody said that this is meant"
                .to_owned()
        }
        Standing::Public => "A visitor without a session gets to the work, on purpose".to_owned(),
        Standing::Credential => "Something other than a session decides".to_owned(),
        Standing::Undecided => {
            "Whether a visitor without a session gets to the work could not be followed".to_owned()
        }
        Standing::Stopped => match Guard::of(answer) {
            Guard::MiddlewareOnly => format!(
                "The middleware alone stops a visitor without a session: the {kind} would answer"
            ),
            Guard::MiddlewareAtLeast => format!(
                "The middleware stops a visitor without a session; whether the {kind} would is undecided"
            ),
            Guard::MiddlewareThenCredential => format!(
                "The middleware stops a visitor without a session; the {kind} asks for another credential"
            ),
            Guard::Resource => format!("The {kind} itself stops a visitor without a session"),
            Guard::Both => format!(
                "A visitor without a session is stopped twice: by the middleware, and by the {kind} itself"
            ),
        },
    }
}
