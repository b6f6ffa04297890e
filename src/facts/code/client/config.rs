//! Settings of bundlers and frameworks that write values into the browser's code.

use crate::facts::code::Project;
use crate::facts::code::module::Module;
use crate::facts::code::resolve::join;
use crate::facts::code::shapes::walk::{self, Node, Trail};
use crate::facts::code::tree::{Expr, Item, Key, Kind, Property, Statement, StatementKind};
use crate::facts::secrets::is_secret_name;
use crate::model::Place;

/// Configs that are code, by their names without extension.
const CONFIGS: &[&str] = &[
    "next.config",
    "vite.config",
    "nuxt.config",
    "astro.config",
    "svelte.config",
    "webpack.config",
    "craco.config",
    "config-overrides",
    "vue.config",
    "rsbuild.config",
    "wxt.config",
    "electron.vite.config",
    "app.config",
];

const EXTENSIONS: &[&str] = &["ts", "mts", "js", "mjs", "cjs"];

/// At most this many settings of one file are told.
const MOST: usize = 10;

/// A setting that hands something to the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Where.
    pub place: Place,
    /// The setting, as written: `define`, `env`.
    pub setting: String,
    /// What it hands over.
    pub what: Exposed,
}

/// What a setting hands to the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposed {
    /// A secret, by the name of its variable or key.
    Secret(String),
    /// The whole environment.
    Environment,
    /// Every variable whose name begins so.
    Prefix(String),
}

/// The settings of the app in a folder that hand secrets to the browser.
pub(super) fn exposures(project: &Project<'_>, folder: &str) -> Vec<Exposure> {
    let mut all = Vec::new();
    for stem in CONFIGS {
        let files = EXTENSIONS
            .iter()
            .map(|end| join(folder, &format!("{stem}.{end}")));
        let found = files
            .into_iter()
            .find(|file| project.sources().is_file(file));
        let Some(file) = found else { continue };
        if let Some(Ok(module)) = project.module(&file) {
            let mut config = Config {
                stem,
                file: &file,
                module: &module,
                found: Vec::new(),
            };
            config.look();
            all.append(&mut config.found);
        }
    }
    all
}

struct Config<'c> {
    stem: &'c str,
    file: &'c str,
    module: &'c Module,
    found: Vec<Exposure>,
}

impl Config<'_> {
    fn look(&mut self) {
        let program = self.module.program.clone();
        walk::program(&program, &mut |node, trail| {
            let Node::Expr(expr) = node else { return };
            if self.found.len() >= MOST || for_the_server(trail) {
                return;
            }
            match &expr.kind {
                Kind::Object(properties) => self.object(properties, trail),
                Kind::New { callee, arguments } => self.plugin(callee, arguments),
                _ => {}
            }
        });
    }

    fn object(&mut self, properties: &[Property], trail: &Trail<'_>) {
        for property in properties {
            let Property::Value(Key::Name(name), value) = property else {
                continue;
            };
            let next = self.stem == "next.config";
            match &**name {
                "env" | "publicRuntimeConfig" if next => self.values(name, value),
                "define" if !next => self.values("define", value),
                "public" if self.stem == "nuxt.config" && is_within(trail, "runtimeConfig") => {
                    self.values("runtimeConfig.public", value);
                }
                "extra" if self.stem == "app.config" => self.values("extra", value),
                "envPrefix" | "publicPrefix" => self.prefixes(name, value),
                "schema" if self.stem == "astro.config" => self.schema(value),
                _ => {}
            }
        }
    }

    /// `new DefinePlugin({ … })`, `new EnvironmentPlugin([ … ])`.
    fn plugin(&mut self, callee: &Expr, arguments: &[Item]) {
        let Some(name) = walk::last_name(callee) else {
            return;
        };
        let Some(first) = arguments.first() else {
            return;
        };
        match (&**name, &first.value.kind) {
            ("DefinePlugin", _) => self.values(name, &first.value),
            ("EnvironmentPlugin", Kind::Array(items)) => {
                for item in items {
                    if let Kind::Text(variable) = &item.value.kind
                        && is_secret_name(variable)
                    {
                        self.add(item.value.at, name, Exposed::Secret(variable.to_string()));
                    }
                }
            }
            ("EnvironmentPlugin", Kind::Object(_)) => self.values(name, &first.value),
            _ => {}
        }
    }

    /// An object whose values the browser gets.
    fn values(&mut self, setting: &str, object: &Expr) {
        if let Some(whole) = self.environment(object) {
            self.add(whole, setting, Exposed::Environment);
            return;
        }
        let object = self.held(object).unwrap_or(object).clone();
        let Kind::Object(properties) = &object.kind else {
            return;
        };
        for property in properties {
            match property {
                Property::Value(Key::Name(name), value) => {
                    if let Some(at) = self.environment(value) {
                        self.add(at, setting, Exposed::Environment);
                    } else if let Some(secret) = secret_in(name, value) {
                        self.add(value.at, setting, Exposed::Secret(secret));
                    } else if matches!(value.kind, Kind::Object(_)) {
                        self.values(setting, value);
                    }
                }
                Property::Spread(value) => {
                    if let Some(at) = self.environment(value) {
                        self.add(at, setting, Exposed::Environment);
                    }
                }
                Property::Value(Key::Computed(_), _) | Property::Getter(..) => {}
            }
        }
    }

    /// What a name of the file holds.
    fn held(&self, expr: &Expr) -> Option<&Expr> {
        walk::declared(walk::name(expr)?, &self.module.program.body)
    }

    /// Whether a value is the whole environment: `process.env`, or what Vite's `loadEnv` gives with an empty
    /// prefix, also as a text.
    fn environment(&self, expr: &Expr) -> Option<u32> {
        let expr = walk::bare(expr);
        match &expr.kind {
            Kind::Member { object, name, .. } => {
                let process = walk::name(object).is_some_and(|one| &**one == "process");
                (process && &**name == "env").then_some(expr.at)
            }
            Kind::Call {
                callee, arguments, ..
            } => match &**walk::last_name(callee)? {
                "stringify" => self.environment(&arguments.first()?.value),
                "loadEnv" => {
                    let prefix = &arguments.get(2)?.value;
                    matches!(&prefix.kind, Kind::Text(text) if text.is_empty()).then_some(expr.at)
                }
                _ => None,
            },
            Kind::Name(_) => {
                let held = walk::bare(self.held(expr)?);
                let loads = matches!(&held.kind, Kind::Call { callee, .. }
                    if walk::last_name(callee).is_some_and(|name| &**name == "loadEnv"));
                let whole = loads || matches!(held.kind, Kind::Member { .. });
                whole.then(|| self.environment(held)).flatten()?;
                Some(expr.at)
            }
            _ => None,
        }
    }

    fn prefixes(&mut self, setting: &str, value: &Expr) {
        let one = |expr: &Expr| match &expr.kind {
            // `CLERK_PUBLISHABLE_…` takes no secret with it.
            Kind::Text(text) if is_wide(text) => Some(text.to_string()),
            _ => None,
        };
        let items = match &value.kind {
            Kind::Array(items) => items.iter().find_map(|item| one(&item.value)),
            _ => one(value),
        };
        if let Some(prefix) = items {
            self.add(value.at, setting, Exposed::Prefix(prefix));
        }
    }

    /// Astro's `env.schema`: `X: envField.string({ context: "client", … })`.
    fn schema(&mut self, value: &Expr) {
        let Kind::Object(properties) = &value.kind else {
            return;
        };
        for property in properties {
            let Property::Value(Key::Name(name), field) = property else {
                continue;
            };
            let client = walk::any(field, |one| {
                match &one.kind {
                Kind::Object(options) => options.iter().any(|option| {
                    matches!(option, Property::Value(Key::Name(key), Expr { kind: Kind::Text(text), .. })
                        if &**key == "context" && &**text == "client")
                }),
                _ => false,
            }
            });
            if client && is_secret_name(name) {
                self.add(field.at, "env.schema", Exposed::Secret(name.to_string()));
            }
        }
    }

    fn add(&mut self, at: u32, setting: &str, what: Exposed) {
        let spot = self.module.spot(at);
        let exposure = Exposure {
            place: Place::Span {
                file: self.file.to_owned(),
                line: spot.line,
                column: spot.column,
                excerpt: None,
            },
            setting: setting.to_owned(),
            what,
        };
        if self.found.len() < MOST && !self.found.contains(&exposure) {
            self.found.push(exposure);
        }
    }
}

