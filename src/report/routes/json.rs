//! For programs: one JSON document, described by `../schema/clerk-audit-routes.v1.json`. Kept as stable
//! as [`crate::report::json`] says.

use std::io;

use serde::Serialize;

use super::Options;
use crate::model::routes::{
    CodePlace, Declared, Evidence, Layer, MethodAnswer, Route, RouteCounts, RouteMap, TraceStep,
};
use crate::report::{Style, json};

/// The value of the field `schema`: changes when a reader would have to.
pub const VERSION: &str = "clerk-audit/routes/v1";

/// The JSON Schema (draft 2020-12) of the document.
pub const SCHEMA: &str = include_str!("../schema/clerk-audit-routes.v1.json");

/// Writes the maps as JSON.
pub(super) fn render(
    maps: &[RouteMap],
    _style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let document = Document {
        schema: VERSION,
        tool: Tool {
            name: "clerk-audit",
            version: options.version,
        },
        url: options.url,
        total: options.all,
        apps: maps.iter().map(App::from).collect(),
    };
    json::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    url: Option<&'a str>,
    total: usize,
    apps: Vec<App<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct App<'a> {
    path: &'a str,
    framework: &'a str,
    counts: Counts,
    routes: Vec<Entry<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Counts {
    total: usize,
    reached: usize,
    undecided: usize,
    credential: usize,
    public: usize,
    stopped: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    pattern: &'a str,
    kind: &'static str,
    file: &'a str,
    urls: &'a [String],
    methods: Vec<Method<'a>>,
}

#[derive(Serialize)]
struct Method<'a> {
    method: &'a str,
    verdict: &'static str,
    declared_public: Option<Public<'a>>,
    sensitive: Vec<Work<'a>>,
    middleware: Side<'a>,
    resource: Side<'a>,
    trace: Vec<Step<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
enum Public<'a> {
    List {
        pattern: &'a str,
        #[serde(flatten)]
        place: Spot<'a>,
    },
    Config {
        pattern: &'a str,
    },
    Nature {
        why: &'a str,
    },
}

#[derive(Serialize)]
struct Work<'a> {
    kind: &'static str,
    what: &'a str,
    #[serde(flatten)]
    place: Spot<'a>,
}

#[derive(Serialize)]
struct Side<'a> {
    verdict: &'static str,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    why: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(flatten)]
    place: Spot<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> From<&'a RouteMap> for App<'a> {
    fn from(map: &'a RouteMap) -> Self {
        Self {
            path: &map.app,
            framework: &map.framework,
            counts: Counts::from(map.counts()),
            routes: map.routes.iter().map(Entry::from).collect(),
            notes: &map.notes,
        }
    }
}

impl From<RouteCounts> for Counts {
    fn from(counts: RouteCounts) -> Self {
        Self {
            total: counts.all,
            reached: counts.reached,
            undecided: counts.undecided,
            credential: counts.credential,
            public: counts.public,
            stopped: counts.stopped,
        }
    }
}

impl<'a> From<&'a Route> for Entry<'a> {
    fn from(route: &'a Route) -> Self {
        Self {
            pattern: &route.pattern,
            kind: route.kind.word(),
            file: &route.file,
            urls: &route.urls,
            methods: route.methods.iter().map(Method::from).collect(),
        }
    }
}

impl<'a> From<&'a MethodAnswer> for Method<'a> {
    fn from(answer: &'a MethodAnswer) -> Self {
        Self {
            method: &answer.method,
            verdict: answer.verdict.word(),
            declared_public: answer.declared_public.as_ref().map(Public::from),
            sensitive: answer.sensitive.iter().map(Work::from).collect(),
            middleware: Side::from(&answer.middleware),
            resource: Side::from(&answer.resource),
            trace: answer.trace.iter().map(Step::from).collect(),
        }
    }
}

impl<'a> From<&'a Declared> for Public<'a> {
    fn from(declared: &'a Declared) -> Self {
        match declared {
            Declared::List { pattern, place } => Public::List {
                pattern,
                place: Spot::from(place),
            },
            Declared::Config { pattern } => Public::Config { pattern },
            Declared::Nature { why } => Public::Nature { why },
        }
    }
}

impl<'a> From<&'a Evidence> for Work<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        Self {
            kind: evidence.kind.word(),
            what: &evidence.what,
            place: Spot::from(&evidence.place),
        }
    }
}

impl<'a> From<&'a Layer> for Side<'a> {
    fn from(layer: &'a Layer) -> Self {
        let place = layer.place.as_ref();
        Self {
            verdict: layer.verdict.word(),
            file: place.map(|place| place.file.as_str()),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            why: &layer.why,
        }
    }
}

impl<'a> From<&'a TraceStep> for Step<'a> {
    fn from(step: &'a TraceStep) -> Self {
        Self {
            place: Spot::from(&step.place),
            text: &step.text,
        }
    }
}

impl<'a> From<&'a CodePlace> for Spot<'a> {
    fn from(place: &'a CodePlace) -> Self {
        Self {
            file: &place.file,
            line: place.line,
            column: place.column,
        }
    }
}
