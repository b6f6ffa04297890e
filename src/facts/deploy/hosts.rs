//! The files of hosts: which variables they set, and for which deployments.

use super::{Context, Given, Kind, Variable, deployed_to, environment_of, variables_of};
use crate::facts::document::Node;
use crate::facts::tree;

pub(super) fn read(path: &str, kind: Kind, tree: &Node) -> Vec<Variable> {
    match kind {
        Kind::Vercel => vercel(path, tree),
        Kind::Netlify => netlify(path, tree),
        Kind::Fly => {
            // `fly.staging.toml` is another app than `fly.toml`.
            let context =
                environment_of(tree::file_name(path)).or_else(|| deployed_to(name_of(tree, "app")));
            under(
                tree,
                &["env"],
                path,
                context.unwrap_or(Context::Production),
                "[env]",
            )
        }
        Kind::Render => render(path, tree),
        Kind::Wrangler => wrangler(path, tree),
        Kind::AppEngine => {
            let context = deployed_to(name_of(tree, "service")).unwrap_or(Context::Production);
            under(tree, &["env_variables"], path, context, "env_variables")
        }
        _ => Vec::new(),
    }
}

fn name_of<'n>(tree: &'n Node, key: &str) -> &'n str {
    tree.get(key).and_then(Node::text).unwrap_or_default()
}

fn under(tree: &Node, keys: &[&str], path: &str, context: Context, part: &str) -> Vec<Variable> {
    let node = tree.path(keys);
    node.map(|node| variables_of(node, path, context, part))
        .unwrap_or_default()
}

/// `env` and `build.env` of `vercel.json` count in every deployment
/// (https://vercel.com/docs/project-configuration).
fn vercel(path: &str, tree: &Node) -> Vec<Variable> {
    let mut found = under(tree, &["env"], path, Context::Everywhere, "env");
    found.extend(under(
        tree,
        &["build", "env"],
        path,
        Context::Everywhere,
        "build.env",
    ));
    // They are deprecated, and a value of the dashboard may stand beside them.
    for variable in &mut found {
        variable.sure = false;
    }
    found
}

/// `[build.environment]` counts everywhere, a context's own table before it
/// (https://docs.netlify.com/build/configure-builds/file-based-configuration/).
fn netlify(path: &str, tree: &Node) -> Vec<Variable> {
    let mut own = Vec::new();
    for entry in tree.get("context").map(Node::entries).unwrap_or_default() {
        let context = match entry.key.as_str() {
            "production" => Context::Production,
            "deploy-preview" | "branch-deploy" => Context::Preview,
            "dev" => Context::Test,
            branch => environment_of(branch).unwrap_or(Context::Unknown),
        };
        let part = format!("[context.{}.environment]", entry.key);
        own.extend(under(&entry.value, &["environment"], path, context, &part));
    }
    let set = |name: &str, context: Context| {
        own.iter()
            .any(|one| one.name == name && one.context == context)
    };
    let mut found = under(
        tree,
        &["build", "environment"],
        path,
        Context::Everywhere,
        "[build.environment]",
    );
    for variable in &mut found {
        let (production, preview) = (
            set(&variable.name, Context::Production),
            set(&variable.name, Context::Preview),
        );
        variable.context = match (production, preview) {
            (true, true) => Context::Unknown,
            (true, false) => Context::Preview,
            (false, true) => Context::Production,
            (false, false) => Context::Everywhere,
        };
    }
    found.extend(own);
    found
}

/// `envVars` of services and groups; `previewValue` is what previews get instead
/// (https://render.com/docs/blueprint-spec).
fn render(path: &str, tree: &Node) -> Vec<Variable> {
    let mut found = Vec::new();
    for list in ["services", "envVarGroups"] {
        for service in tree.get(list).map(Node::items).unwrap_or_default() {
            let name = name_of(service, "name");
            let context = deployed_to(name).unwrap_or(Context::Production);
            for item in service.get("envVars").map(Node::items).unwrap_or_default() {
                let mut push = |key: &str, context: Context| {
                    let Some(value) = item.get(key) else { return };
                    found.push(Variable {
                        file: path.to_owned(),
                        at: value.at,
                        name: name_of(item, "key").to_owned(),
                        given: value.scalar().map_or(Given::Elsewhere, Given::of),
                        context,
                        sure: true,
                        part: format!("envVars of {name}"),
                    });
                };
                push("value", context);
                push("previewValue", Context::Preview);
            }
        }
    }
    found
}

/// `vars` are not inherited by environments; the top level is what `wrangler deploy` without `--env` ships
/// (https://developers.cloudflare.com/workers/wrangler/environments/).
fn wrangler(path: &str, tree: &Node) -> Vec<Variable> {
    let environments = tree.get("env").map(Node::entries).unwrap_or_default();
    let has_production = environments
        .iter()
        .any(|entry| environment_of(&entry.key) == Some(Context::Production));
    let top = if has_production {
        Context::Unknown
    } else {
        Context::Production
    };
    let mut found = under(tree, &["vars"], path, top, "vars");
    for entry in environments {
        let context = environment_of(&entry.key).unwrap_or(Context::Unknown);
        let part = format!("env.{}.vars", entry.key);
        found.extend(under(&entry.value, &["vars"], path, context, &part));
    }
    found
}
