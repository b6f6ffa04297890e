//! `clerk-audit routes`: which routes are shown, and how.

use std::io;

use anyhow::{Result, bail};

use crate::cli::{RoutesArgs, RoutesFormat, StandingName};
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
                .map(|glob| Glob::new(glob))
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

/// A pattern of patterns: `*` is any text within a segment, `**` any text, all else stands for itself
/// (a route's own pattern is full of brackets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    parts: Vec<Part>,
    /// How many parts are enough: a closing `/**` may stand for nothing at all.
    enough: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This character.
    Char(char),
    /// `*`
    Within,
    /// `**`
    Across,
    /// `**/` after a `/` or at the beginning: any number of whole segments.
    Segments,
}

impl Glob {
    /// Reads a glob.
    pub fn new(text: &str) -> Result<Self> {
        if text.is_empty() {
            bail!("--path is empty; give a pattern such as '/api/**'");
        }
        if text.contains("***") {
            bail!("--path {text}: `***` is neither `*` (within a segment) nor `**` (across)");
        }
        if text.contains(['{', '}']) {
            bail!("--path {text}: braces mean nothing here; give --path once for each alternative");
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let fresh = matches!(parts.last(), None | Some(Part::Char('/')));
            let (part, long) = if fresh && rest.starts_with("**/") {
                (Part::Segments, 3)
            } else if rest.starts_with("**") {
                (Part::Across, 2)
            } else if c == '*' {
                (Part::Within, 1)
            } else {
                (Part::Char(c), c.len_utf8())
            };
            parts.push(part);
            rest = rest.get(long..).unwrap_or_default();
        }
        let enough = match text.ends_with("/**") {
            true => parts.len().saturating_sub(2),
            false => parts.len(),
        };
        Ok(Self { parts, enough })
    }

    /// Whether it matches the whole text. All ways are tried at once, so that no glob is slow.
    pub fn matches(&self, text: &str) -> bool {
        let mut open = vec![false; self.parts.len() + 1];
        if let Some(first) = open.first_mut() {
            *first = true;
        }
        self.skip(&mut open, '/');
        for c in text.chars() {
            let mut next = vec![false; open.len()];
            for (at, part) in self.parts.iter().enumerate() {
                if !open.get(at).is_some_and(|open| *open) {
                    continue;
                }
                let (stays, goes) = match part {
                    Part::Char(own) => (false, *own == c),
                    Part::Within => (c != '/', false),
                    Part::Across | Part::Segments => (true, false),
                };
                for (to, yes) in [(at, stays), (at + 1, goes)] {
                    if let Some(to) = next.get_mut(to) {
                        *to |= yes;
                    }
                }
            }
            self.skip(&mut next, c);
            open = next;
        }
        let end = |at: usize| open.get(at).is_some_and(|open| *open);
        end(self.parts.len()) || end(self.enough)
    }

    /// Opens what follows a part that may stand for nothing more. `last` is the character before.
    fn skip(&self, open: &mut [bool], last: char) {
        for (at, part) in self.parts.iter().enumerate() {
            let done = match part {
                Part::Char(_) => false,
                Part::Within | Part::Across => true,
                Part::Segments => last == '/',
            };
            let here = open.get(at).is_some_and(|open| *open);
            if let Some(next) = open.get_mut(at + 1) {
                *next |= here && done;
            }
        }
    }
}
