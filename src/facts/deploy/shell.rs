//! Names in expressions and commands in lines of a shell, as far as pipelines need them.

/// The names of secrets, variables and inputs that a `${{ … }}` expression refers to.
pub fn expression_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for start in ["secrets.", "vars.", "env.", "inputs."] {
        for (at, _) in text.match_indices(start) {
            let rest = text.get(at + start.len()..).unwrap_or_default();
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            if before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '.') {
                push(&mut names, rest);
            }
        }
    }
    names
}

/// The names of the `$NAME` and `${NAME}` in a text.
pub fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = text.get(at + 1..).unwrap_or_default();
        push(&mut names, rest.strip_prefix('{').unwrap_or(rest));
    }
    names
}

fn push(names: &mut Vec<String>, rest: &str) {
    let usual = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = rest.find(|c| !usual(c)).unwrap_or(rest.len());
    if let Some(name) = rest.get(..end).filter(|name| !name.is_empty()) {
        names.push(name.to_owned());
    }
}

/// The lines of a script, those that a backslash continues joined, comments left out.
pub fn lines(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = String::new();
    for line in script.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some(start) = line.strip_suffix('\\') {
            open.push_str(start);
            open.push(' ');
            continue;
        }
        open.push_str(line);
        found.push(std::mem::take(&mut open));
    }
    found.push(open);
    found.retain(|line| !line.trim().is_empty());
    found
}

/// The commands of a line: what stands between `&&`, `||`, `;` and `|`.
pub fn commands(line: &str) -> impl Iterator<Item = &str> {
    line.split(['&', '|', ';', '(', ')'])
        .map(str::trim)
        .filter(|command| !command.is_empty())
}

/// The words of a command, without quotes around them and without variables set before it.
pub fn words(command: &str) -> Vec<&str> {
    let words = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'', '`', ',', '[', ']']));
    words
        .filter(|word| !word.is_empty())
        .skip_while(|word| {
            is_assignment(word) || matches!(*word, "env" | "sudo" | "exec" | "then" | "do" | "else")
        })
        .collect()
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// What runs a package's program: what follows counts.
const RUNNERS: &[&str] = &[
    "npx", "bunx", "pnpx", "pnpm", "npm", "yarn", "bun", "exec", "dlx", "run", "--", "-y", "--yes",
    "x", "-w", "-r",
];

/// The words of a command without what runs it: `pnpm exec vercel deploy` is `vercel deploy`.
pub fn program(command: &str) -> Vec<&str> {
    let words = words(command);
    let skipped = words
        .iter()
        .take_while(|word| RUNNERS.contains(word))
        .count();
    words.into_iter().skip(skipped).collect()
}

/// A name of a program without its version and folder: `vercel@latest`.
pub fn bare(word: &str) -> &str {
    let word = word.rsplit('/').next().unwrap_or(word);
    word.split('@')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(word)
}

/// Whether a script builds an app.
pub fn builds(script: &str) -> bool {
    lines(script)
        .iter()
        .any(|line| commands(line).any(is_build))
}

fn is_build(command: &str) -> bool {
    const SCRIPT: &[&str] = &[
        "npm", "pnpm", "yarn", "bun", "turbo", "nx", "npx", "bunx", "pnpx",
    ];
    const TOOLS: &[&str] = &[
        "next",
        "vite",
        "astro",
        "nuxt",
        "react-scripts",
        "vinxi",
        "remix",
        "react-router",
        "vercel",
        "opennextjs-cloudflare",
    ];
    let words = words(command);
    let is_target =
        |word: &&str| *word == "build" || word.starts_with("build:") || word.ends_with(":build");
    let first = words.first().map(|word| bare(word)).unwrap_or_default();
    let by_script = SCRIPT.contains(&first) && words.iter().any(is_target);
    let program = program(command);
    let tool = program.first().map(|word| bare(word)).unwrap_or_default();
    by_script || (TOOLS.contains(&tool) && program.get(1).is_some_and(is_target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_expressions_and_lines() {
        assert_eq!(
            expression_names("${{ secrets.A_B || vars.C }}"),
            ["A_B", "C"]
        );
        assert_eq!(
            expression_names("${{ my_secrets.X }}"),
            Vec::<String>::new()
        );
        assert_eq!(names("$A-${B:-c}"), ["A", "B"]);
        assert_eq!(names("$$$ ${ €"), Vec::<String>::new());
    }

    #[test]
    fn a_build_is_a_build_whoever_runs_it() {
        for (line, is) in [
            ("npm run build", true),
            ("pnpm --filter web build", true),
            ("pnpm turbo run build --filter=web", true),
            ("if [ -f yarn.lock ]; then yarn run build; fi", true),
            ("CI=1 npx next build", true),
            ("docker build .", false),
            ("npm ci", false),
            ("echo build", false),
            ("npm run build:prod && ls", true),
        ] {
            assert_eq!(builds(line), is, "{line}");
        }
    }
}
