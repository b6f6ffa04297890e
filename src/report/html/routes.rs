//! The route map as a tree by path, each route with the way to its verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::escape::Text;
use super::filter;
use super::tell;
use crate::model::routes::{Route, RouteKind, RouteMap};
use crate::report::routes::Standing;
use crate::report::routes::words::{self, Guard, Line};

/// Levels of the tree; what is deeper stands on the last of them.
const DEPTH: usize = 16;
/// In a map of so many routes every branch is open.
const SMALL: usize = 40;

/// Writes the map of an app. `app` is its number in the page.
pub(super) fn write(app: usize, map: &RouteMap, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<p class=\"aside\">What a visitor with no session and no secret meets.</p>\n")?;
    let choices = Standing::ALL.map(|standing| {
        let of = |route: &&Route| Standing::of_route(route) == standing;
        let number = map.routes.iter().filter(of).count();
        (class(standing), words::status(standing), number)
    });
    filter::bar(&choices, map.routes.len(), out)?;
    let form = filter::Form {
        name: &format!("routes-{app}"),
        thing: "route",
        items: &format!("#routes-{app} .route"),
        boxes: &format!("#routes-{app} .branch"),
    };
    filter::form(&form, &choices, map.routes.len(), out)?;
    write!(out, "<div id=\"routes-{app}\">")?;
    let (actions, paths): (Vec<&Route>, Vec<&Route>) = map
        .routes
        .iter()
        .partition(|route| route.kind == RouteKind::Action);
    let tree = Tree {
        all_open: map.routes.len() <= SMALL,
        lead: "/",
    };
    tree.write(&Branch::by_path(&paths), out)?;
    if !actions.is_empty() {
        out.write_all(b"<h4>Server actions, by file</h4>\n")?;
        let tree = Tree { lead: "", ..tree };
        tree.write(&Branch::by_file(&actions), out)?;
    }
    out.write_all(b"</div>\n")?;
    super::notes(&map.notes, out)
}

/// The word for a standing in class names and filters.
pub(super) const fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Reached => "reached",
        Standing::Undecided => "undecided",
        Standing::Credential => "credential",
        Standing::Public => "public",
        Standing::Stopped => "stopped",
    }
}

/// A part of a path, the routes that end there, and the parts below it.
#[derive(Default)]
struct Branch<'a> {
    routes: Vec<&'a Route>,
    below: BTreeMap<&'a str, Branch<'a>>,
}

impl<'a> Branch<'a> {
    fn by_path(routes: &[&'a Route]) -> Self {
        let mut root = Branch::default();
        for route in routes {
            let path = route.pattern.trim_start_matches('/');
            let parts = path.splitn(DEPTH, '/').filter(|part| !part.is_empty());
            root.insert(parts, route);
        }
        root
    }

    fn by_file(routes: &[&'a Route]) -> Self {
        let mut root = Branch::default();
        for route in routes {
            root.insert(std::iter::once(route.file.as_str()), route);
        }
        root
    }

    fn insert(&mut self, parts: impl Iterator<Item = &'a str>, route: &'a Route) {
        let mut at = self;
        for part in parts {
            at = at.below.entry(part).or_default();
        }
        at.routes.push(route);
    }

    /// How many routes ended how, in the order of [`Standing::ALL`].
    fn counts(&self) -> [usize; Standing::ALL.len()] {
        let own = Standing::ALL.map(|standing| {
            let of = |route: &&&Route| Standing::of_route(route) == standing;
            self.routes.iter().filter(of).count()
        });
        self.below.values().fold(own, |mut sum, branch| {
            let more = branch.counts();
            sum.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum += more);
            sum
        })
    }

    /// The branch itself, or the first below it at which the way divides or a route ends.
    fn fork(&self) -> (String, &Self) {
        let (mut label, mut at) = (String::new(), self);
        while let (true, 1, Some((part, next))) =
            (at.routes.is_empty(), at.below.len(), at.below.iter().next())
        {
            label.push('/');
            label.push_str(part);
            at = next;
        }
        (label, at)
    }
}

/// How branches are drawn.
struct Tree {
    /// Every branch is open, not only those of concern.
    all_open: bool,
    /// Before the name of a branch.
    lead: &'static str,
}

impl Tree {
    fn write(&self, root: &Branch, out: &mut dyn Write) -> io::Result<()> {
        if root.routes.is_empty() && root.below.is_empty() {
            return Ok(());
        }
        out.write_all(b"<ul class=\"tree\">\n")?;
        self.level(root, out)?;
        out.write_all(b"</ul>\n")
    }

