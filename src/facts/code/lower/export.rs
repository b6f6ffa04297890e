//! Imports and exports, of modules and of CommonJS.

use std::collections::HashSet;

use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, Declaration, ExportDefaultDeclaration,
    ExportDefaultDeclarationKind, ExportFromDeclaration, ExportNamedDeclaration, Expression,
    ImportDeclaration, ImportDeclarationSpecifier, Statement, TSImportEqualsDeclaration,
    TSModuleReference,
};

use super::Lower;
use crate::facts::code::module::Module;
use crate::facts::code::value::{Export, Exported, Form, Import, Offset, Taken, Value};

/// Reads a statement of the top level that concerns other modules; `false` for any other.
pub(super) fn statement(lower: &mut Lower, statement: &Statement<'_>, module: &mut Module) -> bool {
    match statement {
        Statement::ImportDeclaration(import) => imports(import, module),
        Statement::ExportAllDeclaration(all) if all.export_kind.is_type() => {}
        Statement::ExportAllDeclaration(all) => match &all.exported {
            None => module.stars.push(all.source.value.to_string()),
            Some(name) => module.exports.push(Export {
                name: name.name().to_string(),
                exported: Exported::From {
                    source: all.source.value.to_string(),
                    taken: Taken::All,
                },
                form: Form::Specifier,
                at: all.span.start,
            }),
        },
        Statement::ExportDefaultDeclaration(default) => export_default(lower, default, module),
        Statement::ExportDeclaration(export) => declared(lower, &export.declaration, module),
        Statement::ExportNamedDeclaration(export) => named(export, module),
        Statement::ExportFromDeclaration(export) => from(export, module),
        Statement::TSImportEqualsDeclaration(import) => import_equals(import, module),
        Statement::TSExportAssignment(export) => {
            let value = lower.expression(&export.expression);
            push(module, "default", value, Form::CommonJs, export.span.start);
        }
        Statement::ExpressionStatement(one) => {
            return match one.expression.get_inner_expression() {
                Expression::AssignmentExpression(set) => common_js(lower, set, module),
                _ => false,
            };
        }
        _ => return false,
    }
    true
}

fn push(module: &mut Module, name: &str, value: Value, form: Form, at: Offset) {
    module.exports.push(Export {
        name: name.to_owned(),
        exported: Exported::Value(value),
        form,
        at,
    });
}

fn imports(import: &ImportDeclaration<'_>, module: &mut Module) {
    let whole_is_type = import.import_kind.is_type();
    for specifier in import.specifiers.iter().flatten() {
        let (local, taken, type_only) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(one) => (
                &one.local,
                Taken::Export(one.imported.name().to_string()),
                one.import_kind.is_type(),
            ),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                (&one.local, Taken::Export("default".to_owned()), false)
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => {
                (&one.local, Taken::All, false)
            }
        };
        module.imports.push(Import {
            local: local.name.to_string(),
            taken,
            source: import.source.value.to_string(),
            type_only: type_only || whole_is_type,
            at: local.span.start,
        });
    }
}

/// `import x = require("y")`; an alias of a namespace takes nothing from another module.
fn import_equals(import: &TSImportEqualsDeclaration<'_>, module: &mut Module) {
    if let TSModuleReference::ExternalModuleReference(source) = &import.module_reference {
        module.imports.push(Import {
            local: import.id.name.to_string(),
            taken: Taken::All,
            source: source.expression.value.to_string(),
            type_only: import.import_kind.is_type(),
            at: import.id.span.start,
        });
    }
}

fn export_default(lower: &mut Lower, default: &ExportDefaultDeclaration<'_>, module: &mut Module) {
    let at = default.span.start;
    let (value, name) = match &default.declaration {
        ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
            (lower.function(function), function.id.as_ref())
        }
        ExportDefaultDeclarationKind::ClassDeclaration(class) => {
            (lower.class(class), class.id.as_ref())
        }
        ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => return,
        other => match other.as_expression() {
            Some(expression) => (lower.expression(expression), None),
            None => return,
        },
    };
    if let Some(name) = name {
        module.body.locals.push((name.name.to_string(), value));
        let value = Value::Name {
            name: name.name.to_string(),
            at: name.span.start,
        };
        push(module, "default", value, Form::Default, at);
    } else {
        module.body.step(value.clone(), super::Fate::Kept, false);
        push(module, "default", value, Form::Default, at);
    }
}

