//! Text of the audited project is hostile: an escape sequence in a file name could rewrite the verdict
//! on the reader's screen, and a command to a CI runner could do things in its name. A layout for people
//! renders cleaned copies: of an app all but what was found, so that none of its parts can be forgotten,
//! and of what was found one finding at a time, so that very many need no room.

use std::borrow::Cow;

use super::{Style, together, words};
use crate::model::{
    Acknowledged, Acknowledgement, AppReport, CheckResult, Excerpt, Finding, Mark, Outcome, Place,
};

/// Columns of a tab in an excerpt.
const TAB: &str = "    ";

/// Characters that steer a terminal, reorder text, or take no room: what is seen would not be what is there.
/// Bidirectional controls: UAX #9, table 4. Joiners, fillers, selectors and tags: no glyph of their own.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether there is nothing but what an American typewriter writes. Most text is, and this is the fastest
/// way to see it.
pub(super) fn is_plain(text: &str) -> bool {
    let mut chunks = text.as_bytes().chunks(32);
    chunks.all(|chunk| {
        chunk
            .iter()
            .fold(true, |plain, b| plain & (b' '..=b'~').contains(b))
    })
}

/// What a runner reads as a command wherever it stands in a line of the log: GitHub's, which knows the
/// first form of Azure Pipelines still (actions/runner, `ActionCommand.TryParse`).
pub(super) const LOG_COMMAND: &str = "##[";

/// What only the beginning of a line makes a command: of GitHub, Azure Pipelines and TeamCity. Where
/// lines are broken is not known here, so every word may begin one.
fn begins_command(before: Option<char>, rest: &str) -> bool {
    let github = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    before.is_none_or(char::is_whitespace)
        && (rest.strip_prefix("::").is_some_and(github)
            || rest.starts_with("##vso[")
            || rest.starts_with("##teamcity["))
}

/// The text with unsafe characters spelled out, as `\u{202e}`, and so the first of a command to a CI runner.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    let harmless = is_plain(text) || !text.contains(is_unsafe);
    if harmless && !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with(LOG_COMMAND) || begins_command(before, rest) {
            clean.extend(c.escape_unicode());
        } else {
            push(&mut clean, c);
        }
        before = Some(c);
    }
    Cow::Owned(clean)
}

/// A message of several lines, safe to print: a config file that is quoted is not our own text.
pub fn printable(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn push(clean: &mut String, c: char) {
    if is_unsafe(c) {
        clean.extend(c.escape_default());
    } else {
        clean.push(c);
    }
}

/// The typography of our own sentences, in ASCII; anything else stays what it is.
fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '…' => plain.push_str("..."),
            '–' | '—' => plain.push('-'),
            '‘' | '’' => plain.push('\''),
            '“' | '”' => plain.push('"'),
            '→' => plain.push_str("->"),
            '·' | '•' => plain.push('*'),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// A sentence of our own, in characters the layout can show.
pub(super) fn unless_unicode<'a>(text: &'a str, style: &Style) -> Cow<'a, str> {
    if style.speaks_unicode() {
        Cow::Borrowed(text)
    } else {
        ascii(text)
    }
}

/// An app, safe to print. What was found in it is cleaned when it is asked for.
pub(super) struct App<'a> {
    /// All but what was found, the variables and the route map.
    pub(super) shown: AppReport,
    dirty: &'a AppReport,
    cleaner: Cleaner,
}

impl<'a> App<'a> {
    /// Where the layout is ASCII, sentences (never paths) lose their typography.
    pub(super) fn new(dirty: &'a AppReport, style: &Style) -> Self {
        let cleaner = Cleaner::new(style);
        let mut shown = without_findings(dirty);
        cleaner.app(&mut shown);
        Self {
            shown,
            dirty,
            cleaner,
        }
    }

    /// What a check of [`App::shown`] found, as people read it, with why it matters where that is to be said.
    pub(super) fn findings(
        &self,
        check: &CheckResult,
    ) -> impl Iterator<Item = (Finding, Option<String>)> {
        let dirty = self.dirty_of(check);
        let findings = dirty.map_or(&[][..], |dirty| dirty.outcome.findings());
        let whys = dirty.map_or_else(Vec::new, words::whys);
        together::findings(findings)
            .zip(whys)
            .map(|(finding, why)| {
                let why = why.map(|why| self.cleaner.text(why));
                (self.cleaner.finding(&finding), why)
            })
    }

    /// What a check of [`App::shown`] found that does not count.
    pub(super) fn acknowledged(&self, check: &CheckResult) -> impl Iterator<Item = Acknowledged> {
        let dirty = self.dirty_of(check);
        let all = dirty.map_or(&[][..], |dirty| &dirty.acknowledged);
        together::acknowledged(all).map(|one| self.cleaner.acknowledged(&one))
    }

