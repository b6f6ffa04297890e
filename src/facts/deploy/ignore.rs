//! What a `.dockerignore` keeps out of the build context. Its patterns are those of Go's `filepath.Match`
//! with `**`, from the root of the context: unlike git's, `.env` says nothing about `apps/web/.env`
//! (https://docs.docker.com/build/concepts/context/#dockerignore-files).

/// The rules of a `.dockerignore`.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The file that they stand in.
    pub path: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    keeps: bool,
    parts: Vec<String>,
}

/// More rules than this say nothing more about env files.
const MOST: usize = 2_000;

impl Rules {
    /// Reads the rules.
    pub fn read(path: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rules = lines.take(MOST).map(|line| {
            let pattern = line.strip_prefix('!');
            Rule {
                keeps: pattern.is_some(),
                parts: parts(pattern.unwrap_or(line).trim()),
            }
        });
        Self {
            path: path.to_owned(),
            rules: rules.filter(|rule| !rule.parts.is_empty()).collect(),
        }
    }

    /// Whether a path below the context stays out: the last rule that speaks of it or of a folder above it.
    pub fn keeps_out(&self, path: &str) -> bool {
        let path = parts(path);
        let mut out = false;
        for rule in &self.rules {
            if (1..=path.len()).any(|end| rule.matches(path.get(..end).unwrap_or_default())) {
                out = !rule.keeps;
            }
        }
        out
    }
}

fn parts(path: &str) -> Vec<String> {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    parts.take(64).map(str::to_owned).collect()
}

impl Rule {
    /// Part by part: `reached` are the numbers of parts of the path that the pattern so far covers.
    fn matches(&self, path: &[String]) -> bool {
        let mut reached = vec![false; path.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for part in &self.parts {
            let mut next = vec![false; path.len() + 1];
            let mut open = false;
            for (at, is) in reached.iter().enumerate() {
                open |= *is;
                if part == "**" {
                    if let Some(slot) = next.get_mut(at) {
                        *slot |= open;
                    }
                } else if *is
                    && path
                        .get(at)
                        .is_some_and(|name| fits(part.as_bytes(), name.as_bytes()))
                    && let Some(slot) = next.get_mut(at + 1)
                {
                    *slot = true;
                }
            }
            reached = next;
        }
        reached.last().copied().unwrap_or(false)
    }
}

/// `*` and `?` within a name. A class in brackets counts as one character of any kind.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, of));
                at += 1;
                continue;
            }
            Some(b'?') => {
                (at, of) = (at + 1, of + 1);
                continue;
            }
            Some(b'[') => {
                let rest = pattern.get(at..).unwrap_or_default();
                if let Some(end) = rest.iter().position(|b| *b == b']') {
                    (at, of) = (at + end + 1, of + 1);
                    continue;
                }
            }
            Some(byte) if Some(byte) == name.get(of) => {
                (at, of) = (at + 1, of + 1);
                continue;
            }
            _ => {}
        }
        let Some((back, from)) = star else {
            return false;
        };
        star = Some((back, from + 1));
        (at, of) = (back + 1, from + 1);
    }
    pattern
        .get(at..)
        .unwrap_or_default()
        .iter()
        .all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::Rules;

    #[test]
    fn patterns_count_from_the_root_of_the_context() {
        for (text, path, out) in [
            (".env", ".env", true),
            (".env", "apps/web/.env", false),
            ("**/.env", "apps/web/.env", true),
            ("**/.env*", ".env.local", true),
            (".env*\n!.env.production", ".env.production", false),
            (".env*\n!.env.example", ".env.production", true),
            ("*", ".env", true),
            ("*\n!src", ".env", true),
            ("apps", "apps/web/.env", true),
            ("/.env\n", ".env", true),
            ("./.env.*", ".env.local", true),
            ("# .env", ".env", false),
            ("**/*.local", "a/.env.local", true),
            ("", ".env", false),
        ] {
            assert_eq!(
                Rules::read("", text).keeps_out(path),
                out,
                "{text:?} {path}"
            );
        }
    }

    #[test]
    fn hostile_rules_end_soon() {
        let text = format!("{}\n{}", "**/".repeat(5_000), "*a".repeat(5_000));
        let path = format!("{}/{}", "a/".repeat(500), "a".repeat(500));
        let _ = Rules::read("", &text.repeat(20)).keeps_out(&path);
    }
}
