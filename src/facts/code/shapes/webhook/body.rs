//! What is verified: the text that was signed, or something made of it.

use super::super::super::module::Module;
use super::super::super::tree::{Expr, Kind, Offset, Statement, StatementKind};
use super::super::ParsedBody;
use super::super::walk::{self, Node};
use super::{How, Verification};

pub(super) fn of(
    path: &str,
    module: &Module,
    call: &Verification<'_, '_>,
) -> Option<(Offset, ParsedBody)> {
    match call.how {
        How::Svix => signed(path, module, call),
        How::Clerk => consumed(module, call),
        How::Own => None,
    }
}

/// What svix is given. It wants the text as it came (docs.svix.com/receiving/verifying-payloads/how).
fn signed(
    path: &str,
    module: &Module,
    call: &Verification<'_, '_>,
) -> Option<(Offset, ParsedBody)> {
    let given = held(&call.arguments.first()?.value, call);
    // `typeof body === 'string' ? body : JSON.stringify(body)`: the other way is taken where a parser ran.
    if let Kind::Conditional(_, one, other) = &given.kind {
        return [one, other]
            .into_iter()
            .map(|way| walk::bare(way))
            .find(|way| is_made_text(way))
            .map(|way| (way.at, ParsedBody::Again));
    }
    let at = given.at;
    let pages = path.contains("pages/api/") && !says_raw(module);
    match &given.kind {
        Kind::Call {
            callee, arguments, ..
        } => {
            let name = walk::last_name(callee)?;
            let of_json = matches!(&callee.kind, Kind::Member { object, .. }
                if walk::name(object).is_some_and(|object| &**object == "JSON"));
            if of_json && &**name == "stringify" {
                let text = held(&arguments.first()?.value, call);
                return (is_parsed(text) || is_body(text)).then_some((at, ParsedBody::Again));
            }
            if is_parsed(given) {
                return Some((at, ParsedBody::Object));
            }
            // `buffer(req)` of micro waits for a stream that Next.js has read already.
            let stream =
                matches!(&**name, "buffer" | "text" | "getRawBody") && walk::name(callee).is_some();
            (pages && stream).then_some((at, ParsedBody::Consumed))
        }
        Kind::Member { .. } if pages && is_body(given) => Some((at, ParsedBody::Object)),
        _ => None,
    }
}

/// Whether the route says that Next.js should leave its body alone.
fn says_raw(module: &Module) -> bool {
    let plain: String = module
        .text()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    plain.contains("bodyParser:false")
}

/// What a name holds, within the function around the call; a `.toString()` of it changes nothing.
fn held<'a>(expr: &'a Expr, call: &Verification<'a, '_>) -> &'a Expr {
    let declared = walk::name(expr).and_then(|name| {
        let body = &walk::function(call.trail)?.body;
        walk::declared(name, body)
    });
    let held = walk::bare(declared.unwrap_or(expr));
    match &held.kind {
        Kind::Call { callee, .. } => match &callee.kind {
            Kind::Member { object, name, .. } if &**name == "toString" => walk::bare(object),
            _ => held,
        },
        _ => held,
    }
}

/// `JSON.stringify(…)`.
fn is_made_text(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Call { callee, .. }
        if matches!(&callee.kind, Kind::Member { object, name, .. }
            if &**name == "stringify" && walk::name(object).is_some_and(|object| &**object == "JSON")))
}

/// `request.json()`.
fn is_parsed(expr: &Expr) -> bool {
    matches!(&walk::bare(expr).kind, Kind::Call { callee, .. }
        if matches!(&callee.kind, Kind::Member { object, name, .. }
            if &**name == "json" && is_request(object)))
}

/// `req.body`.
fn is_body(expr: &Expr) -> bool {
    matches!(&walk::bare(expr).kind, Kind::Member { object, name, .. }
        if &**name == "body" && is_request(object))
}

fn is_request(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Name(name) | Kind::Member { name, .. } => {
            matches!(&**name, "req" | "request" | "_req" | "_request")
        }
        _ => false,
    }
}

/// Whether the body was read before `verifyWebhook(request)` reads it. A body can be read once
/// (fetch.spec.whatwg.org, "consume body").
fn consumed(module: &Module, call: &Verification<'_, '_>) -> Option<(Offset, ParsedBody)> {
    const READS: &[&str] = &["json", "text", "formData", "arrayBuffer", "blob"];
    const PARSED_BEFORE: &[&str] = &["@clerk/express/webhooks", "@clerk/fastify/webhooks"];
    if module
        .imports
        .iter()
        .any(|import| PARSED_BEFORE.contains(&import.source.as_str()))
    {
        return None;
    }
    let request = walk::name(&call.arguments.first()?.value)?;
    let body = &walk::function(call.trail)?.body;
    // What stands in a branch may belong to another request than the one that is verified.
    let plain = |one: &&Statement| {
        matches!(
            one.kind,
            StatementKind::Declare(_) | StatementKind::Expr(_) | StatementKind::Try { .. }
        )
    };
    let reads = |expr: &Expr| {
        let Kind::Call { callee, .. } = &expr.kind else {
            return false;
        };
        matches!(&callee.kind, Kind::Member { object, name, .. }
            if walk::name(object) == Some(request) && READS.contains(&&**name))
    };
    let mut read = None;
    for one in body.iter().filter(plain) {
        walk::below(std::slice::from_ref(one), &mut |node| {
            if let Node::Expr(expr) = node
                && read.is_none()
                && expr.at < call.call.at
                && reads(expr)
            {
                read = Some((expr.at, ParsedBody::Consumed));
            }
        });
    }
    read
}
