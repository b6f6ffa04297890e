//! For people: the counts, then the routes by verdict, those of most concern first. Each line begins
//! with its verdict, so that a pipe can be searched for `^REACHED`. No name is ever cut: a path that
//! does not fit goes to a line of its own, where a terminal still opens it.

use std::fmt::Write as _;
use std::io;

use super::words::{self, Clause, Guard, Line};
use super::{Options, Standing, clean, story};
use crate::model::routes::{CodePlace, RouteMap};
use crate::report::style::{Ink, Style};
use crate::report::{sanitize, text};

/// Columns that a pattern may take before the columns beside it are given up.
const PATTERN: usize = 40;
/// The same for methods.
const METHODS: usize = 16;
/// Where what belongs to a line goes on.
const INDENT: usize = 6;
/// Columns of what a clause is about: "reads users".
const ABOUT: usize = 11;
/// Right edge of the headings where the width is not known.
const PAGE: usize = 80;

/// Marks a route that nothing but the middleware guards.
const MIDDLEWARE_ONLY: &str = "middleware only";

/// Writes the maps for people.
pub(super) fn render(
    maps: &[RouteMap],
    style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let maps = &clean::maps(maps, style);
    let mut page = head(maps, style, options);
    let several = maps.len() > 1;
    let shown = words::counts(maps).all;
    for map in maps {
        if several {
            page.push_str(&section(map, style, options.all > shown));
        }
        for (standing, lines) in by_standing(map, options.why) {
            if options.why {
                for line in &lines {
                    story::write(&mut page, line, style);
                }
            } else {
                group(&mut page, standing, &lines, style);
            }
        }
        for (at, note) in map.notes.iter().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            let name = style.paint(Ink::Skip, "note:");
            let _ = writeln!(page, "{gap}{name} {}", text::hang(note, 6, style.width));
        }
    }
    out.write_all(page.as_bytes())
}

/// The counts, and what was asked.
fn head(maps: &[RouteMap], style: &Style, options: &Options) -> String {
    let url = options.url.map(sanitize::line);
    let first = words::first(maps, options, url.as_deref());
    let first = text::hang(&first, 2, style.width);
    let reached = style.paint(Ink::Fail, words::status(Standing::Reached));
    let first = first.replace(" REACHED", &format!(" {reached}"));
    let mut about = Vec::new();
    if let [map] = maps {
        about.push(map.framework.clone());
    }
    about.push("a visitor with no session and no secret".to_owned());
    about.extend(url.map(|url| format!("asking for {url}")));
    about.retain(|part| !part.is_empty());
    let about = text::hang(&about.join(style.glyphs().dot), 2, style.width);
    format!("{first}\n{}\n", style.paint(Ink::Dim, &about))
}

/// The heading of one app among several.
fn section(map: &RouteMap, style: &Style, narrowed: bool) -> String {
    let name = style.paint(Ink::Strong, &map.app);
    let used = text::width(&map.app) + 4;
    let rule = |columns| style.paint(Ink::Dim, &style.glyphs().rule.repeat(columns));
    let heading = match style.width.map_or(0, |all| all.saturating_sub(used)) {
        0 => name,
        rest => format!("{} {name} {}", rule(2), rule(rest)),
    };
    let counts = match map.routes.len() {
        0 if narrowed => "no route among those asked for".to_owned(),
        0 => "no route".to_owned(),
        all => words::tally(std::slice::from_ref(map), all),
    };
    let facts = match map.framework.as_str() {
        "" => counts,
        framework => format!("{framework}{}{counts}", style.glyphs().dot),
    };
    format!("\n{heading}\n{}\n", text::hang(&facts, 2, style.width))
}

/// The lines of a map under the standing of their route.
pub(super) fn by_standing(map: &RouteMap, whole: bool) -> Vec<(Standing, Vec<Line<'_>>)> {
    let mut groups: Vec<(Standing, Vec<Line>)> = Vec::new();
    for standing in Standing::ALL {
        let routes = map.routes.iter();
        let routes = routes.filter(|route| Standing::of_route(route) == standing);
        let lines: Vec<Line> = routes
            .flat_map(|route| words::lines(route, whole))
            .collect();
        if !lines.is_empty() {
            groups.push((standing, lines));
        }
    }
    groups
}

/// The routes of one standing.
fn group(page: &mut String, standing: Standing, lines: &[Line], style: &Style) {
    let mut routes: Vec<_> = lines
        .iter()
        .map(|line| std::ptr::from_ref(line.route))
        .collect();
    routes.dedup();
    heading(
        page,
        words::title(standing),
        &words::routes(routes.len()),
        style,
    );
    let rows = Rows::of(lines, style);
    if standing == Standing::Stopped {
        stopped(page, lines, &rows);
    } else {
        for line in lines {
            rows.whole(page, line);
        }
    }
}

