//! What a value of a module does.

use super::{ClerkUse, Left, Scope, Walk, place, undecided};
use crate::facts::code::clerk;
use crate::facts::code::value::{Fate, Function, Offset, Taken, Value};

impl Walk<'_> {
    pub(super) fn functions_of(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return ClerkUse::No;
        };
        match value {
            Value::Function(_) => self.handler(value, scope, left),
            Value::Object(parts) => self.any(parts.iter().map(|(_, part)| part), |part| {
                self.functions_of(part, scope, left)
            }),
            _ => ClerkUse::No,
        }
    }

    /// Whether a value runs Clerk once it is called or registered.
    pub(super) fn handler(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return undecided("the code nests too deep to follow", scope, 0);
        };
        self.guarded(std::ptr::from_ref(value).cast(), scope, || match value {
            Value::Name { name, at } => self.name(name, *at, scope, left),
            Value::Member {
                object,
                property,
                at,
            } => self.member(object, property, *at, scope, left),
            Value::Call {
                callee, arguments, ..
            } => {
                let made = self.handler(callee, scope, left);
                let given = || self.any(arguments.iter(), |one| self.handler(one, scope, left));
                if made.rank() == 4 {
                    made
                } else {
                    made.or(given())
                }
            }
            Value::Function(function) => self.function(function, scope, left),
            Value::Either(arms) => self.either(arms.iter(), |arm| self.handler(arm, scope, left)),
            Value::List(all) | Value::Parts(all) => {
                self.any(all.iter(), |one| self.handler(one, scope, left))
            }
            Value::Object(all) => self.any(all.iter().map(|(_, one)| one), |one| {
                self.handler(one, scope, left)
            }),
            Value::Import(source) => self.taken(source, &Taken::All, 0, scope, left),
            Value::Text(_) | Value::Flag(_) | Value::Unknown => ClerkUse::No,
        })
    }

    fn function(&self, function: &Function, outer: &Scope<'_>, left: Left) -> ClerkUse {
        let scope = Scope {
            function,
            outer: Some(outer),
            ..*outer
        };
        self.body(function, &scope, left)
    }

    /// Whether evaluating the steps of a function runs Clerk, or answers with something that does.
    pub(super) fn body(&self, function: &Function, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let mut best = ClerkUse::No;
        // Whether some requests have already been answered without Clerk.
        let mut answered = false;
        for step in &function.steps {
            let found = match step.fate {
                Fate::Returned => self.handler(&step.value, scope, left),
                Fate::Kept | Fate::Dropped => self.evaluated(&step.value, scope, left),
            };
            answered |= step.fate == Fate::Returned && step.branch && !found.is_yes();
            best = best.or(found.under(step.branch || answered));
            if best.rank() == 4 {
                break;
            }
        }
        best
    }

    /// Whether evaluating an expression runs Clerk or hands it to something that will. Making a
    /// middleware, as `clerkMiddleware()` does, does not yet run it.
    fn evaluated(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return undecided("the code nests too deep to follow", scope, 0);
        };
        match value {
            Value::Call {
                callee, arguments, ..
            } => {
                let called = self.called(callee, scope, left);
                if called.rank() == 4 {
                    return called;
                }
                called.or(self.any(arguments.iter(), |one| self.handler(one, scope, left)))
            }
            Value::Member { object, .. } => self.evaluated(object, scope, left),
            Value::Either(arms) => self.either(arms.iter(), |arm| self.evaluated(arm, scope, left)),
            Value::List(all) | Value::Parts(all) => {
                self.any(all.iter(), |one| self.evaluated(one, scope, left))
            }
            Value::Object(all) => self.any(all.iter().map(|(_, one)| one), |one| {
                self.evaluated(one, scope, left)
            }),
            _ => ClerkUse::No,
        }
    }

    /// What calling this does, the result not being used as a handler.
    fn called(&self, callee: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let made = self.handler(callee, scope, left);
        if made.is_yes() && self.is_clerk_itself(callee, scope, left) {
            return ClerkUse::No;
        }
        match callee {
            // `app.use(a).use(b)`: what stands left of the dot is evaluated as well.
            Value::Member { object, .. } => made.or(self.evaluated(object, scope, left)),
            _ => made,
        }
    }

    /// Whether this names one of Clerk's functions, and not something made by one.
    fn is_clerk_itself(&self, value: &Value, scope: &Scope<'_>, left: Left) -> bool {
        match value {
            Value::Name { name, .. } => match scope.local(name) {
                None => scope.module.import(name).is_some_and(|import| {
                    clerk::is_package(&import.source)
                        || self.passes_clerk_on(scope.file, import, left.hops)
                }),
                Some(_) => false,
            },
            Value::Member { object, .. } => match object.as_ref() {
                Value::Name { name, .. } => scope
                    .module
                    .import(name)
                    .is_some_and(|import| clerk::is_package(&import.source)),
                Value::Import(source) => clerk::is_package(source),
                _ => false,
            },
            _ => false,
        }
    }

    fn name(&self, name: &str, at: Offset, scope: &Scope<'_>, left: Left) -> ClerkUse {
        if let Some(owner) = scope.local(name) {
            let held = owner
                .function
                .locals
                .iter()
                .filter(|(local, _)| local == name);
            return self.either(held.map(|(_, value)| value), |value| {
                self.handler(value, owner, left)
            });
        }
        match scope.module.import(name) {
            Some(import) if !import.type_only => {
                self.taken(&import.source, &import.taken, at, scope, left)
            }
            _ => ClerkUse::No,
        }
    }

    fn member(
        &self,
        object: &Value,
        property: &str,
        at: Offset,
        scope: &Scope<'_>,
        left: Left,
    ) -> ClerkUse {
        let export = Taken::Export(property.to_owned());
        match object {
            Value::Import(source) => return self.taken(source, &export, at, scope, left),
            Value::Name { name, .. } => {
                if let Some(owner) = scope.local(name) {
                    return self.member_of_local(owner, name, property, left);
                }
                if let Some(import) = scope.module.import(name).filter(|import| !import.type_only) {
                    let whole = import.taken == Taken::All
                        || (clerk::is_package(&import.source)
                            && import.taken == Taken::Export("default".to_owned()));
                    if whole {
                        return self.taken(&import.source, &export, at, scope, left);
                    }
                }
            }
            _ => {}
        }
        // `createClerkClient(…).authenticateRequest(…)`, `this.clerk.authenticateRequest(…)`
        if clerk::BY_HAND.contains(&property) && speaks_of_clerk(object, scope) {
            return ClerkUse::ByHand {
                call: property.to_owned(),
                place: place(scope.file, scope.module, at),
            };
        }
        self.handler(object, scope, left)
    }

    fn member_of_local(
        &self,
        owner: &Scope<'_>,
        name: &str,
        property: &str,
        left: Left,
    ) -> ClerkUse {
        let held = owner
            .function
            .locals
            .iter()
            .filter(|(local, _)| local == name);
        self.either(held.map(|(_, value)| value), |value| {
            if clerk::BY_HAND.contains(&property) && speaks_of_clerk(value, owner) {
                let at = first_offset(value);
                return ClerkUse::ByHand {
                    call: property.to_owned(),
                    place: place(owner.file, owner.module, at),
                };
            }
            match value {
                Value::Object(_) => value
                    .property(property)
                    .map_or(ClerkUse::No, |value| self.handler(value, owner, left)),
                other => self.handler(other, owner, left),
            }
        })
    }
}

/// Whether an object is likely Clerk's client: it says so, or the module takes something from Clerk.
fn speaks_of_clerk(object: &Value, scope: &Scope<'_>) -> bool {
    let named = match object {
        Value::Name { name, .. } => name.to_ascii_lowercase().contains("clerk"),
        Value::Member { property, .. } => property.to_ascii_lowercase().contains("clerk"),
        _ => false,
    };
    named
        || scope
            .module
            .imports
            .iter()
            .any(|import| clerk::is_package(&import.source))
}

fn first_offset(value: &Value) -> Offset {
    match value {
        Value::Name { at, .. } | Value::Member { at, .. } | Value::Call { at, .. } => *at,
        _ => 0,
    }
}
