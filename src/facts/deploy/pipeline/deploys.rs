//! Which commands and actions deploy, and where to.

use super::super::{Context, deployed_to, shell};

/// A deployment that a step makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// What makes it, in its own words: `vercel deploy`.
    pub by: String,
    /// Where to, as far as the command says it.
    pub context: Context,
    /// Whether it ships what the job built before; else the host builds with its own variables.
    pub ships_what_was_built: bool,
}

/// Programs with their subcommand, and whether they ship what lies there.
const COMMANDS: &[(&str, &[&str], bool)] = &[
    ("vercel", &["deploy"], false),
    ("netlify", &["deploy"], true),
    ("ntl", &["deploy"], true),
    ("fly", &["deploy"], false),
    ("flyctl", &["deploy"], false),
    (
        "wrangler",
        &["deploy", "publish", "pages deploy", "pages publish"],
        true,
    ),
    ("opennextjs-cloudflare", &["deploy"], true),
    ("railway", &["up", "redeploy"], false),
    ("firebase", &["deploy"], true),
    (
        "gcloud",
        &["run deploy", "app deploy", "builds submit"],
        false,
    ),
    ("render", &["deploys create"], false),
    ("heroku", &["container:release"], false),
    ("sst", &["deploy"], true),
    ("serverless", &["deploy"], true),
    ("sls", &["deploy"], true),
    ("cdk", &["deploy"], true),
    ("kubectl", &["apply", "rollout restart", "set image"], false),
    ("helm", &["upgrade"], false),
    ("kamal", &["deploy"], false),
    ("eas", &["update"], true),
];

/// Actions by a part of their name, and whether they ship what lies there.
const ACTIONS: &[(&str, bool)] = &[
    ("amondnet/vercel-action", false),
    ("nwtgck/actions-netlify", true),
    ("netlify/actions/cli", true),
    ("cloudflare/wrangler-action", true),
    ("cloudflare/pages-action", true),
    ("firebaseextended/action-hosting-deploy", true),
    ("google-github-actions/deploy-", false),
    ("azure/webapps-deploy", true),
    ("azure/static-web-apps-deploy", false),
    ("akhileshns/heroku-deploy", false),
    ("aws-actions/amazon-ecs-deploy-task-definition", false),
    ("johnbeynon/render-deploy-action", false),
];

/// What a command line deploys.
pub(super) fn of_run(run: &str) -> Option<Deployment> {
    let lines = shell::lines(run);
    lines
        .iter()
        .flat_map(|line| shell::commands(line))
        .find_map(of_command)
}

fn of_command(command: &str) -> Option<Deployment> {
    let words = shell::program(command);
    let first = shell::bare(words.first()?);
    // Subcommands stand before or between flags.
    let plain: Vec<&str> = words
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .copied()
        .collect();
    let flag = |name: &str| {
        words
            .iter()
            .any(|word| *word == name || word.starts_with(&format!("{name}=")))
    };
    let said = plain.join(" ");
    let (by, ships) = match COMMANDS.iter().find(|(program, _, _)| *program == first) {
        // `vercel --prod` deploys; so does `vercel` alone.
        Some(("vercel", _, _)) if !plain.first().is_some_and(|word| is_vercel_else(word)) => {
            ("vercel deploy".to_owned(), flag("--prebuilt"))
        }
        Some((program, subcommands, ships)) => {
            let sub = subcommands
                .iter()
                .find(|sub| said == **sub || said.starts_with(&format!("{sub} ")))?;
            (format!("{program} {sub}"), *ships)
        }
        None => return None,
    };
    if flag("--dry-run") || flag("--help") {
        return None;
    }
    let mut context = if flag("--prod") || flag("--production") {
        Context::Production
    } else {
        words
            .iter()
            .skip(1)
            .find_map(|word| deployed_to(word))
            .unwrap_or(Context::Unknown)
    };
    // Without `--prod` these two make a preview.
    if context == Context::Unknown && matches!(first, "vercel" | "netlify" | "ntl") {
        context = if command.contains('$') {
            Context::Unknown
        } else {
            Context::Preview
        };
    }
    Some(Deployment {
        by,
        context,
        ships_what_was_built: ships,
    })
}

/// The subcommands of `vercel` that do not deploy.
fn is_vercel_else(word: &str) -> bool {
    const ELSE: &[&str] = &[
        "build", "pull", "env", "link", "login", "alias", "dev", "inspect", "logs", "ls", "list",
        "promote", "rm", "remove", "rollback", "whoami", "project", "domains", "secrets", "teams",
        "switch", "git", "certs", "dns", "help",
    ];
    ELSE.contains(&word)
}

/// What an action deploys; `with` are its inputs, in one text.
pub(super) fn of_action(uses: &str, with: &str) -> Option<Deployment> {
    let lower = uses.to_ascii_lowercase();
    let (name, ships) = ACTIONS.iter().find(|(name, _)| lower.starts_with(name))?;
    let words: Vec<&str> = with.split_whitespace().collect();
    let context = if words
        .iter()
        .any(|word| *word == "--prod" || *word == "--production")
    {
        Context::Production
    } else {
        words
            .iter()
            .find_map(|word| deployed_to(word))
            .unwrap_or(Context::Unknown)
    };
    if *name == "cloudflare/wrangler-action"
        && !(with.contains("deploy") || with.contains("publish") || !with.contains("command"))
    {
        return None;
    }
    Some(Deployment {
        by: (*name).to_owned(),
        context,
        ships_what_was_built: *ships,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deploy_is_known_by_its_command() {
        for (run, by, context) in [
            (
                "npx vercel deploy --prebuilt --prod --token=$T",
                "vercel deploy",
                Context::Production,
            ),
            ("vercel --prod", "vercel deploy", Context::Production),
            (
                "pnpm dlx vercel@latest deploy",
                "vercel deploy",
                Context::Preview,
            ),
            ("npx wrangler deploy", "wrangler deploy", Context::Unknown),
            (
                "npx wrangler pages deploy dist --branch=preview",
                "wrangler pages deploy",
                Context::Preview,
            ),
            (
                "wrangler deploy --env production",
                "wrangler deploy",
                Context::Production,
            ),
            (
                "flyctl deploy --config fly.staging.toml",
                "flyctl deploy",
                Context::Preview,
            ),
            (
                "cd app && netlify deploy --prod",
                "netlify deploy",
                Context::Production,
            ),
            ("gcloud --project x run deploy web", "", Context::Unknown),
        ] {
            match of_run(run) {
                Some(found) => {
                    assert_eq!((found.by.as_str(), found.context), (by, context), "{run}")
                }
                None => assert_eq!(by, "", "{run}"),
            }
        }
        for run in [
            "vercel build --prod",
            "vercel pull --yes",
            "npm run deploy:docs",
            "echo fly deploy",
            "wrangler deploy --dry-run",
        ] {
            assert_eq!(of_run(run), None, "{run}");
        }
    }
}
