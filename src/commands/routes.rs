//! `clerk-audit routes`: which routes are shown, and how.

use std::io;

use anyhow::{Result, anyhow};

use crate::cli::{RoutesArgs, RoutesFormat, StandingName};
use crate::model::Glob;
use crate::model::routes::{Route, RouteMap};
use crate::report::Style;
use crate::report::routes::{self as report, Options, Standing};

/// Which routes are shown. An empty list asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Ending so.
    pub only: Vec<Standing>,
    /// Of these methods, in capitals.
    pub methods: Vec<String>,
    /// Whose pattern one of these matches.
    pub paths: Vec<Glob>,
}

impl Filter {
    /// From what was typed.
    pub fn new(args: &RoutesArgs) -> Result<Self> {
        let methods = args.method.iter();
        Ok(Self {
            only: args.only.iter().map(|name| standing(*name)).collect(),
            methods: methods.map(|method| method.to_ascii_uppercase()).collect(),
            paths: args
                .path
                .iter()
                .map(|glob| Glob::new(glob).map_err(|why| anyhow!("--path {why}")))
                .collect::<Result<_>>()?,
        })
    }

    /// A route with those of its methods that are asked for, if any is.
    fn route(&self, mut route: Route) -> Option<Route> {
        if !self.paths.is_empty() && !self.paths.iter().any(|glob| glob.matches(&route.pattern)) {
            return None;
        }
        if route.methods.is_empty() {
            // Its standing is that of the whole route: nothing of it could be followed.
            let open = self.only.is_empty() || self.only.contains(&Standing::of_route(&route));
            return (open && self.methods.is_empty()).then_some(route);
        }
        route.methods.retain(|answer| {
            let method = |wanted: &String| wanted.eq_ignore_ascii_case(&answer.method);
            (self.only.is_empty() || self.only.contains(&Standing::of_answer(answer)))
                && (self.methods.is_empty() || self.methods.iter().any(method))
        });
        (!route.methods.is_empty()).then_some(route)
    }
}

/// The maps with only what the filter asks for. Every app stays, with its notes.
pub fn select(maps: Vec<RouteMap>, filter: &Filter) -> Vec<RouteMap> {
    let select = |mut map: RouteMap| {
        let routes = map.routes.into_iter();
        map.routes = routes.filter_map(|route| filter.route(route)).collect();
        map
    };
    maps.into_iter().map(select).collect()
}

/// Writes the maps in a format.
pub fn render(
    format: RoutesFormat,
    maps: &[RouteMap],
    style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let format = match format {
        RoutesFormat::Human => &report::HUMAN,
        RoutesFormat::Markdown => &report::MARKDOWN,
        RoutesFormat::Json => &report::JSON,
    };
    (format.render)(maps, style, options, out)
}

fn standing(name: StandingName) -> Standing {
    match name {
        StandingName::Reached => Standing::Reached,
        StandingName::Undecided => Standing::Undecided,
        StandingName::Credential => Standing::Credential,
        StandingName::Public => Standing::Public,
        StandingName::Stopped => Standing::Stopped,
    }
}