fn heading(page: &mut String, title: &str, count: &str, style: &Style) {
    if !style.color {
        let _ = writeln!(page, "\n{title}: {count}");
        return;
    }
    let room = style.width.unwrap_or(PAGE);
    let used = text::width(title) + text::width(count);
    let gap = " ".repeat(room.saturating_sub(used).max(2));
    let title = style.paint(Ink::Strong, title);
    let _ = writeln!(page, "\n{title}{gap}{}", style.paint(Ink::Dim, count));
}

/// The stopped routes, those with one line of defence first; what the middleware does is said once for
/// all that it stops in the same way.
fn stopped(page: &mut String, lines: &[Line], rows: &Rows) {
    let mut sorted: Vec<&Line> = lines.iter().collect();
    sorted.sort_by_key(|line| stop(line));
    for alike in sorted.chunk_by(|one, next| stop(one) == stop(next)) {
        let Some((guard, by)) = alike.first().map(|line| stop(line)) else {
            continue;
        };
        let mut flow = Flow::new(rows.left(), INDENT, rows.style.width);
        let words = format!("{}:", guard.words());
        let by = by.filter(|(place, why)| place.is_some() || !why.is_empty());
        let words = if by.is_some() {
            words.as_str()
        } else {
            guard.words()
        };
        flow.cell(words, 0, |words| words.to_owned());
        if let Some((place, why)) = by {
            let place = place.as_ref().map(words::spot);
            flow.clause(place.as_deref(), why, rows.style);
        }
        flow.end(page);
        for line in alike {
            rows.short(page, line, guard);
        }
    }
}

/// Which layers stop the visitor, and the place and words of the middleware if it is one of them.
type Stop<'a> = (Guard, Option<(&'a Option<CodePlace>, &'a str)>);

fn stop<'a>(line: &Line<'a>) -> Stop<'a> {
    let middleware = &line.answer.middleware;
    let guard = Guard::of(line.answer);
    let by = (&middleware.place, middleware.why.as_str());
    (guard, (guard != Guard::Resource).then_some(by))
}

/// The columns of a group.
struct Rows<'a> {
    status: usize,
    pattern: usize,
    methods: usize,
    style: &'a Style,
}

impl<'a> Rows<'a> {
    fn of(lines: &[Line], style: &'a Style) -> Self {
        // Two fifths of a narrow terminal: the methods and the kind stay beside most patterns.
        let most = style
            .width
            .map_or(PATTERN, |all| (all * 2 / 5).min(PATTERN));
        let widest = |widths: &mut dyn Iterator<Item = usize>, most: usize| {
            widths.filter(|columns| *columns <= most).max().unwrap_or(0)
        };
        let status = |line: &Line| words::status(line.standing).len();
        let pattern = |line: &Line| text::width(&line.route.pattern);
        let methods = |line: &Line| text::width(&line.methods.join(" "));
        Self {
            status: lines.iter().map(status).max().unwrap_or(0),
            pattern: widest(&mut lines.iter().map(pattern), most),
            methods: widest(&mut lines.iter().map(methods), METHODS),
            style,
        }
    }

    /// Where lines begin: a pipe gets the verdict in the first column.
    fn left(&self) -> usize {
        if self.style.color { 2 } else { 0 }
    }

    /// Verdict, pattern, methods, kind.
    fn start(&self, line: &Line, left: usize) -> Flow {
        let ink = ink(line.standing);
        let glyphs = self.style.glyphs();
        let glyph = match line.standing {
            Standing::Reached => glyphs.fail,
            Standing::Undecided => glyphs.broken,
            Standing::Credential | Standing::Public => glyphs.skip,
            Standing::Stopped => glyphs.pass,
        };
        let status = text::pad(words::status(line.standing), self.status);
        let status = match self.style.color {
            true => format!("{glyph} {status}"),
            false => status,
        };
        let paint = |ink| move |text: &str| self.style.paint(ink, text);
        let mut flow = Flow::new(left, INDENT, self.style.width);
        flow.cell(&status, 0, paint(ink));
        flow.cell(&line.route.pattern, self.pattern, paint(Ink::Strong));
        flow.cell(&line.methods.join(" "), self.methods, str::to_owned);
        flow.cell(line.route.kind.word(), "handler".len(), paint(Ink::Dim));
        flow
    }

