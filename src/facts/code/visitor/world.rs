//! The modules of the app as they stand when a request comes: loaded once, on demand.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::frameworks::Serving;
use super::library;
use super::run::{Changes, Run};
use super::scope::Scope;
use super::value::{Opaque, Origin, Text, Value};
use crate::facts::code::module::Module;
use crate::facts::code::project::Project;
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{Expr, Kind, Offset, Pattern, StatementKind};
use crate::facts::code::value::{Export, Exported, Form, Import, Taken, Value as ModuleValue};
use crate::model::routes::CodePlace;

/// The name under which a module's tree holds its default export.
const DEFAULT: &str = "*default*";

/// Values of top levels that need each other to be worked out, one inside the other.
const MAX_LOADING: u32 = 48;

/// What stands for the package of code that runs in the browser.
pub(super) const CLIENT: &str = "use client";

/// What is known of the app beside its code.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The version of Clerk's SDK for the framework, where it is known.
    pub clerk: Option<(u32, u32, u32)>,
    /// The version of `@clerk/shared` beside it, where it is known: the paths are normalised there.
    pub clerk_shared: Option<(u32, u32, u32)>,
    /// Variables of the environment that are known, as far as they are no secrets.
    pub env: BTreeMap<String, String>,
    /// The names of all variables that are set, where that is known: any other is not.
    pub names: Option<BTreeSet<String>>,
}

impl Setting {
    /// The major version of Clerk's SDK; the newest where it is not known.
    pub fn clerk_major(&self) -> u32 {
        self.clerk.map_or(7, |(major, ..)| major)
    }
}

/// The app, as one thread of the audit sees it.
pub struct World<'p> {
    pub(super) project: &'p Project<'p>,
    pub(super) setting: &'p Setting,
    pub(super) serving: Serving,
    instances: RefCell<HashMap<String, Option<Rc<Instance>>>>,
    /// The top levels, with what was worked out so far.
    tops: RefCell<HashMap<String, Rc<Scope>>>,
    /// Exports that are being looked up, to see a circle of re-exports.
    looking: RefCell<Vec<(String, String)>>,
    /// Exports that were looked for in vain on behalf of the first of those: there may be many ways to a
    /// module.
    missing: RefCell<HashSet<(String, String)>>,
    /// How many steps a visit may take.
    pub(super) steps: u32,
    /// How many steps loading modules has taken.
    pub(super) loaded: Cell<u32>,
}

/// A loaded module.
pub(super) struct Instance {
    pub file: String,
    pub module: Arc<Module>,
    /// Where each line begins.
    lines: OnceCell<Vec<u32>>,
    /// How many characters begin before each block of bytes: a line may be all of the file.
    characters: OnceCell<Vec<u32>>,
    /// The statement of the top level that declares a name.
    declared: HashMap<Text, usize>,
    changed: HashSet<Text>,
    imports: HashMap<Text, usize>,
    /// Names whose value is being worked out.
    pending: RefCell<Vec<Text>>,
}

impl Instance {
    fn new(file: &str, module: Arc<Module>) -> Self {
        let mut declared = HashMap::new();
        for (index, statement) in module.program.body.iter().enumerate() {
            let mut add = |name: &str| {
                declared.insert(Rc::from(name), index);
            };
            match &statement.kind {
                StatementKind::Declare(all) => {
                    all.iter()
                        .for_each(|(pattern, _)| names_of(pattern, &mut add));
                }
                StatementKind::Function(function) => {
                    if let Some(name) = &function.name {
                        add(name);
                    }
                }
                StatementKind::Class(name, _) => add(name),
                _ => {}
            }
        }
        let imports = module.imports.iter().enumerate();
        Self {
            file: file.to_owned(),
            lines: OnceCell::new(),
            characters: OnceCell::new(),
            imports: imports
                .map(|(at, import)| (Rc::from(import.local.as_str()), at))
                .collect(),
            changed: module
                .program
                .changed
                .iter()
                .map(|name| Rc::from(&**name))
                .collect(),
            declared,
            module,
            pending: RefCell::default(),
        }
    }

