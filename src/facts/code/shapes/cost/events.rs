//! What a receiver of webhooks does with users.

use super::super::super::tree::{Expr, Item, Key, Kind, Property, Statement, StatementKind, Text};
use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::{Cost, Found};

/// The events of users.
const EVENTS: &[&str] = &["user.created", "user.updated", "user.deleted"];

/// What of a user can change after it was created.
const CHANGES: &[&str] = &[
    "email",
    "emailaddress",
    "name",
    "firstname",
    "lastname",
    "fullname",
    "first_name",
    "last_name",
    "username",
    "imageurl",
    "image_url",
    "image",
    "avatar",
    "avatarurl",
    "avatar_url",
    "photo",
];

/// Who else is told of users: that is no row of the app's own database.
const OTHERS: &[&str] = &[
    "posthog",
    "hubspot",
    "stripe",
    "customer",
    "contact",
    "mailchimp",
    "loops",
    "resend",
    "segment",
    "analytics",
    "intercom",
    "crisp",
    "email",
];

pub(super) fn look(seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    if !EVENTS
        .iter()
        .any(|event| seen.module.text().contains(event))
    {
        return;
    }
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, _| {
        if left == 0 {
            return;
        }
        if let Node::Expr(expr) = node
            && let Some(name) = event(expr)
        {
            let name = name.to_owned();
            found.push((expr.at, Cost::Event { name }));
        }
        for (event, body) in branches(node) {
            left = left.saturating_sub(1);
            if event == "user.deleted" {
                continue;
            }
            if let Some((at, call)) = body.write() {
                let fields = body.fields();
                let event = event.to_owned();
                found.push((
                    at,
                    Cost::KeepsUser {
                        call,
                        event,
                        fields,
                    },
                ));
            }
        }
        if let Node::Expr(expr) = node
            && let Kind::Object(properties) = &expr.kind
        {
            for one in properties {
                if let Property::Value(Key::Name(key), _) = one
                    && let Some(name) = EVENTS.iter().find(|event| key.ends_with(*event))
                {
                    let name = (*name).to_owned();
                    found.push((expr.at, Cost::Event { name }));
                }
            }
        }
    });
}

/// The event that a text names; Inngest puts a `clerk/` before it.
fn event(expr: &Expr) -> Option<&'static str> {
    let Kind::Text(text) = &expr.kind else {
        return None;
    };
    let of = |event: &&&str| {
        text.strip_suffix(**event)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    EVENTS.iter().find(of).copied()
}

/// What is done for an event.
enum Body<'a> {
    Statements(Vec<&'a Statement>),
    Value(&'a Expr),
}

/// The branches that a node decides by the type of an event.
fn branches<'a>(node: Node<'a>) -> Vec<(&'static str, Body<'a>)> {
    match node {
        Node::Statement(Statement {
            kind: StatementKind::If(test, then, _),
            ..
        }) => {
            let mut names = Vec::new();
            walk::within(test, &mut |one| {
                if let Kind::Binary(operator, left, right) = &one.kind
                    && !is_negated(*operator)
                {
                    names.extend(event(left).or_else(|| event(right)));
                }
            });
            let body = |name| (name, Body::Statements(vec![&**then]));
            names.into_iter().map(body).collect()
        }
        Node::Statement(Statement {
            kind: StatementKind::Switch(_, cases),
            ..
        }) => {
            let named = cases.iter().enumerate().filter_map(|(at, (test, _))| {
                let name = event(test.as_ref()?)?;
                // A case without a body falls through to the next.
                let bodies = cases.iter().skip(at).map(|(_, body)| body);
                let body = bodies.into_iter().find(|body| !body.is_empty())?;
                Some((name, Body::Statements(body.iter().collect())))
            });
            named.collect()
        }
        Node::Expr(Expr {
            kind: Kind::Object(properties),
            ..
        }) => {
            let named = properties.iter().filter_map(|one| match one {
                Property::Value(Key::Name(key), value) => {
                    let name = EVENTS.iter().find(|event| **event == &**key)?;
                    Some((*name, Body::Value(value)))
                }
                _ => None,
            });
            named.collect()
        }
        _ => Vec::new(),
    }
}

