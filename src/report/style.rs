//! Colour, glyphs and width: decided once, then passed in. The only file that names `colored`.
//!
//! `colored` has one switch for the whole process, and asks the environment in an order of its own
//! (`CLICOLOR_FORCE` over `NO_COLOR`, an empty `NO_COLOR` counts). So only its colour codes are used
//! here: they depend on nothing but the [`Style`] that asks for them.

use colored::Color;

/// What `--color` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// As the environment and the terminal suggest.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to write for the place where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With colour comes the layout for reading; without, the plain one for `grep` and logs.
    pub color: bool,
    /// Whether glyphs beyond ASCII may be used. The plain layout never uses them.
    pub unicode: bool,
    /// Columns to fill. `None`: not a terminal, so sentences are neither wrapped nor cut.
    pub width: Option<usize>,
}

/// What a piece of text is, for its colour. Meaning never rests on colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// A passed check.
    Pass,
    /// An error.
    Fail,
    /// A warning.
    Warn,
    /// Not asked, or does not concern the app.
    Skip,
    /// Could not be judged.
    Broken,
    /// A file or an address.
    Path,
    /// A heading.
    Strong,
    /// What the eye may pass over.
    Dim,
}

/// The glyphs of a layout.
#[derive(Debug)]
pub struct Glyphs {
    /// Marks a passed check.
    pub pass: &'static str,
    /// Marks an error.
    pub fail: &'static str,
    /// Marks a warning.
    pub warn: &'static str,
    /// Marks a check that was not asked.
    pub skip: &'static str,
    /// Marks a check that could not be judged.
    pub broken: &'static str,
    /// Left edge of an excerpt.
    pub bar: &'static str,
    /// Before the first place of a finding.
    pub first: &'static str,
    /// Before each further place.
    pub next: &'static str,
    /// Stands for what was cut off a line.
    pub cut: &'static str,
    /// Between the parts of a line.
    pub dot: &'static str,
    /// Before an item of a list.
    pub bullet: &'static str,
    /// A horizontal line.
    pub rule: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    pass: "✓",
    fail: "✗",
    warn: "!",
    skip: "–",
    broken: "?",
    bar: "│",
    first: "┌─",
    next: "├─",
    cut: "…",
    dot: " · ",
    bullet: "•",
    rule: "─",
};

const ASCII: Glyphs = Glyphs {
    pass: "+",
    fail: "x",
    warn: "!",
    skip: "-",
    broken: "?",
    bar: "|",
    first: "-->",
    next: ":::",
    cut: "...",
    dot: "; ",
    bullet: "*",
    rule: "-",
};

/// CI services whose log view renders ANSI colours (the list of npm's `supports-color`).
const CI_WITH_COLOR: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITEA_ACTIONS",
    "GITLAB_CI",
    "BUILDKITE",
    "CIRCLECI",
    "TRAVIS",
    "APPVEYOR",
    "DRONE",
    "TF_BUILD",
    "TEAMCITY_VERSION",
];

/// Lines longer than this are tiring to read.
const WIDEST: usize = 110;
/// A layout for fewer columns than this would be a column of syllables.
const NARROWEST: usize = 40;
/// Of a terminal that does not tell.
const USUAL: usize = 80;

impl Style {
    /// No colour, ASCII, no wrapping: what a pipe gets.
    pub const PLAIN: Style = Style {
        color: false,
        unicode: false,
        width: None,
    };

    /// Decides from `--color`, the environment (as `lookup`) and the terminal. An empty variable counts
    /// as unset (<https://no-color.org>).
    pub fn decide(
        choice: ColorChoice,
        lookup: &dyn Fn(&str) -> Option<String>,
        is_terminal: bool,
        columns: Option<usize>,
    ) -> Style {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let forced = |name: &str| set(name).is_some_and(|value| value != "0");
        let ci = CI_WITH_COLOR.iter().any(|name| set(name).is_some());
        let able = is_terminal && set("TERM").is_none_or(|term| term != "dumb");

        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR").is_some() => false,
            ColorChoice::Auto if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") => true,
            ColorChoice::Auto => ci || able,
        };
        // POSIX: the first of these that is set and not empty names the character set.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| set(n));
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Style {
            color,
            unicode: utf8 && (able || ci),
            width: is_terminal.then(|| columns.unwrap_or(USUAL).clamp(NARROWEST, WIDEST)),
        }
    }

    /// The same, for text that must stay on one line.
    #[must_use]
    pub fn unwrapped(self) -> Style {
        Style {
            width: None,
            ..self
        }
    }

    /// Whether the layout goes beyond ASCII: never without colour.
    pub fn speaks_unicode(&self) -> bool {
        self.color && self.unicode
    }

    /// The glyphs to use.
    pub fn glyphs(&self) -> &'static Glyphs {
        if self.speaks_unicode() {
            &UNICODE
        } else {
            &ASCII
        }
    }

    /// The text in its colour, or as it is.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{}m{text}\u{1b}[0m", codes(ink))
    }
}