    /// Line and column of an offset.
    pub fn place(&self, at: Offset) -> CodePlace {
        let text = self.module.text();
        let lines = self.lines.get_or_init(|| {
            let starts = memchr::memchr_iter(b'\n', text.as_bytes());
            let starts = starts.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(starts).collect()
        });
        let line = lines.partition_point(|start| *start <= at).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0) as usize;
        let column = self
            .characters_before(at as usize)
            .saturating_sub(self.characters_before(start));
        CodePlace {
            file: self.file.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// How many characters begin before a byte of the text.
    fn characters_before(&self, at: usize) -> usize {
        const BLOCK: usize = 1024;
        let bytes = self.module.text().as_bytes();
        let begin = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        let blocks = self.characters.get_or_init(|| {
            let mut before = 0_u32;
            let blocks = bytes.chunks(BLOCK).map(|block| {
                let so_far = before;
                before += u32::try_from(begin(block)).unwrap_or(0);
                so_far
            });
            blocks.collect()
        });
        let at = at.min(bytes.len());
        // The end of the text may be the end of the last block.
        let block = (at / BLOCK).min(blocks.len().saturating_sub(1));
        let before = blocks.get(block).copied().unwrap_or(0) as usize;
        before + bytes.get(block * BLOCK..at).map_or(0, begin)
    }

    /// Whether the module runs in the browser.
    pub fn is_client(&self) -> bool {
        self.module
            .program
            .directives
            .iter()
            .any(|one| &**one == "use client")
    }
}

fn names_of(pattern: &Pattern, add: &mut impl FnMut(&str)) {
    match pattern {
        Pattern::Name(name) => add(name),
        Pattern::Object(all, rest) => {
            all.iter().for_each(|(_, one)| names_of(one, add));
            rest.iter().for_each(|one| names_of(one, add));
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().for_each(|one| names_of(one, add));
            rest.iter().for_each(|one| names_of(one, add));
        }
        Pattern::Default(inner, _) => names_of(inner, add),
        Pattern::Member(_) | Pattern::Unknown => {}
    }
}

impl<'p> World<'p> {
    /// The app with its files.
    pub fn new(project: &'p Project<'p>, setting: &'p Setting) -> Self {
        Self {
            project,
            setting,
            serving: Serving::default(),
            instances: RefCell::default(),
            tops: RefCell::default(),
            looking: RefCell::default(),
            missing: RefCell::default(),
            steps: u32::MAX,
            loaded: Cell::default(),
        }
    }

    /// The same for so many visits: what all of them may take together has a bound too.
    pub fn among(self, visits: usize) -> Self {
        const ALL: usize = 6_000_000;
        const LEAST: usize = 3_000;
        let each = (ALL / visits.max(1)).max(LEAST);
        Self {
            steps: u32::try_from(each).unwrap_or(u32::MAX),
            ..self
        }
    }

    /// The app as a framework calls it that is not Next.js.
    pub fn served(mut self, serving: Serving) -> Self {
        self.serving = serving;
        self
    }

    /// Lets go of what was worked out so far, where that has become much: thousands of routes need little of
    /// what others needed.
    pub fn trim(&self) {
        const MANY: usize = 400;
        if self.instances.borrow().len() > MANY {
            self.instances.borrow_mut().clear();
            self.tops.borrow_mut().clear();
        }
    }

    /// The module of a file with its top level; `None` where it cannot be read.
    pub(super) fn instance(&self, file: &str) -> Option<Rc<Instance>> {
        if let Some(known) = self.instances.borrow().get(file) {
            return known.clone();
        }
        let module = self.project.module(file).and_then(Result::ok);
        let instance = module.map(|module| Rc::new(Instance::new(file, module)));
        self.instances
            .borrow_mut()
            .insert(file.to_owned(), instance.clone());
        instance
    }
}

impl Run<'_> {
    /// The scope of the top level of a module.
    pub(super) fn top(&mut self, instance: &Rc<Instance>) -> Rc<Scope> {
        let mut tops = self.world.tops.borrow_mut();
        let new = || Scope::top(Rc::clone(instance));
        Rc::clone(tops.entry(instance.file.clone()).or_insert_with(new))
    }

