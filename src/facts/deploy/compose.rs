//! Compose files: what their services are built with and run with.

use super::{Context, Deploy, Given, Variable, environment_of, variables_of};
use crate::facts::document::{At, Node};
use crate::facts::tree;

/// A service that a compose file builds.
#[derive(Debug)]
pub struct Build {
    /// The compose file.
    pub file: String,
    /// The name of the service.
    pub service: String,
    /// The folder that is sent to the build.
    pub context: String,
    /// The Dockerfile.
    pub dockerfile: String,
    /// The build arguments.
    pub arguments: Vec<Variable>,
    /// The names under `environment`, which only the running container gets.
    pub environment: Vec<(String, At)>,
}

pub(super) fn read(path: &str, tree: &Node, into: &mut Deploy) {
    let context = environment_of(tree::file_name(path)).unwrap_or(Context::Unknown);
    let services = tree.get("services").map(Node::entries).unwrap_or_default();
    for service in services {
        let part = format!("service {}", service.key);
        let environment = service.value.get("environment");
        let mut set = environment
            .map(|node| variables_of(node, path, context, &part))
            .unwrap_or_default();
        let build = service.value.get("build");
        if let Some(build) = build {
            into.builds.push(build_of(path, &service.key, build, &set));
        }
        if let Some(arguments) = build.and_then(|build| build.get("args")) {
            set.extend(variables_of(
                arguments,
                path,
                context,
                &format!("build.args of {part}"),
            ));
        }
        into.variables.extend(
            set.into_iter()
                .filter(|variable| variable.given != Given::Elsewhere),
        );
    }
}

fn build_of(path: &str, service: &str, build: &Node, environment: &[Variable]) -> Build {
    let folder = tree::folder(path);
    let text = |key: &str| build.get(key).and_then(Node::text);
    let context = below(folder, build.text().or(text("context")).unwrap_or("."));
    let arguments = build
        .get("args")
        .map(|args| variables_of(args, path, Context::Unknown, "build.args"));
    Build {
        file: path.to_owned(),
        service: service.to_owned(),
        dockerfile: below(&context, text("dockerfile").unwrap_or("Dockerfile")),
        context,
        arguments: arguments.unwrap_or_default(),
        environment: environment
            .iter()
            .map(|one| (one.name.clone(), one.at))
            .collect(),
    }
}

/// A path as seen from a folder, `.` and `..` resolved.
fn below(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last() == Some(&"..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}