    fn level(&self, branch: &Branch, out: &mut dyn Write) -> io::Result<()> {
        for route in &branch.routes {
            leaf(route, out)?;
        }
        for (part, below) in &branch.below {
            let (more, at) = below.fork();
            if at.below.is_empty()
                && let [one] = at.routes.as_slice()
            {
                leaf(one, out)?;
                continue;
            }
            let counts = at.counts();
            let [reached, undecided, ..] = counts;
            let open = if self.all_open || reached + undecided > 0 {
                " open"
            } else {
                ""
            };
            write!(
                out,
                "<li><details class=\"branch\"{open}><summary><code>{}{}{}</code>",
                self.lead,
                Text(part),
                Text(&more)
            )?;
            for (standing, number) in Standing::ALL.iter().zip(counts).filter(|(_, n)| *n > 0) {
                let word = words::status(*standing);
                let class = class(*standing);
                write!(
                    out,
                    " <span class=\"chip small {class}\">{number} {word}</span>"
                )?;
            }
            out.write_all(b"</summary>\n<ul>\n")?;
            self.level(at, out)?;
            out.write_all(b"</ul></details></li>\n")?;
        }
        Ok(())
    }
}

fn leaf(route: &Route, out: &mut dyn Write) -> io::Result<()> {
    let class = class(Standing::of_route(route));
    // On paper, the way to what is reached is told.
    let printed = match Standing::of_route(route) {
        Standing::Reached => " class=\"problems\"",
        _ => "",
    };
    write!(
        out,
        "<li class=\"route {class}\" data-is=\"{class}\"><details{printed}><summary>"
    )?;
    head(route, out)?;
    writeln!(
        out,
        "<span class=\"kind\">{}</span></summary>",
        route.kind.word()
    )?;
    write!(
        out,
        "<div class=\"story\"><p class=\"aside\">The {} in <code>{}</code>",
        words::kind(route.kind),
        Text(&route.file)
    )?;
    if let Some(url) = route.urls.first().filter(|url| **url != route.pattern) {
        write!(out, ", asked for as <code>{}</code>", Text(url))?;
    }
    out.write_all(b".</p>\n")?;
    let lines = words::lines(route, true);
    for line in &lines {
        tell::write(line, lines.len() > 1, out)?;
    }
    out.write_all(b"</div></details></li>\n")
}

/// What is always seen of a route: its verdict, and those of its methods where they differ.
fn head(route: &Route, out: &mut dyn Write) -> io::Result<()> {
    let standing = Standing::of_route(route);
    write!(
        out,
        "{} <code class=\"pattern\">{}</code> ",
        chip(standing, ""),
        Text(&route.pattern)
    )?;
    let lines = words::lines(route, false);
    for alike in lines.chunk_by(|one, next| one.standing == next.standing) {
        let other = alike.first().map(|first| first.standing);
        if let Some(other) = other.filter(|other| *other != standing) {
            write!(out, "{} ", chip(other, "small "))?;
        }
        let methods: Vec<_> = alike
            .iter()
            .flat_map(|line| &line.methods)
            .copied()
            .collect();
        if !methods.is_empty() {
            let methods = methods.join(" ");
            write!(out, "<span class=\"methods\">{}</span> ", Text(&methods))?;
        }
        if alike.iter().any(is_behind_middleware_only) {
            out.write_all(b"<span class=\"only\">middleware only</span> ")?;
        }
        let works = alike.iter().flat_map(words::evidence);
        let works: BTreeSet<_> = works.map(|work| work.about).collect();
        for work in works {
            write!(out, "<span class=\"work\">{work}</span> ")?;
        }
    }
    Ok(())
}

fn is_behind_middleware_only(line: &Line) -> bool {
    line.standing == Standing::Stopped && Guard::of(line.answer) == Guard::MiddlewareOnly
}

fn chip(standing: Standing, size: &str) -> String {
    let (class, word) = (class(standing), words::status(standing));
    format!("<span class=\"chip {size}{class}\">{word}</span>")
}