    /// What a name of the top level of a module holds.
    pub(super) fn top_level(&mut self, top: &Rc<Scope>, name: &str) -> Option<Value> {
        if let Some(value) = top.own(name) {
            return Some(value);
        }
        let instance = Rc::clone(&top.instance);
        let (key, index) = match instance.declared.get_key_value(name) {
            Some((key, index)) => (Rc::clone(key), *index),
            None => {
                let import = instance.imports.get(name)?;
                let import = instance.module.imports.get(*import)?.clone();
                return Some(self.import(top, &import));
            }
        };
        let is_pending = || instance.pending.borrow().contains(&key);
        if self.loading > MAX_LOADING || is_pending() {
            return Some(Value::unknown());
        }
        instance.pending.borrow_mut().push(Rc::clone(&key));
        let statement = instance.module.program.body.get(index)?;
        // Whichever visit comes first loads it: that is not part of the visit.
        self.setup(|run| run.declare_top(top, statement));
        instance.pending.borrow_mut().pop();
        let value = top.own(name).unwrap_or_else(Value::unknown);
        if instance.changed.contains(name) && !matches!(value, Value::Function(_)) {
            let value = self.changed(top, &key, value, statement.at);
            top.keep(&key, value.clone());
            return Some(value);
        }
        Some(value)
    }

    /// What a name holds that is written to after its declaration.
    fn changed(&mut self, top: &Rc<Scope>, name: &Text, value: Value, at: Offset) -> Value {
        let module = Arc::clone(&top.instance.module);
        let body = &module.program.body;
        if Changes::of(name, body).in_function {
            // Something writes to it while requests come in.
            return Value::from(Opaque {
                trail: Some(name.clone()),
                place: Some(top.instance.place(at)),
                ..Opaque::of(Origin::Unknown)
            });
        }
        // It has its final value once the module is loaded.
        self.setup(|run| {
            let scope = Scope::inside(top);
            scope.keep(name, value.clone());
            for statement in body.iter().filter(|one| one.at > at) {
                let writes = Changes::of(name, std::slice::from_ref(statement)).on_load;
                if writes && run.on_load(&scope, statement).is_err() {
                    break;
                }
            }
            match run.exhausted {
                Some(_) => Value::unknown(),
                None => scope.own(name).unwrap_or(value),
            }
        })
    }

    /// What an import holds.
    fn import(&mut self, top: &Rc<Scope>, import: &Import) -> Value {
        let name = match &import.taken {
            Taken::Export(name) => name.as_str(),
            Taken::All => "*",
        };
        let place = top.instance.place(import.at);
        let value = self.imported(&top.instance.file.clone(), &import.source, name, &place);
        top.keep(&Rc::from(import.local.as_str()), value.clone());
        value
    }

    /// What a module gives under a name; `*` is all of it.
    pub(super) fn imported(
        &mut self,
        from: &str,
        source: &str,
        name: &str,
        place: &CodePlace,
    ) -> Value {
        if let Some(value) = library::import(source, name, self.world.setting) {
            return value;
        }
        if let Target::File(file) = self.world.project.resolve(from, source) {
            if name == "*" {
                return self.namespace(&file);
            }
            if let Some(value) = self.export(&file, name) {
                return value;
            }
        }
        let trail = if name == "default" || name == "*" {
            source
        } else {
            name
        };
        Value::from(Opaque {
            truthy: true,
            trail: Some(Rc::from(trail)),
            package: Some(Rc::from(source)),
            place: Some(place.clone()),
            ..Opaque::of(Origin::Unknown)
        })
    }

    /// All exports of a module as an object.
    fn namespace(&mut self, file: &str) -> Value {
        let Some(instance) = self.world.instance(file) else {
            return Value::unknown();
        };
        let names = instance.module.export_names();
        let object = super::value::Object {
            properties: names
                .iter()
                .map(|name| {
                    // It is there, even where it is in a circle or too far away.
                    let value = self.export(file, name).unwrap_or_else(Value::unknown);
                    (Rc::from(name.as_str()), value)
                })
                .collect(),
            open: !instance.module.stars.is_empty(),
            kind: super::value::ObjectKind::Plain,
        };
        Value::Object(Rc::new(object))
    }

