//! Schemas that check the environment at the start.

use super::super::super::tree::{Expr, Key, Kind, Property, Statement};
use super::super::walk;
use super::{Care, Found, call, property, root};

/// Presets of T3 Env, none of which knows Clerk (env.t3.gg/docs/customization).
const PRESETS: &[&str] = &[
    "vercel",
    "neonVercel",
    "uploadthing",
    "uploadthingV6",
    "railway",
    "fly",
    "render",
    "netlify",
    "upstashRedis",
    "coolify",
    "vite",
    "wxt",
    "supabaseVercel",
];

/// Answers whether it looked closely.
pub(super) fn look(expr: &Expr, program: &[Statement], found: &mut Found) -> bool {
    let Some((callee, arguments)) = call(expr) else {
        return false;
    };
    let Some(name) = walk::last_name(callee) else {
        return false;
    };
    let mut schema = Names::default();
    match &**name {
        "createEnv" | "cleanEnv" => {
            for argument in arguments {
                schema.read(&argument.value, program);
            }
            let options = arguments.iter().map(|one| &one.value);
            if let Some(off) = options
                .filter_map(|one| property(one, "skipValidation"))
                .next()
                && matches!(off.kind, Kind::Bool(true))
            {
                found.push((off.at, Care::SkipsValidation));
            }
        }
        "parse" | "safeParse" => {
            if !arguments.iter().any(|one| is_environment(&one.value)) {
                return false;
            }
            // `z.object({ … }).parse(process.env)`, `schema.parse(process.env)`, `v.parse(schema, process.env)`.
            let of = match &callee.kind {
                Kind::Member { object, .. } => Some(&**object),
                _ => None,
            };
            let others = arguments.iter().map(|one| &one.value);
            for part in of
                .into_iter()
                .chain(others.filter(|one| !is_environment(one)))
            {
                schema.read(part, program);
            }
        }
        _ => return false,
    }
    // Whoever checks one variable checks it for the one place that needs it.
    if schema.names > 1 || schema.clerk || schema.composed {
        found.push((
            expr.at,
            Care::Schema {
                names: schema.names,
                clerk: schema.clerk,
                composed: schema.composed,
            },
        ));
    }
    true
}

fn is_environment(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Member { object, name, .. }
        if &**name == "env" && root(object).is_none_or(|root| &**root == "process"))
}

#[derive(Default)]
struct Names {
    names: usize,
    clerk: bool,
    composed: bool,
}

impl Names {
    /// Counts the variables that a schema names; a name stands for what it was declared as.
    fn read(&mut self, expr: &Expr, program: &[Statement]) {
        self.add(expr);
        if let Kind::Name(name) = &expr.kind
            && &**name != "z"
            && &**name != "v"
        {
            match walk::declared(name, program) {
                Some(held) => self.add(held),
                None => self.composed = true,
            }
        }
    }

    fn add(&mut self, expr: &Expr) {
        walk::within(expr, &mut |one| match &one.kind {
            Kind::Object(all) => all.iter().for_each(|one| self.property(one)),
            Kind::Member { name, .. } => {
                self.composed |= matches!(&**name, "extend" | "merge" | "and" | "shape");
            }
            _ => {}
        });
    }

    fn property(&mut self, property: &Property) {
        match property {
            Property::Value(Key::Name(key), value) => {
                let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
                if key.contains('_') && key.chars().all(capital) {
                    self.names += 1;
                    self.clerk |= key.contains("CLERK");
                } else if &**key == "extends" {
                    self.composed |= !only_presets(value);
                } else if matches!(&**key, "server" | "client" | "shared")
                    && !matches!(value.kind, Kind::Object(_))
                {
                    self.composed = true;
                }
            }
            Property::Spread(value) => self.composed |= !is_environment(value),
            _ => {}
        }
    }
}

fn only_presets(extends: &Expr) -> bool {
    let Kind::Array(items) = &extends.kind else {
        return false;
    };
    items
        .iter()
        .all(|item| root(&item.value).is_some_and(|name| PRESETS.contains(&&**name)))
}
