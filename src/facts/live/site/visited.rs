//! What a signed-out visitor meets at the routes.

use crate::model::Site;
use crate::model::routes::RouteMap;

/// What a signed-out visitor meets at the routes.
#[derive(Debug, Clone)]
pub struct Visited {
    /// The site.
    pub site: Site,
}

/// A route to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its path as the framework writes it.
    pub pattern: String,
    /// The path that is asked for.
    pub path: String,
}

/// What to ask for: the routes of a map that are to be behind the sign-in, at most `sample` of them.
pub fn targets(map: &RouteMap, sample: usize) -> Vec<Target> {
    let routes = map.routes.iter().take(sample);
    routes
        .filter_map(|route| {
            Some(Target {
                pattern: route.pattern.clone(),
                path: route.urls.first()?.clone(),
            })
        })
        .collect()
}
