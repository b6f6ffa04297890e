//! Which file is which, by its name.

use super::super::tree;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Dockerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// `vercel.json`.
    Vercel,
    /// `netlify.toml`.
    Netlify,
    /// `fly.toml`.
    Fly,
    /// `railway.json` or `railway.toml`.
    Railway,
    /// `render.yaml`.
    Render,
    /// `wrangler.toml`, `wrangler.json` or `wrangler.jsonc`.
    Wrangler,
    /// `app.yaml` of App Engine.
    AppEngine,
    /// A workflow of GitHub Actions.
    Actions,
    /// `.gitlab-ci.yml`.
    GitLab,
    /// A pipeline of CircleCI, Bitbucket or Azure: only whether it parses is looked at.
    OtherPipeline,
    /// Configuration of nginx.
    Nginx,
    /// A Caddyfile.
    Caddyfile,
}

impl Kind {
    /// What a file is, by its path; `None` where it is none of these.
    pub fn of(path: &str) -> Option<Self> {
        let name = tree::file_name(path).to_ascii_lowercase();
        let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        let within = |folder: &str| path.contains(folder);
        Some(match name.as_str() {
            _ if is_dockerfile(&name) => Kind::Dockerfile,
            _ if yaml && (name.starts_with("docker-compose") || is_compose(&name)) => Kind::Compose,
            _ if yaml && path.starts_with(".github/workflows/") => Kind::Actions,
            "vercel.json" | "now.json" => Kind::Vercel,
            "netlify.toml" => Kind::Netlify,
            "railway.json" | "railway.toml" => Kind::Railway,
            "render.yaml" | "render.yml" => Kind::Render,
            "app.yaml" | "app.yml" => Kind::AppEngine,
            ".gitlab-ci.yml" | ".gitlab-ci.yaml" => Kind::GitLab,
            "bitbucket-pipelines.yml" | "azure-pipelines.yml" => Kind::OtherPipeline,
            "config.yml" if within(".circleci/") => Kind::OtherPipeline,
            "wrangler.toml" | "wrangler.json" | "wrangler.jsonc" => Kind::Wrangler,
            _ if name.starts_with("fly.") && name.ends_with(".toml") => Kind::Fly,
            _ if name == "caddyfile" || name.ends_with(".caddyfile") => Kind::Caddyfile,
            _ if name.starts_with("caddyfile.") => Kind::Caddyfile,
            _ if name.ends_with(".conf") || name.ends_with(".nginx") => Kind::Nginx,
            _ if name.ends_with(".conf.template") => Kind::Nginx,
            _ => return None,
        })
    }

    /// Whether its host refuses a deploy with such a file where it does not parse.
    pub fn is_refused_when_broken(self) -> bool {
        matches!(self, Kind::Vercel | Kind::Netlify)
    }
}

fn is_compose(name: &str) -> bool {
    name.strip_prefix("compose")
        .is_some_and(|rest| rest.starts_with('.'))
}

/// `Dockerfile`, `Dockerfile.prod`, `web.Dockerfile`; not a template of one, nor a text about one.
fn is_dockerfile(name: &str) -> bool {
    const ELSE: &[&str] = &[
        "dockerignore",
        "md",
        "mdx",
        "ts",
        "js",
        "py",
        "go",
        "rs",
        "rb",
        "sh",
        "txt",
        "j2",
        "tpl",
        "tmpl",
        "template",
        "hbs",
        "ejs",
        "erb",
        "json",
        "yml",
        "yaml",
        "example",
        "sample",
        "bak",
        "svg",
        "snap",
    ];
    let last = name.rsplit('.').next().unwrap_or_default();
    let base = name == "dockerfile" || name == "containerfile";
    let ending = name.starts_with("dockerfile.") && !ELSE.contains(&last);
    base || ending || name.ends_with(".dockerfile")
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, kind) in [
            ("Dockerfile", Some(Kind::Dockerfile)),
            ("apps/web/Dockerfile.prod", Some(Kind::Dockerfile)),
            ("web.dockerfile", Some(Kind::Dockerfile)),
            ("Dockerfile.dockerignore", None),
            ("docs/Dockerfile.md", None),
            ("docker-compose.prod.yml", Some(Kind::Compose)),
            ("compose.yaml", Some(Kind::Compose)),
            ("composer.yaml", None),
            (".github/workflows/ci.yml", Some(Kind::Actions)),
            ("a/.github/workflows/ci.yml", None),
            ("fly.staging.toml", Some(Kind::Fly)),
            ("wrangler.jsonc", Some(Kind::Wrangler)),
            ("infra/nginx/default.conf", Some(Kind::Nginx)),
            ("Caddyfile", Some(Kind::Caddyfile)),
            ("src/app.ts", None),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
