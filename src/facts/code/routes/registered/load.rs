//! Modules of the server's code, each run once, and what they give each other.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::thing::{Env, Thing};
use super::walk::{MAX_DEPTH, Walk};
use crate::facts::code::module::Module;
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{Expr, Item, Kind, Pattern};
use crate::facts::code::value::{Exported, Form, Taken, Value as ModuleValue};

/// The name under which a module's tree holds its default export.
const DEFAULT: &str = "*default*";

/// How a parameter is called that is given the server.
const SERVERS: &[&str] = &[
    "app", "server", "fastify", "router", "instance", "api", "hono",
];

/// A module that was run.
pub(super) struct Loaded {
    pub module: Arc<Module>,
    pub env: Rc<Env>,
    pub exports: RefCell<HashMap<String, Thing>>,
}

impl Walk<'_> {
    /// Runs a module, after those it imports.
    pub fn load(&mut self, file: &str) -> Option<Rc<Loaded>> {
        if let Some(known) = self.loaded.get(file) {
            return known.clone();
        }
        if self.depth > MAX_DEPTH / 2 {
            return None;
        }
        let module = match self.project.module(file)? {
            Ok(module) => module,
            Err(problem) => {
                self.notes
                    .push(format!("{file}: it could not be read: {}", problem.message));
                self.loaded.insert(file.to_owned(), None);
                return None;
            }
        };
        let env = Rc::new(Env {
            file: file.to_owned(),
            call: None,
            names: RefCell::default(),
            outer: None,
        });
        let loaded = Rc::new(Loaded {
            module: Arc::clone(&module),
            env: Rc::clone(&env),
            exports: RefCell::default(),
        });
        self.loaded
            .insert(file.to_owned(), Some(Rc::clone(&loaded)));
        self.depth += 20;
        let sources = module.imports.iter().filter(|import| !import.type_only);
        for import in sources {
            if let Target::File(next) = self.project.resolve(file, &import.source) {
                self.load(&next);
            }
        }
        let outer = std::mem::take(&mut self.conditional);
        self.body(&env, &module.program.body);
        self.conditional = outer;
        self.depth -= 20;
        Some(loaded)
    }

    /// What a module gives under a name.
    pub fn export(&mut self, file: &str, name: &str) -> Option<Thing> {
        let loaded = self.load(file)?;
        if let Some(thing) = loaded.exports.borrow().get(name) {
            return Some(thing.clone());
        }
        let module = Arc::clone(&loaded.module);
        if let Some(export) = module.export(name) {
            return Some(match &export.exported {
                Exported::From { source, taken } => self.imported(file, source, taken),
                Exported::Value(ModuleValue::Name { name, .. })
                    if !matches!(export.form, Form::Default | Form::CommonJs) =>
                {
                    self.name(&loaded.env, name)
                }
                Exported::Value(_) if export.form == Form::Declaration => {
                    self.name(&loaded.env, name)
                }
                Exported::Value(_) => match loaded.env.find(DEFAULT) {
                    Some(thing) => thing,
                    None => self.name(&loaded.env, name),
                },
            });
        }
        if self.depth > MAX_DEPTH / 2 {
            return None;
        }
        self.depth += 20;
        let found =
            module
                .stars
                .iter()
                .find_map(|source| match self.project.resolve(file, source) {
                    Target::File(next) if next != file => self.export(&next, name),
                    _ => None,
                });
        self.depth -= 20;
        found
    }

    /// Runs the exports of a module that nobody has used: what makes a server is called from a file that
    /// says nothing of the framework, and what is given one is called by code that could not be followed.
    pub fn use_exports(&mut self, file: &str) {
        let Some(loaded) = self.load(file) else {
            return;
        };
        let mut names = loaded.module.export_names();
        names.extend(loaded.exports.borrow().keys().cloned());
        for name in names {
            match self.export(file, &name) {
                Some(Thing::Closure(function, of)) if of.file == file => {
                    if self.used.contains(&(Arc::as_ptr(&function) as usize)) {
                        continue;
                    }
                    let given = match function.parameters.first() {
                        Some(Pattern::Name(name)) if SERVERS.contains(&&**name) => {
                            vec![self.unseen_server(file, function.at)]
                        }
                        _ => Vec::new(),
                    };
                    self.run(&function, &of, given);
                }
                Some(class @ Thing::Class(..)) => {
                    let Thing::Class(inner, env) = &class else {
                        continue;
                    };
                    let is_used = self.used.contains(&(Arc::as_ptr(inner) as usize));
                    if !is_used && env.file == file {
                        let env = Rc::clone(env);
                        self.new_of(&env, &class, &[], 0);
                    }
                }
                _ => {}
            }
        }
    }

    fn imported(&mut self, file: &str, source: &str, taken: &Taken) -> Thing {
        let name = match taken {
            Taken::Export(name) => name.as_str(),
            Taken::All => "*",
        };
        match self.project.resolve(file, source) {
            Target::File(next) if name == "*" => self.module(&next),
            Target::File(next) => match self.export(&next, name) {
                Some(thing) => thing,
                None if name == "default" => self.module(&next),
                None => Thing::Unknown,
            },
            Target::Package(_) => Thing::Package(source.to_owned(), name.to_owned()),
            Target::Missing(_) => Thing::Unknown,
        }
    }

    /// What `require()` gives: what `module.exports` was set to, else all exports.
    fn module(&mut self, file: &str) -> Thing {
        let Some(loaded) = self.load(file) else {
            return Thing::Unknown;
        };
        let set = loaded.exports.borrow().get("default").cloned();
        set.unwrap_or_else(|| Thing::Module(file.to_owned()))
    }

    /// What a name holds.
    pub fn name(&mut self, env: &Rc<Env>, name: &str) -> Thing {
        if let Some(thing) = env.find(name) {
            return thing;
        }
        let loaded = self.loaded.get(&env.file).and_then(Clone::clone);
        let Some(loaded) = loaded else {
            return Thing::Unknown;
        };
        let Some(import) = loaded.module.import(name) else {
            return Thing::Unknown;
        };
        let (source, taken) = (import.source.clone(), import.taken.clone());
        self.imported(&env.file, &source, &taken)
    }

    pub fn required(&mut self, env: &Rc<Env>, arguments: &[Item]) -> Thing {
        let Some(Kind::Text(source)) = arguments.first().map(|item| &item.value.kind) else {
            return Thing::Unknown;
        };
        let source = source.to_string();
        match self.project.resolve(&env.file, &source) {
            Target::File(file) => self.module(&file),
            Target::Package(_) => Thing::Package(source, "*".to_owned()),
            Target::Missing(_) => Thing::Unknown,
        }
    }
}

/// The export that is assigned to: `default` for `module.exports` itself.
pub(super) fn exports_to(member: &Expr) -> Option<&str> {
    let Kind::Member { object, name, .. } = &member.kind else {
        return None;
    };
    match &object.kind {
        Kind::Name(of) if &**of == "module" && &**name == "exports" => Some("default"),
        Kind::Name(of) if &**of == "exports" => Some(name),
        Kind::Member { .. } if exports_to(object) == Some("default") => Some(name),
        _ => None,
    }
}