    /// A line with everything there is to say: who decided, and the work that is in danger.
    fn whole(&self, page: &mut String, line: &Line) {
        let mut flow = self.start(line, self.left());
        let mut clauses = words::deciders(line);
        if line.standing == Standing::Stopped && Guard::of(line.answer) == Guard::MiddlewareOnly {
            flow.cell(MIDDLEWARE_ONLY, 0, |text| self.style.paint(Ink::Warn, text));
        }
        let beside = line.standing != Standing::Reached && clauses.len() == 1;
        if beside {
            for clause in clauses.drain(..) {
                let place = clause.place.map(words::spot);
                flow.clause(place.as_deref(), &clause.text, self.style);
            }
        }
        flow.end(page);
        clauses.extend(words::evidence(line));
        for clause in &clauses {
            detail(page, clause, INDENT, self.style);
        }
    }

    /// A line of a stopped route: what the middleware does is said above it, and of the resource only
    /// the place where there is no room for more.
    fn short(&self, page: &mut String, line: &Line, guard: Guard) {
        let mut flow = self.start(line, self.left() * 2);
        let resource = &line.answer.resource;
        let place = resource.place.as_ref().map(words::spot);
        let place = place.as_deref();
        match place {
            _ if guard == Guard::MiddlewareOnly => {
                if flow.fits(MIDDLEWARE_ONLY.len()) {
                    flow.cell(MIDDLEWARE_ONLY, 0, |text| self.style.paint(Ink::Warn, text));
                }
            }
            Some(alone) if !flow.fits(text::width(alone) + 2 + text::width(&resource.why)) => {
                flow.clause(place, "", self.style);
            }
            _ => flow.clause(place, &resource.why, self.style),
        }
        flow.end(page);
    }
}

/// The colour of a standing.
pub(super) fn ink(standing: Standing) -> Ink {
    match standing {
        Standing::Reached => Ink::Fail,
        Standing::Undecided => Ink::Broken,
        Standing::Credential | Standing::Public => Ink::Skip,
        Standing::Stopped => Ink::Pass,
    }
}

/// A clause on a line of its own, after what it is about.
pub(super) fn detail(page: &mut String, clause: &Clause, indent: usize, style: &Style) {
    let mut flow = Flow::new(indent, indent + ABOUT + 2, style.width);
    flow.cell(clause.about, ABOUT, |text| style.paint(Ink::Dim, text));
    let place = clause.place.map(words::spot);
    flow.clause(place.as_deref(), &clause.text, style);
    flow.end(page);
}

/// Cells side by side; what does not fit goes on below.
pub(super) struct Flow {
    done: String,
    /// Columns taken on the last line, and spaces owed to the next cell.
    at: usize,
    owed: usize,
    /// Where further lines begin.
    below: usize,
    all: Option<usize>,
}

impl Flow {
    pub(super) fn new(left: usize, below: usize, all: Option<usize>) -> Self {
        Self {
            done: " ".repeat(left),
            at: left,
            owed: 0,
            below,
            all,
        }
    }

    fn fits(&self, columns: usize) -> bool {
        self.all
            .is_none_or(|all| self.at + self.owed + columns <= all)
    }

    fn down(&mut self) {
        self.done.push('\n');
        self.done.push_str(&" ".repeat(self.below));
        self.at = self.below;
        self.owed = 0;
    }

    /// A cell of at least so many columns.
    pub(super) fn cell(&mut self, text: &str, columns: usize, paint: impl Fn(&str) -> String) {
        let width = text::width(text);
        if !self.fits(width) && self.at > self.below {
            self.down();
        }
        self.done.push_str(&" ".repeat(self.owed));
        self.done.push_str(&paint(text));
        self.at += self.owed + width;
        self.owed = columns.saturating_sub(width) + 2;
    }

    /// A place and what happens there: side by side where both fit, else below one another.
    pub(super) fn clause(&mut self, place: Option<&str>, said: &str, style: &Style) {
        let place = place.filter(|place| !place.is_empty());
        let gap = if place.is_some() && !said.is_empty() {
            2
        } else {
            0
        };
        let both = place.map_or(0, text::width) + gap + text::width(said);
        if both == 0 {
            return;
        }
        if !self.fits(both) && self.at > self.below {
            self.down();
        }
        if let Some(place) = place {
            self.cell(place, 0, |place| style.paint(Ink::Path, place));
        }
        if said.is_empty() {
            return;
        }
        let together = self.fits(text::width(said));
        if !together && place.is_some() {
            self.down();
        }
        let said = text::hang(said, self.at + self.owed, self.all);
        self.done.push_str(&" ".repeat(self.owed));
        self.done.push_str(&said);
        self.at = self.all.unwrap_or(self.at);
    }

    pub(super) fn end(self, page: &mut String) {
        page.push_str(&self.done);
        page.push('\n');
    }
}