fn is_negated(operator: super::super::super::tree::Binary) -> bool {
    use super::super::super::tree::Binary;
    matches!(
        operator,
        Binary::Strict { negated: true } | Binary::Loose { negated: true }
    )
}

impl Body<'_> {
    fn each(&self, look: &mut dyn FnMut(&Expr)) {
        match self {
            Body::Statements(all) => {
                for one in all {
                    walk::below(std::slice::from_ref(*one), &mut |node| {
                        if let Node::Expr(expr) = node {
                            look(expr);
                        }
                    });
                }
            }
            Body::Value(value) => walk::within(value, &mut |one| look(one)),
        }
    }

    /// The call that writes the user down, by its name.
    fn write(&self) -> Option<(u32, String)> {
        let mut first = None;
        self.each(&mut |expr| {
            if first.is_none()
                && let Kind::Call {
                    callee, arguments, ..
                } = &expr.kind
                && let Some(call) = writes(callee).or_else(|| hands_on(callee, arguments))
            {
                first = Some((expr.at, call));
            }
        });
        first
    }

    /// What of the user is copied, that can change.
    fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        self.each(&mut |expr| {
            let Kind::Object(properties) = &expr.kind else {
                return;
            };
            for one in properties {
                if let Property::Value(Key::Name(key), _) = one
                    && CHANGES.contains(&key.to_ascii_lowercase().as_str())
                    && !fields.iter().any(|known| **known == **key)
                {
                    fields.push(key.to_string());
                }
            }
        });
        fields
    }
}

/// A call that puts a user into the app's own database: `db.user.create()`, `createUser()`,
/// `db.insert(users)`.
fn writes(callee: &Expr) -> Option<String> {
    let name = walk::last_name(callee)?;
    let lower = name.to_ascii_lowercase();
    let begins = [
        "create", "upsert", "insert", "save", "add", "sync", "store", "register",
    ];
    let about_user = |text: &str| text.to_ascii_lowercase().contains("user");
    let elsewhere = OTHERS.iter().any(|other| lower.contains(other));
    let writes = !elsewhere && begins.iter().any(|word| lower.starts_with(word));
    match &callee.kind {
        Kind::Name(_) => (writes && about_user(name)).then(|| format!("{name}()")),
        Kind::Member { object, .. } => {
            let object = walk::bare(object);
            let of = walk::last_name(object).or_else(|| table(object));
            let is_user = about_user(name) || of.is_some_and(|of| about_user(of));
            // `clerkClient.users.createUser()` would be Clerk's own.
            let clerks =
                super::root(object).is_some_and(|root| root.to_ascii_lowercase().contains("clerk"));
            let drizzle = lower == "insert"
                && of.is_some_and(|of| matches!(&**of, "db" | "database" | "tx" | "drizzle"));
            let text = of.map_or_else(|| format!("{name}()"), |of| format!("{of}.{name}()"));
            // In the branch of an event of a user, any record that is made is theirs.
            let prisma = super::query::prisma_model(object).is_some();
            (!clerks && ((writes && (is_user || prisma)) || drizzle)).then_some(text)
        }
        _ => None,
    }
}

/// The table of `supabase.from('users')` and the collection of `db.collection('users')`.
fn table(expr: &Expr) -> Option<&Text> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let asks = walk::last_name(callee).is_some_and(|name| matches!(&**name, "from" | "collection"));
    match &arguments.first().filter(|_| asks)?.value.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

/// `ctx.runMutation(internal.users.upsert, …)` of Convex.
fn hands_on(callee: &Expr, arguments: &[Item]) -> Option<String> {
    walk::last_name(callee).filter(|name| &***name == "runMutation")?;
    let function = &arguments.first()?.value;
    writes(function).map(|call| call.trim_end_matches("()").to_owned())
}