    /// How many findings do not count, in words.
    pub(super) fn count_of_acknowledged(&self) -> Option<String> {
        words::findings_acknowledged(self.dirty.checks.iter())
    }

    fn dirty_of(&self, check: &CheckResult) -> Option<&'a CheckResult> {
        let all = &self.shown.checks;
        let at = all.iter().position(|shown| std::ptr::eq(shown, check))?;
        self.dirty.checks.get(at)
    }
}

fn without_findings(app: &AppReport) -> AppReport {
    let check = |check: &CheckResult| CheckResult {
        meta: check.meta,
        outcome: match &check.outcome {
            Outcome::Fail(_) => Outcome::Fail(Vec::new()),
            Outcome::Warn(_) => Outcome::Warn(Vec::new()),
            other => other.clone(),
        },
        acknowledged: Vec::new(),
    };
    AppReport {
        path: app.path.clone(),
        name: app.name.clone(),
        manifest: app.manifest.clone(),
        kind: app.kind,
        framework: app.framework,
        framework_name: app.framework_name,
        framework_version: app.framework_version.clone(),
        clerk_packages: app.clerk_packages.clone(),
        environment: app.environment.clone(),
        variables: Vec::new(),
        routes: app.routes,
        map: None,
        checks: app.checks.iter().map(check).collect(),
    }
}

/// A sentence in which the project may have a say, safe to print.
pub(super) fn sentence(text: &str, style: &Style) -> String {
    Cleaner::new(style).text(text)
}

/// Cleans bit by bit.
#[derive(Clone, Copy)]
pub(super) struct Cleaner {
    ascii: bool,
}

impl Cleaner {
    /// For what is shown where any character can be.
    pub(super) const UNICODE: Cleaner = Cleaner { ascii: false };
    /// For what is shown where ours are better plain.
    pub(super) const ASCII: Cleaner = Cleaner { ascii: true };

    fn new(style: &Style) -> Self {
        Self {
            ascii: !style.speaks_unicode(),
        }
    }

    /// A sentence, safe to print.
    pub(super) fn text(self, dirty: &str) -> String {
        let mut text = dirty.to_owned();
        self.sentence(&mut text);
        text
    }

    /// A place with its label, safe to print.
    pub(super) fn safe_mark(self, dirty: &Mark) -> Mark {
        let mut mark = dirty.clone();
        self.mark(&mut mark);
        mark
    }

    /// A finding, safe to print.
    pub(super) fn finding(self, dirty: &Finding) -> Finding {
        let mut finding = dirty.clone();
        self.clean_finding(&mut finding);
        finding
    }

    /// A finding that does not count, safe to print.
    pub(super) fn acknowledged(self, dirty: &Acknowledged) -> Acknowledged {
        let mut one = dirty.clone();
        self.clean_finding(&mut one.finding);
        if let Acknowledgement::Ignored { reason, place, .. } = &mut one.by {
            self.sentence(reason);
            self.place(place);
        }
        one
    }

    fn name(self, text: &mut String) {
        if let Cow::Owned(clean) = line(text) {
            *text = clean;
        }
    }

    fn sentence(self, text: &mut String) {
        self.name(text);
        if self.ascii
            && let Cow::Owned(plain) = ascii(text)
        {
            *text = plain;
        }
    }

    fn app(self, app: &mut AppReport) {
        self.name(&mut app.path);
        self.sentence(&mut app.environment);
        let version = app.framework_version.iter_mut();
        for text in app.name.iter_mut().chain(version) {
            self.name(text);
        }
        for (package, version) in &mut app.clerk_packages {
            self.name(package);
            version.iter_mut().for_each(|version| self.name(version));
        }
        for check in &mut app.checks {
            self.reason(&mut check.outcome);
        }
    }

    fn reason(self, outcome: &mut Outcome) {
        match outcome {
            Outcome::NotApplicable(why) | Outcome::Skipped(why) => self.sentence(why),
            Outcome::Broken { why, hint, marks } => {
                self.sentence(why);
                self.sentence(hint);
                marks.iter_mut().for_each(|mark| self.mark(mark));
            }
            Outcome::Pass | Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Acknowledged => {}
        }
    }

    fn clean_finding(self, finding: &mut Finding) {
        self.sentence(&mut finding.message);
        self.sentence(&mut finding.hint);
        if let Some(why) = &mut finding.why {
            self.sentence(why.to_mut());
        }
        finding
            .verify
            .iter_mut()
            .for_each(|verify| self.name(verify));
        finding.marks.iter_mut().for_each(|mark| self.mark(mark));
    }

