//! `Gemfile` and `Gemfile.lock` (bundler.io/man/gemfile.5.html). A `Gemfile` is a Ruby program; what is read
//! here is the form that everybody writes: `gem "name", "range", option: …`.

use super::Requirement;
use super::place::without_bom;

/// Reads the `gem` lines of a `Gemfile`. Several ranges are joined by `, `.
pub fn gemfile(text: &str) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut lines = without_bom(text).lines().zip(1..);
    while let Some((first, number)) = lines.next() {
        let Some(rest) = first.trim_start().strip_prefix("gem") else {
            continue;
        };
        if !rest.starts_with([' ', '\t', '(', '"', '\'']) {
            continue;
        }
        let mut arguments = rest.to_owned();
        let mut last = rest;
        while last.trim_end().ends_with(',') {
            let Some((next, _)) = lines.next() else { break };
            arguments.push_str(next);
            last = next;
        }
        found.extend(gem(&arguments, number));
    }
    found
}

/// The texts before the first option: the name, then the ranges.
fn gem(arguments: &str, line: u32) -> Option<Requirement> {
    let mut texts = Vec::new();
    let mut rest = arguments;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '(', ',', '[', ']']);
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some((text, after)) = rest.get(1..)?.split_once(quote) else {
            break;
        };
        // `"key": value` and `"key" => value` are options.
        if after.starts_with(':') || after.trim_start().starts_with("=>") {
            break;
        }
        texts.push(text.trim());
        rest = after;
    }
    let (name, ranges) = texts.split_first()?;
    Some(Requirement {
        name: (*name).to_owned(),
        range: ranges.join(", "),
        line,
        indirect: false,
    })
}

/// Reads a `Gemfile.lock`. `range` is the exact version without the platform; a gem that `DEPENDENCIES` does not
/// list is indirect.
pub fn gemfile_lock(text: &str) -> Vec<Requirement> {
    let mut found: Vec<Requirement> = Vec::new();
    let mut direct = std::collections::BTreeSet::new();
    let mut section = "";
    for (line, number) in without_bom(text).lines().zip(1..) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let name = line.trim().split([' ', '!']).next().unwrap_or_default();
        match indent {
            0 => section = line.trim(),
            2 if section == "DEPENDENCIES" => {
                direct.insert(name);
            }
            4 if section != "DEPENDENCIES" => found.extend(locked(line, name, number)),
            _ => {}
        }
    }
    // One gem is listed once for every platform, in one run.
    found.dedup_by(|next, first| next.name == first.name && next.range == first.range);
    for requirement in &mut found {
        requirement.indirect = !direct.contains(requirement.name.as_str());
    }
    found
}

/// `    nokogiri (1.16.0-x86_64-linux)`; a gem's version has no `-` (rubygems.org, "Gem::Version").
fn locked(line: &str, name: &str, number: u32) -> Option<Requirement> {
    let (_, version) = line.split_once('(')?;
    let version = version.split(['-', ')']).next()?;
    Some(Requirement {
        name: name.to_owned(),
        range: version.to_owned(),
        line: number,
        indirect: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(found: &[Requirement]) -> Vec<(&str, &str, u32)> {
        found
            .iter()
            .map(|r| (r.name.as_str(), r.range.as_str(), r.line))
            .collect()
    }

    #[test]
    fn a_gemfile_gives_names_ranges_and_lines() {
        let text = "source 'https://x.test'\ngem \"rails\", \"~> 7.0\", \">= 7.0.1\"\n  gem 'clerk-sdk-ruby', '~> 3', require: \"clerk\" # why\ngem(\"puma\")\ngem 'pg',\n  '>= 1',\n  \"group\": :x\ngem 'old', :git => 'https://x.test'\ngem 'list', ['>= 1', '< 2']\n# gem 'no'\ngemspec\ngem name\ngem 'öpen\n";
        assert_eq!(
            short(&gemfile(text)),
            [
                ("rails", "~> 7.0, >= 7.0.1", 2),
                ("clerk-sdk-ruby", "~> 3", 3),
                ("puma", "", 4),
                ("pg", ">= 1", 5),
                ("old", "", 8),
                ("list", ">= 1, < 2", 9),
            ]
        );
    }

    #[test]
    fn a_gemfile_lock_gives_exact_versions_and_what_is_direct() {
        let text = "GIT\n  remote: https://x.test\n  revision: 00\n  specs:\n    ours (0.1.0)\n      rails\n\nGEM\n  remote: https://x.test\n  specs:\n    clerk-sdk-ruby (3.3.0)\n      faraday (>= 1)\n    faraday (2.9.0)\n    nokogiri (1.16.0-arm64-darwin)\n    nokogiri (1.16.0-x86_64-linux)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  clerk-sdk-ruby (~> 3)\n  ours!\n\nBUNDLED WITH\n   2.5.0\n";
        let found = gemfile_lock(text);
        assert_eq!(
            short(&found),
            [
                ("ours", "0.1.0", 5),
                ("clerk-sdk-ruby", "3.3.0", 11),
                ("faraday", "2.9.0", 13),
                ("nokogiri", "1.16.0", 14),
            ]
        );
        let indirect: Vec<_> = found.iter().map(|r| r.indirect).collect();
        assert_eq!(indirect, [false, false, true, true]);
    }
}