/// `export const x = …`: bound as without `export`, and exported by its name.
fn declared(lower: &mut Lower, declaration: &Declaration<'_>, module: &mut Module) {
    lower.declaration(declaration, false, &mut module.body);
    let names: Vec<(String, Offset, Form)> = match declaration {
        Declaration::VariableDeclaration(variables) => variables
            .declarations
            .iter()
            .enumerate()
            .flat_map(|(index, one)| {
                let plain = one.id.is_binding_identifier() && index == 0;
                let form = if plain {
                    Form::Declaration
                } else {
                    Form::Pattern
                };
                let names = one.id.get_binding_identifiers();
                names
                    .into_iter()
                    .map(move |id| (id.name.to_string(), id.span.start, form))
            })
            .collect(),
        Declaration::FunctionDeclaration(function) => function
            .id
            .iter()
            .map(|id| (id.name.to_string(), id.span.start, Form::Declaration))
            .collect(),
        Declaration::ClassDeclaration(class) => class
            .id
            .iter()
            .map(|id| (id.name.to_string(), id.span.start, Form::Declaration))
            .collect(),
        _ => Vec::new(),
    };
    for (name, at, form) in names {
        let value = Value::Name {
            name: name.clone(),
            at,
        };
        push(module, &name, value, form, at);
    }
}

fn named(export: &ExportNamedDeclaration<'_>, module: &mut Module) {
    for one in &export.specifiers {
        if export.export_kind.is_type() || one.export_kind.is_type() {
            continue;
        }
        let value = Value::Name {
            name: one.local.name().to_string(),
            at: one.span.start,
        };
        push(
            module,
            &one.exported.name(),
            value,
            Form::Specifier,
            one.span.start,
        );
    }
}

fn from(export: &ExportFromDeclaration<'_>, module: &mut Module) {
    for one in &export.specifiers {
        if export.export_kind.is_type() || one.export_kind.is_type() {
            continue;
        }
        module.exports.push(Export {
            name: one.exported.name().to_string(),
            exported: Exported::From {
                source: export.source.value.to_string(),
                taken: Taken::Export(one.local.name().to_string()),
            },
            form: Form::Specifier,
            at: one.span.start,
        });
    }
}

/// `module.exports = …`, `module.exports.x = …`, `exports.x = …`; `false` for any other assignment.
fn common_js(lower: &mut Lower, set: &AssignmentExpression<'_>, module: &mut Module) -> bool {
    let AssignmentTarget::StaticMemberExpression(target) = &set.left else {
        return false;
    };
    let property = target.property.name.as_str();
    let whole = target.object.is_specific_id("module") && property == "exports";
    let one = target.object.is_specific_id("exports")
        || target
            .object
            .as_member_expression()
            .is_some_and(|object| object.is_specific_member_access("module", "exports"));
    if !whole && !one {
        return false;
    }
    let at = set.span.start;
    let value = lower.expression(&set.right);
    module.body.step(value.clone(), super::Fate::Kept, false);
    if one {
        push(module, property, value, Form::CommonJs, at);
        return true;
    }
    if let Value::Object(properties) = &value {
        for (name, value) in properties {
            push(module, name, value.clone(), Form::CommonJs, at);
        }
    }
    push(module, "default", value, Form::CommonJs, at);
    true
}

/// `const { clerkMiddleware } = require("@clerk/express")` is an import in other words.
pub(super) fn imports_by_require(module: &mut Module) {
    let mut found = Vec::new();
    for (local, value) in &module.body.locals {
        let (source, taken, at) = match value {
            Value::Import(source) => (source, Taken::All, 0),
            Value::Member {
                object,
                property,
                at,
            } => match object.as_ref() {
                Value::Import(source) => (source, Taken::Export(property.clone()), *at),
                _ => continue,
            },
            _ => continue,
        };
        found.push(Import {
            local: local.clone(),
            taken,
            source: source.clone(),
            type_only: false,
            at,
        });
    }
    let imported: HashSet<&str> = found.iter().map(|import| import.local.as_str()).collect();
    module
        .body
        .locals
        .retain(|(local, _)| !imported.contains(local.as_str()));
    module.imports.append(&mut found);
}