    fn mark(self, mark: &mut Mark) {
        self.sentence(&mut mark.label);
        self.place(&mut mark.place);
    }

    fn place(self, place: &mut Place) {
        match place {
            Place::Span { file, excerpt, .. } => {
                self.name(file);
                if let Some(dirty) = excerpt {
                    *excerpt = Some(self::excerpt(dirty, self.ascii));
                }
            }
            Place::File { file } => self.name(file),
            Place::Variable { name, origin } => {
                self.name(name);
                self.sentence(origin);
            }
            Place::Url { url } => self.name(url),
        }
    }
}

/// The line without its indentation, its tabs as spaces, and the marked bytes where they are now.
/// A range that does not fit the text is moved to the nearest one that does.
pub(super) fn excerpt(dirty: &Excerpt, ascii: bool) -> Excerpt {
    let indent = dirty.text.len() - dirty.text.trim_start().len();
    let (mut text, mut start, mut end) = (String::new(), 0, None);
    for (at, c) in dirty.text.char_indices() {
        if at <= dirty.start {
            start = text.len();
        }
        if at >= dirty.end {
            end.get_or_insert(text.len());
        }
        match c {
            _ if at < indent.min(dirty.start) => {}
            '\t' => text.push_str(TAB),
            // Ours: what stands for the hidden part of a credential.
            '…' if ascii => text.push_str("..."),
            '#' if dirty
                .text
                .get(at..)
                .is_some_and(|rest| rest.starts_with(LOG_COMMAND)) =>
            {
                text.extend(c.escape_unicode());
            }
            c => push(&mut text, c),
        }
    }
    if dirty.start >= dirty.text.len() {
        start = text.len();
    }
    Excerpt {
        start,
        end: end.unwrap_or(text.len()).max(start),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str, start: usize, end: usize) -> (String, String) {
        let dirty = Excerpt {
            text: text.to_owned(),
            start,
            end,
        };
        let clean = excerpt(&dirty, false);
        let marked = clean.text.get(clean.start..clean.end).map(str::to_owned);
        (clean.text, marked.expect("the range fits the text"))
    }

    #[test]
    fn spells_out_what_steers_a_runner() {
        for (text, safe) in [
            ("::error::no", "\\u{3a}:error::no"),
            ("in ::Add-Mask::a", "in \\u{3a}:Add-Mask::a"),
            ("a ##[error]b", "a \\u{23}#[error]b"),
            ("a##[error]b", "a\\u{23}#[error]b"),
            ("##vso[task.x]", "\\u{23}#vso[task.x]"),
            ("##teamcity[x]", "\\u{23}#teamcity[x]"),
        ] {
            assert_eq!(line(text), safe);
        }
        for harmless in ["http://[::1]:3000", "::1", "a::b", "## title", "C++::x"] {
            assert_eq!(line(harmless), harmless);
        }
        assert_eq!(cleaned("x ##[a]", 0, 1).0, "x \\u{23}#[a]");
    }

    #[test]
    fn spells_out_what_steers_a_terminal_or_cannot_be_seen() {
        assert_eq!(line("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(line("a\nb\rc\td"), "a\\nb\\rc\\td");
        assert_eq!(
            line("\u{202e}x\u{200b}\u{feff}"),
            "\\u{202e}x\\u{200b}\\u{feff}"
        );
        assert_eq!(line("\u{9b}31m\u{7f}"), "\\u{9b}31m\\u{7f}");
        assert_eq!(line("Größe 鍵 …"), "Größe 鍵 …");
    }

    #[test]
    fn the_mark_stays_on_its_text_when_text_before_it_grows() {
        let (text, marked) = cleaned("a\u{1b}\tKEY", 3, 6);
        assert_eq!(text, "a\\u{1b}    KEY");
        assert_eq!(marked, "KEY");
    }

    #[test]
    fn indentation_is_dropped_unless_it_is_what_is_marked() {
        assert_eq!(cleaned("\t  KEY", 3, 6), ("KEY".into(), "KEY".into()));
        assert_eq!(cleaned("  KEY", 0, 5), ("  KEY".into(), "  KEY".into()));
    }

    #[test]
    fn a_range_that_does_not_fit_is_moved_and_never_panics() {
        assert_eq!(cleaned("é", 1, 1).1, "é");
        assert_eq!(cleaned("abc", 9, 12).1, "");
        assert_eq!(cleaned("abc", 2, 1).1, "");
        assert_eq!(cleaned("", 5, 9).1, "");
    }
}
