//! From a source of the configuration to its regular expression.

use super::super::path_to_regexp::{Edition, Options, PathProblem, Token, parse, source_of};
use super::super::regex::{Regex, RegexProblem};
use super::{MatcherEntry, NextPaths, Rules, Suffix};

/// What Next allows, in UTF-16 code units.
const LONGEST: usize = 4096;

/// The regular expression of an entry, or `None` where it is one that we do not follow.
pub(super) fn compile(
    entry: &MatcherEntry,
    config: &NextPaths,
    rules: Rules,
) -> Result<Option<Regex>, String> {
    // Next looks at the source as it is written, and again at what it made of it.
    check(&entry.source, rules)?;
    check(&whole(entry, config, rules), rules)
}

/// The source with all that Next puts around it.
fn whole(entry: &MatcherEntry, config: &NextPaths, rules: Rules) -> String {
    const RSC: &str = r"\.rsc|\.segments/.+\.segment\.rsc";
    let root = entry.source == "/";
    let (locale, source) = match config.i18n.is_some() && entry.locale {
        true => (
            "/:nextInternalLocale((?!_next/)[^/.]{1,})",
            if root { "" } else { &entry.source },
        ),
        false => ("", entry.source.as_str()),
    };
    let suffix = match (root, rules.suffix) {
        (true, suffix) => {
            let json = if config.i18n.is_some() {
                r"|\.json|"
            } else {
                ""
            };
            let rsc = match suffix {
                Suffix::Transport => format!("|/?index(?:{RSC})"),
                _ => String::new(),
            };
            format!(r"({json}/?index|/?index\.json{rsc})?")
        }
        (false, Suffix::Json) => "(.json)?".to_owned(),
        (false, Suffix::DottedJson) => r"{(\.json)}?".to_owned(),
        (false, Suffix::Transport) => format!(r"{{(\.json|{RSC})}}?"),
    };
    let base = &config.base_path;
    format!("{base}/:nextData(_next/data/[^/]{{1,}})?{locale}{source}{suffix}")
}

fn check(source: &str, rules: Rules) -> Result<Option<Regex>, String> {
    if !source.starts_with('/') {
        return Err("source must start with /".to_owned());
    }
    let expression = expression(source, rules.edition).map_err(|problem| problem.to_string())?;
    let measured = match rules.limits_source {
        true => source.encode_utf16().count(),
        false => written_length(&expression),
    };
    if measured > LONGEST {
        return Err(format!("source exceeds the length of {LONGEST}"));
    }
    // The flags are lost on the way to the server: upper and lower case differ.
    match Regex::new(&expression, "") {
        Ok(regex) => Ok(Some(regex)),
        Err(RegexProblem::Unsupported(_)) => Ok(None),
        Err(problem) => Err(problem.to_string()),
    }
}

fn expression(source: &str, edition: Edition) -> Result<String, PathProblem> {
    let options = Options::of(edition);
    let tokens = parse(source, &options)?;
    // Next mends what path-to-regexp 6.3 refuses: a group that repeats gets a slash before it.
    source_of(&tokens, &options).or_else(|_| {
        let mended: Vec<Token> = tokens.into_iter().map(mend).collect();
        source_of(&mended, &options)
    })
}

fn mend(token: Token) -> Token {
    match token {
        Token::Key {
            name,
            prefix,
            suffix,
            pattern,
            modifier: modifier @ Some('*' | '+'),
        } if prefix.is_empty() && suffix.is_empty() => Token::Key {
            name,
            prefix: "/".to_owned(),
            suffix,
            pattern,
            modifier,
        },
        token => token,
    }
}

/// The length of `RegExp.prototype.source`: a slash outside a class is written with a backslash.
fn written_length(expression: &str) -> usize {
    let (mut escaped, mut in_class, mut added) = (false, false, 0);
    for c in expression.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => added += 1,
            _ => {}
        }
    }
    expression.encode_utf16().count() + added
}