    /// The value of an export; `None` where the module has none of this name.
    pub(super) fn export(&mut self, file: &str, name: &str) -> Option<Value> {
        let key = (file.to_owned(), name.to_owned());
        let world = self.world;
        if world.looking.borrow().contains(&key) || world.looking.borrow().len() > 64 {
            return None;
        }
        if world.looking.borrow().is_empty() {
            world.missing.borrow_mut().clear();
        } else if world.missing.borrow().contains(&key) {
            return None;
        }
        world.looking.borrow_mut().push(key.clone());
        let value = self.look_up(file, name);
        world.looking.borrow_mut().pop();
        if value.is_none() {
            world.missing.borrow_mut().insert(key);
        }
        value
    }

    fn look_up(&mut self, file: &str, name: &str) -> Option<Value> {
        let instance = self.world.instance(file)?;
        if instance.is_client() {
            // On the server this is only a reference to code of the browser.
            return Some(Value::from(Opaque {
                truthy: true,
                trail: Some(Rc::from(name)),
                package: Some(Rc::from(CLIENT)),
                ..Opaque::of(Origin::Unknown)
            }));
        }
        let top = self.top(&instance);
        let module = Arc::clone(&instance.module);
        if let Some(export) = module.export(name) {
            return match &export.exported {
                Exported::From { source, taken } => {
                    let taken = match taken {
                        Taken::Export(name) => name.as_str(),
                        Taken::All => "*",
                    };
                    let place = instance.place(export.at);
                    Some(self.imported(file, source, taken, &place))
                }
                Exported::Value(_) => self.exported_value(&top, export),
            };
        }
        let mut packages = Vec::new();
        for source in &module.stars {
            if let Some(value) = library::import(source, name, self.world.setting) {
                return Some(value);
            }
            match self.world.project.resolve(file, source) {
                Target::File(next) => {
                    if let Some(value) = self.export(&next, name) {
                        return Some(value);
                    }
                }
                Target::Package(_) | Target::Missing(_) => packages.push(source),
            }
        }
        // It may come from a package that gives all it has.
        let [package] = packages.as_slice() else {
            return None;
        };
        (name != "default").then(|| {
            Value::from(Opaque {
                truthy: true,
                trail: Some(Rc::from(name)),
                package: Some(Rc::from(package.as_str())),
                ..Opaque::of(Origin::Unknown)
            })
        })
    }

    /// The value of an export that the module makes itself.
    fn exported_value(&mut self, top: &Rc<Scope>, export: &Export) -> Option<Value> {
        if let Exported::Value(ModuleValue::Name { name, .. }) = &export.exported
            && export.form != Form::CommonJs
            && export.form != Form::Default
        {
            return Some(self.top_level(top, name).unwrap_or_else(Value::unknown));
        }
        if export.form == Form::CommonJs {
            return Some(self.common_js(top, &export.name));
        }
        self.top_level(top, DEFAULT)
    }

    /// What `module.exports = …` or `exports.name = …` gives.
    fn common_js(&mut self, top: &Rc<Scope>, name: &str) -> Value {
        let module = Arc::clone(&top.instance.module);
        let assigned = module.program.body.iter().rev().find_map(|statement| {
            let StatementKind::Expr(Expr {
                kind: Kind::Assign { target, value, .. },
                ..
            }) = &statement.kind
            else {
                return None;
            };
            match target.as_ref() {
                Pattern::Member(member) => exports_to(member).map(|to| (to, value.as_ref())),
                _ => None,
            }
            .filter(|(to, _)| *to == name || *to == "default")
        });
        let Some((to, value)) = assigned else {
            return Value::unknown();
        };
        let value = self
            .aside(|run| run.expr(top, value))
            .unwrap_or(Value::Undefined);
        if to == name {
            return value;
        }
        value.property(name).unwrap_or_else(Value::unknown)
    }
}

/// The export that is assigned to: `default` for `module.exports` itself.
fn exports_to(member: &Expr) -> Option<&str> {
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
