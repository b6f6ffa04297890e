//! The lists of `rewrites` and `redirects`.

use super::scope::{Scope, returned};
use super::{Reader, Redirect, Rewrite, RewriteStage, Rule, property};
use crate::facts::code::tree::{Expr, Key, Kind, Property};

/// Which list is read.
#[derive(Clone, Copy)]
struct List {
    /// Of rewrites, when they are tried; `None` for redirects.
    stage: Option<RewriteStage>,
    /// Whether the code that is read runs on a condition.
    maybe: bool,
}

impl List {
    const fn word(self) -> &'static str {
        match self.stage {
            Some(_) => "rewrites",
            None => "redirects",
        }
    }

    /// The same, read on a condition.
    const fn on_condition(self, maybe: bool) -> Self {
        Self {
            maybe: self.maybe || maybe,
            ..self
        }
    }
}

impl Reader<'_, '_> {
    pub(super) fn rewrites(&mut self) {
        // A plain list stands after the files: dist/lib/load-custom-routes.js.
        self.all(Some(RewriteStage::AfterFiles));
    }

    pub(super) fn redirects(&mut self) {
        self.all(None);
    }

    fn all(&mut self, stage: Option<RewriteStage>) {
        let list = List {
            stage,
            maybe: false,
        };
        for setting in self.search.found(list.word()) {
            let list = list.on_condition(setting.maybe);
            self.list(&setting.value, &setting.scope, list, 0);
        }
    }

    fn list(&mut self, expr: &Expr, scope: &Scope, list: List, depth: u32) {
        /// Lists in lists in conditions: real ones have three levels.
        const MAX_DEPTH: u32 = 32;
        let mut is_followed = false;
        let search = self.search;
        search.follow(expr, scope, &mut |value, scope| {
            is_followed = true;
            if depth < MAX_DEPTH {
                self.of_list(value, scope, list, depth + 1);
            } else {
                self.list_unreadable(scope, value, list);
            }
            Some(())
        });
        if !is_followed {
            self.list_unreadable(scope, expr, list);
        }
    }

    fn list_unreadable(&mut self, scope: &Scope, expr: &Expr, list: List) {
        let what = format!("`{}`", list.word());
        self.unreadable(scope, expr, &what);
    }

    fn of_list(&mut self, expr: &Expr, scope: &Scope, list: List, depth: u32) {
        match &expr.kind {
            Kind::Function(function) => {
                let scope = scope.inside(function);
                for (value, nested) in returned(function) {
                    self.list(value, &scope, list.on_condition(nested), depth);
                }
            }
            Kind::Array(items) => {
                for item in items {
                    if item.spread {
                        self.list(&item.value, scope, list, depth);
                    } else {
                        self.element(&item.value, scope, list, depth);
                    }
                }
            }
            Kind::Object(properties) => self.stages(properties, expr, scope, list, depth),
            Kind::Conditional(_, then, other) => {
                let list = list.on_condition(true);
                self.list(then, scope, list, depth);
                self.list(other, scope, list, depth);
            }
            // Of `condition && list`, the left is no list.
            Kind::Logical(_, left, right) => {
                let list = list.on_condition(true);
                if matches!(left.kind, Kind::Array(_)) {
                    self.list(left, scope, list, depth);
                }
                self.list(right, scope, list, depth);
            }
            Kind::Null | Kind::Bool(false) => {}
            Kind::Name(name) if &**name == "undefined" => {}
            Kind::Call {
                callee, arguments, ..
            } => match &callee.kind {
                Kind::Member { object, name, .. } if matches!(&**name, "filter" | "flat") => {
                    self.list(object, scope, list, depth);
                }
                Kind::Member { object, name, .. } if matches!(&**name, "concat" | "resolve") => {
                    // `Promise` is no list.
                    if &**name == "concat" {
                        self.list(object, scope, list, depth);
                    }
                    for argument in arguments {
                        self.list(&argument.value, scope, list, depth);
                    }
                }
                _ => self.list_unreadable(scope, expr, list),
            },
            _ => self.list_unreadable(scope, expr, list),
        }
    }

    /// `{ beforeFiles, afterFiles, fallback }`.
    fn stages(
        &mut self,
        properties: &[Property],
        expr: &Expr,
        scope: &Scope,
        list: List,
        depth: u32,
    ) {
        for property in properties {
            let (name, value) = match property {
                Property::Value(Key::Name(name), value) => (&**name, value),
                Property::Spread(value) => ("...", value),
                _ => {
                    self.list_unreadable(scope, expr, list);
                    continue;
                }
            };
            let stage = match name {
                "beforeFiles" => RewriteStage::BeforeFiles,
                "fallback" => RewriteStage::Fallback,
                _ => RewriteStage::AfterFiles,
            };
            let list = List {
                stage: Some(stage),
                ..list
            };
            self.list(value, scope, list, depth);
        }
    }

    fn element(&mut self, expr: &Expr, scope: &Scope, list: List, depth: u32) {
        let search = self.search;
        let mut is_rule = false;
        search.follow(expr, scope, &mut |value, scope| {
            is_rule = match &value.kind {
                Kind::Object(_) => self.rule(value, scope, list),
                // `condition ? { … } : null` among the elements.
                Kind::Conditional(..) | Kind::Logical(..) | Kind::Null | Kind::Bool(false) => {
                    self.arms(value, scope, list.on_condition(true), depth);
                    true
                }
                _ => false,
            };
            Some(())
        });
        if !is_rule {
            let what = format!("an element of `{}`", list.word());
            self.unreadable(scope, expr, &what);
        }
    }

    fn arms(&mut self, expr: &Expr, scope: &Scope, list: List, depth: u32) {
        // The tree is no deeper than its reader allows, so this ends.
        match &expr.kind {
            Kind::Conditional(_, then, other) => {
                self.element(then, scope, list, depth);
                self.element(other, scope, list, depth);
            }
            Kind::Logical(_, _, right) => self.element(right, scope, list, depth),
            _ => {}
        }
    }

    fn rule(&mut self, expr: &Expr, scope: &Scope, list: List) -> bool {
        let text = |name: &str| {
            let value = property(expr, name)?;
            self.search.text(value, scope)
        };
        let Some(source) = text("source") else {
            return false;
        };
        let destination = text("destination");
        let base_path =
            property(expr, "basePath").is_none_or(|value| value.kind != Kind::Bool(false));
        let rule = Rule {
            source,
            destination,
            conditional: list.maybe
                || property(expr, "has").is_some()
                || property(expr, "missing").is_some(),
            base_path,
        };
        if rule.destination.is_none() {
            let what = format!(
                "the destination of \"{}\" in `{}`",
                rule.source,
                list.word()
            );
            self.unreadable(scope, expr, &what);
        }
        match list.stage {
            Some(stage) => self.config.rewrites.push(Rewrite { stage, rule }),
            None => self.config.redirects.push(Redirect { rule }),
        }
        true
    }
}