/// A prefix that takes Clerk's secrets with it.
fn is_wide(prefix: &str) -> bool {
    ["CLERK_SECRET_KEY", "CLERK_WEBHOOK_SIGNING_SECRET"]
        .iter()
        .any(|name| name.starts_with(prefix))
}

/// The secret that a value holds: a variable in it, or what its key says of a value that is filled in.
fn secret_in(key: &str, value: &Expr) -> Option<String> {
    let mut variable = None;
    let mut asks = false;
    walk::within(value, &mut |one| {
        if let Some(name) = walk::variable(one)
            && is_secret_name(name)
        {
            variable.get_or_insert_with(|| name.to_string());
        }
        // `Boolean(process.env.X)`, `process.env.X ? … : …` and `!!process.env.X` give nothing away.
        asks |= matches!(
            one.kind,
            Kind::Unary(..) | Kind::Conditional(..) | Kind::Binary(..)
        );
        asks |= matches!(&one.kind, Kind::Call { callee, .. }
            if walk::last_name(callee).is_some_and(|name| &**name == "Boolean"));
    });
    if asks {
        return None;
    }
    let filled = match &walk::bare(value).kind {
        Kind::Text(text) => text.len() >= 16,
        Kind::Call { .. } | Kind::Name(_) | Kind::Member { .. } => true,
        _ => false,
    };
    variable.or_else(|| {
        let named = key.rsplit('.').next().unwrap_or(key);
        (is_secret_name(named) && filled).then(|| named.to_owned())
    })
}

/// Whether a property of this name stands around.
fn is_within(trail: &Trail<'_>, name: &str) -> bool {
    trail.iter().any(|node| match node {
        Node::Expr(Expr {
            kind: Kind::Object(properties),
            ..
        }) => properties
            .iter()
            .any(|one| matches!(one, Property::Value(Key::Name(key), _) if &**key == name)),
        _ => false,
    })
}

/// Whether what stands around chooses the build for the server.
fn for_the_server(trail: &Trail<'_>) -> bool {
    let asks = |test: &Expr| {
        walk::any(test, |one| match &one.kind {
            Kind::Name(name) | Kind::Member { name, .. } => {
                matches!(
                    &**name,
                    "isServer" | "isSsrBuild" | "nextRuntime" | "ssrBuild"
                )
            }
            _ => false,
        })
    };
    trail.iter().any(|node| match node {
        Node::Statement(Statement {
            kind: StatementKind::If(test, ..),
            ..
        }) => asks(test),
        Node::Expr(Expr {
            kind: Kind::Conditional(test, ..) | Kind::Logical(_, test, _),
            ..
        }) => asks(test),
        _ => false,
    })
}
