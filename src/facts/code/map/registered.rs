//! The map of a server whose routes are registered in code.

use super::layers;
use super::{MapApp, RouteNames, absent, public, share};
use crate::facts::code::routes::registered::{self, ServerApp};
use crate::facts::code::routes::{Found, Target};
use crate::facts::code::visitor::{self, Answer, World};
use crate::model::routes::{Layer, MethodAnswer, MiddlewareFacts, Route, RouteMap, Verdict};

/// The map, or what answers one path.
pub(super) fn map(app: &MapApp<'_>, url: Option<&str>) -> RouteMap {
    let server = ServerApp {
        project: app.project,
        files: app.files,
        url,
    };
    // On a thread with stack enough for deep code.
    let found = share::each(&[()], || (), |(), ()| registered::routes(&server));
    let found = found.into_iter().flatten().next().unwrap_or_default();
    let names = RouteNames::new(app.public);
    let routes = share::each(
        &found.routes,
        || World::new(app.project, app.setting).among(found.routes.len()),
        |world, route| answer(world, route, &names),
    );
    let routes = found.routes.iter().zip(routes);
    RouteMap {
        app: match app.folder {
            "" => ".".to_owned(),
            folder => folder.to_owned(),
        },
        framework: app.shown.clone(),
        routes: routes
            .map(|(found, route)| route.unwrap_or_else(|| unanswered(found)))
            .collect(),
        notes: found.notes,
        is_partial: false,
        middleware: MiddlewareFacts::default(),
    }
}

fn route(found: &Found, one: impl Fn(&Target) -> MethodAnswer) -> Route {
    Route {
        pattern: found.pattern.clone(),
        kind: found.kind,
        file: found.file.clone(),
        urls: found.urls.clone(),
        methods: found.targets.iter().map(one).collect(),
    }
}

fn answer(world: &World<'_>, found: &Found, names: &RouteNames) -> Route {
    let path = found.urls.first().map_or("/", String::as_str);
    route(found, |target| {
        let gate = visitor::gate(world, target, path);
        let is_stopped = gate
            .as_ref()
            .is_some_and(|gate| gate.layer.verdict == Verdict::Stopped);
        let resource = visitor::whole(world, target, path, is_stopped);
        // What the middleware did is in the trace of the whole already.
        let gate = match gate {
            Some(gate) if is_stopped => gate,
            Some(gate) => Answer {
                trace: Vec::new(),
                ..gate
            },
            None => Answer::plain(absent("no middleware runs here")),
        };
        let mut answer = layers::join(&target.method, &gate, resource);
        answer.declared_public = public::named(found, names);
        answer
    })
}

fn unanswered(found: &Found) -> Route {
    let not_asked = || {
        Answer::plain(Layer {
            verdict: Verdict::Undecided,
            place: None,
            why: "it could not be worked out; please report it".to_owned(),
        })
    };
    route(found, |target| {
        layers::join(&target.method, &not_asked(), not_asked())
    })
}

#[cfg(test)]
mod tests;
