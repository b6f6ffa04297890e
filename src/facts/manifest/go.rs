//! `go.mod` (go.dev/ref/mod, "go.mod files").

use super::Requirement;
use super::place::without_bom;

/// Reads the `require` directives of a `go.mod`, single and in a block. `exclude`, `replace`, `retract` and
/// `tool` say nothing about what is depended on.
pub fn go_mod(text: &str) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut block: Option<bool> = None;
    for (line, number) in without_bom(text).lines().zip(1..) {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let code = code.trim();
        match block {
            Some(_) if code.starts_with(')') => block = None,
            Some(true) => found.extend(module(code, comment, number)),
            Some(false) => {}
            None => {
                let (directive, rest) = code.split_once([' ', '\t', '(']).unwrap_or((code, ""));
                let required = directive == "require";
                if code.ends_with('(') {
                    block = Some(required);
                } else if required {
                    found.extend(module(rest, comment, number));
                }
            }
        }
    }
    found
}

/// `example.com/mod v1.2.3 // indirect`
fn module(code: &str, comment: &str, line: u32) -> Option<Requirement> {
    let mut words = code
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '`']));
    let (name, version) = (words.next()?, words.next()?);
    let comment = comment.trim();
    let indirect = comment == "indirect" || comment.starts_with("indirect;");
    Some(Requirement {
        name: name.to_owned(),
        range: version.to_owned(),
        line,
        indirect,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_single_and_block_requirements_and_nothing_else() {
        let text = "module example.com/app\r\n\r\ngo 1.22\n\nrequire github.com/clerk/clerk-sdk-go/v2 v2.1.0\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\t\"golang.org/x/net\" v0.1.0 // indirect\n\t// a remark\n\tgopkg.in/yaml.v3 v3.0.1 // indirect; why\n)\nreplace github.com/gin-gonic/gin => ../gin\nexclude (\n\ta.test/b v1.0.0\n)\nrequire(\n\tc.test/d v1.0.0\n)\nretract v1.0.0\nrequire broken\n";
        let found = go_mod(text);
        let short: Vec<_> = found
            .iter()
            .map(|r| (r.name.as_str(), r.range.as_str(), r.line, r.indirect))
            .collect();
        assert_eq!(
            short,
            [
                ("github.com/clerk/clerk-sdk-go/v2", "v2.1.0", 5, false),
                ("github.com/gin-gonic/gin", "v1.10.0", 7, false),
                ("golang.org/x/net", "v0.1.0", 8, true),
                ("gopkg.in/yaml.v3", "v3.0.1", 10, true),
                ("c.test/d", "v1.0.0", 17, false),
            ]
        );
    }
}
