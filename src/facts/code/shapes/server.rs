//! Which files surely run on a server.

use super::super::module::Module;
use super::super::tree::Pattern;
use super::imports;
use super::walk::{self, Node};

/// Packages that browsers have no use for.
const PACKAGES: &[&str] = &[
    "server-only",
    "next/server",
    "next/headers",
    "@clerk/nextjs/server",
    "@clerk/backend",
    "@clerk/express",
    "@clerk/fastify",
    "@clerk/hono",
    "@clerk/clerk-sdk-node",
    "@hono/clerk-auth",
    "express",
    "fastify",
    "hono",
    "@nestjs/common",
    "@trpc/server",
    "@prisma/client",
    "drizzle-orm",
    "mongoose",
    "jsonwebtoken",
    "fs",
];

/// Folders of code for servers.
const FOLDERS: &[&str] = &["server", "pages/api", "middleware", "convex", "functions"];

/// Whether a file surely runs on a server: by its name, its directives or what it imports.
pub(super) fn runs_on_server(path: &str, module: &Module) -> bool {
    let directives = &module.program.directives;
    if directives.iter().any(|one| &**one == "use client") {
        return false;
    }
    if directives.iter().any(|one| &**one == "use server") {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or_default();
    let inside = |folder: &&str| {
        path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"))
    };
    let by_name = matches!(stem, "route" | "middleware" | "proxy" | "+server")
        || name.contains(".server.")
        || (FOLDERS.iter().any(inside) && !name.ends_with("sx"));
    by_name || PACKAGES.iter().any(|package| imports(module, package)) || answers_requests(module)
}

/// Whether a function in it is a middleware or handler of Node: `(req, res)`, `(request, reply)`.
fn answers_requests(module: &Module) -> bool {
    let is = |pattern: Option<&Pattern>, names: &[&str]| matches!(pattern, Some(Pattern::Name(name)) if names.contains(&&**name));
    let mut answers = false;
    walk::program(&module.program, &mut |_, trail| {
        if let Some(Node::Function(function)) = trail.last() {
            let parameters = &function.parameters;
            answers |= is(parameters.first(), &["req", "request"])
                && is(parameters.get(1), &["res", "response", "reply"]);
        }
    });
    answers
}