/// The parameters of the ANSI sequence: the eight basic colours, bold and dim, so that the user's own
/// theme decides how they look.
fn codes(ink: Ink) -> String {
    let bold = |color: Color| format!("1;{}", color.to_fg_str());
    match ink {
        Ink::Pass => Color::Green.to_fg_str().into_owned(),
        Ink::Fail => bold(Color::Red),
        Ink::Warn => Color::Yellow.to_fg_str().into_owned(),
        Ink::Skip => Color::Blue.to_fg_str().into_owned(),
        Ink::Broken => Color::Magenta.to_fg_str().into_owned(),
        Ink::Path => Color::Cyan.to_fg_str().into_owned(),
        Ink::Strong => "1".to_owned(),
        Ink::Dim => "2".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(choice: ColorChoice, vars: &[(&str, &str)], terminal: bool) -> Style {
        let lookup = |name: &str| {
            let var = vars.iter().find(|(key, _)| *key == name);
            var.map(|(_, value)| (*value).to_owned())
        };
        Style::decide(choice, &lookup, terminal, Some(80))
    }

    fn color(choice: ColorChoice, vars: &[(&str, &str)], terminal: bool) -> bool {
        decide(choice, vars, terminal).color
    }

    #[test]
    fn the_flag_outranks_every_variable() {
        assert!(color(ColorChoice::Always, &[("NO_COLOR", "1")], false));
        assert!(!color(ColorChoice::Never, &[("FORCE_COLOR", "1")], true));
    }

    #[test]
    fn no_color_outranks_force_color_and_ci() {
        let vars = [
            ("NO_COLOR", "1"),
            ("FORCE_COLOR", "1"),
            ("GITHUB_ACTIONS", "true"),
        ];
        assert!(!color(ColorChoice::Auto, &vars, true));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert!(color(ColorChoice::Auto, &[("NO_COLOR", "")], true));
        assert!(!color(ColorChoice::Auto, &[("FORCE_COLOR", "")], false));
        assert!(!color(ColorChoice::Auto, &[("GITLAB_CI", "")], false));
        assert!(!color(ColorChoice::Auto, &[("CI", "")], false));
    }

    #[test]
    fn a_forcing_variable_colours_a_pipe_unless_it_is_zero() {
        assert!(color(ColorChoice::Auto, &[("FORCE_COLOR", "1")], false));
        assert!(color(ColorChoice::Auto, &[("CLICOLOR_FORCE", "1")], false));
        assert!(!color(ColorChoice::Auto, &[("FORCE_COLOR", "0")], false));
        assert!(!color(ColorChoice::Auto, &[("CLICOLOR_FORCE", "0")], false));
    }

    #[test]
    fn a_known_ci_is_coloured_and_an_unknown_one_is_not() {
        assert!(color(ColorChoice::Auto, &[("BUILDKITE", "true")], false));
        assert!(!color(ColorChoice::Auto, &[("CI", "true")], false));
    }

    #[test]
    fn a_dumb_terminal_gets_neither_colour_nor_glyphs() {
        let style = decide(
            ColorChoice::Auto,
            &[("TERM", "dumb"), ("LANG", "C.UTF-8")],
            true,
        );
        assert!(!style.color && !style.unicode);
    }

    #[test]
    fn glyphs_need_a_utf8_locale_and_the_first_variable_that_is_set_names_it() {
        let unicode = |vars: &[(&str, &str)]| decide(ColorChoice::Auto, vars, true).unicode;
        assert!(unicode(&[("LANG", "de_DE.UTF-8")]));
        assert!(unicode(&[("LC_ALL", ""), ("LC_CTYPE", "en_US.utf8")]));
        assert!(!unicode(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!unicode(&[]));
        assert!(!decide(ColorChoice::Auto, &[("LANG", "C.UTF-8")], false).unicode);
    }

    #[test]
    fn only_a_terminal_has_a_width_and_it_is_clamped() {
        let width = |terminal, columns| {
            Style::decide(ColorChoice::Auto, &|_| None, terminal, columns).width
        };
        assert_eq!(width(false, Some(80)), None);
        assert_eq!(width(true, Some(300)), Some(WIDEST));
        assert_eq!(width(true, Some(3)), Some(NARROWEST));
        assert_eq!(width(true, None), Some(USUAL));
    }

    #[test]
    fn text_is_untouched_without_colour() {
        assert_eq!(Style::PLAIN.paint(Ink::Fail, "x"), "x");
        let color = Style {
            color: true,
            ..Style::PLAIN
        };
        assert_eq!(color.paint(Ink::Fail, "x"), "\u{1b}[1;31mx\u{1b}[0m");
        assert_eq!(color.paint(Ink::Fail, ""), "");
    }
}
