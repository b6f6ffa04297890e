//! What a call does that nobody should do without being asked who they are.
//!
//! The evidence is the name of the call, as a reviewer would take it: `db.user.update()` writes.

use super::value::{Opaque, Origin, Value};
use crate::model::routes::Sensitivity;

/// Packages whose calls change nothing outside the program.
const HARMLESS: &[&str] = &[
    "crypto",
    "react",
    "path",
    "url",
    "util",
    "zod",
    "yup",
    "valibot",
    "lodash",
    "date-fns",
    "dayjs",
    "moment",
    "clsx",
    "uuid",
    "nanoid",
    "superjson",
    "querystring",
    "qs",
    "buffer",
    "events",
    "stream",
    "jose",
    "jsonwebtoken",
    "bcrypt",
    "bcryptjs",
    "use client",
    "@t3-oss/env-nextjs",
    "@hono/zod-validator",
    "immer",
    "pino",
    "winston",
];

/// Packages that are paid by the call, or act in the app's name.
const PAID: &[&str] = &[
    "openai",
    "@anthropic-ai/",
    "ai",
    "@ai-sdk/",
    "replicate",
    "stripe",
    "resend",
    "twilio",
    "@sendgrid/",
    "nodemailer",
    "postmark",
    "@google/generative-ai",
    "@google/genai",
    "@google-cloud/",
    "groq-sdk",
    "cohere-ai",
    "together-ai",
    "elevenlabs",
    "@elevenlabs/",
    "@fal-ai/",
    "@aws-sdk/",
    "cloudinary",
    "openai-edge",
    "langchain",
    "@langchain/",
    "@pinecone-database/",
    "@mistralai/",
    "assemblyai",
    "@deepgram/",
    "livekit-server-sdk",
    "@lemonsqueezy/",
    "@paddle/",
    "razorpay",
    "@huggingface/",
    "@vercel/blob",
    "uploadthing/server",
    "mailgun.js",
    "@mailchimp/",
    "@slack/",
    "@octokit/",
    "web-push",
];

const WRITES: &[&str] = &[
    "create",
    "createMany",
    "createManyAndReturn",
    "update",
    "updateMany",
    "upsert",
    "delete",
    "deleteMany",
    "insert",
    "insertOne",
    "insertMany",
    "updateOne",
    "deleteOne",
    "replaceOne",
    "findOneAndUpdate",
    "findByIdAndUpdate",
    "findOneAndDelete",
    "findByIdAndDelete",
    "findOneAndReplace",
    "bulkWrite",
    "save",
    "destroy",
    "bulkCreate",
    "$executeRaw",
    "$executeRawUnsafe",
    "insertInto",
    "deleteFrom",
    "updateTable",
    "writeFile",
    "writeFileSync",
    "appendFile",
    "unlink",
    "rm",
    "rmdir",
    "mkdir",
    "rename",
    "exec",
    "execSync",
    "spawn",
    "hset",
    "lpush",
    "rpush",
    "zadd",
    "incr",
];

const READS: &[&str] = &[
    "findMany",
    "findUnique",
    "findFirst",
    "findUniqueOrThrow",
    "findFirstOrThrow",
    "findOne",
    "findById",
    "find",
    "select",
    "from",
    "selectFrom",
    "query",
    "aggregate",
    "groupBy",
    "get",
    "list",
    "retrieve",
];

const PAID_CALLS: &[&str] = &[
    "create",
    "send",
    "sendMail",
    "run",
    "invoke",
    "stream",
    "upload",
    "put",
    "del",
    "complete",
    "chat",
    "embed",
    "call",
    "generate",
    "subscribe",
    "queue",
    "messages",
    "refund",
    "cancel",
    "update",
    "transcribe",
    "predict",
    "upload_stream",
    "uploadFiles",
    "sendNotification",
    "submit",
    "convert",
];

/// Words for data of people.
const PERSONAL: &[&str] = &[
    "user",
    "account",
    "profile",
    "customer",
    "member",
    "order",
    "payment",
    "subscription",
    "invoice",
    "message",
    "chat",
    "conversation",
    "contact",
    "email",
    "patient",
    "employee",
    "student",
    "transaction",
    "address",
    "billing",
    "purchase",
    "lead",
];

/// What a call of something unknown does, by its name and what it is given.
pub(super) fn of_call(opaque: &Opaque, text: &str, arguments: &[Value]) -> Option<Sensitivity> {
    let package = opaque.package.as_deref()?;
    if !matches!(opaque.origin, Origin::Unknown | Origin::Check) {
        return None;
    }
    if is_harmless(package) {
        return None;
    }
    let trail = opaque.trail.as_deref().unwrap_or(text);
    let names: Vec<&str> = text
        .split('.')
        .map(|part| part.trim_end_matches("()"))
        .collect();
    let name = *names.last()?;
    if package == "global" {
        return of_fetch(name, arguments);
    }
    if package.starts_with("@clerk/") {
        return of_clerk(&names, name);
    }
    if is_paid(package) && is_paid_call(package, name) {
        return Some(Sensitivity::PaidCall);
    }
    if let Some(sql) = of_sql(name, arguments) {
        return Some(sql);
    }
    let is_store = ["redis", "kv", "keyv", "memcached"]
        .iter()
        .any(|store| package.contains(store));
    if is_store && matches!(name, "set" | "setex" | "del" | "incrby" | "sadd" | "srem") {
        return Some(Sensitivity::Writes);
    }
    // What was queued before was noted when it was queued.
    if is_store && name == "exec" {
        return None;
    }
    let of_something = names.len() > 1 || trail.contains('.') || name.starts_with("fetch");
    if WRITES.contains(&name) && of_something && !is_factory(&names, name) {
        return Some(Sensitivity::Writes);
    }
    if READS.contains(&name) && of_something {
        let personal =
            is_personal(trail) || is_personal(text) || arguments.iter().any(names_people);
        return personal.then_some(Sensitivity::ReadsUserData);
    }
    None
}

/// Whether a call asks a database. To look up what the visitor claims is a check, no work.
pub(super) fn is_read(opaque: &Opaque, text: &str, arguments: &[Value]) -> bool {
    let name = text.rsplit('.').next().unwrap_or(text);
    let is_query = name.starts_with("find") || matches!(name, "count" | "aggregate" | "groupBy");
    let deep = text.split('.').count() > 1;
    let claimed = arguments.iter().any(|one| one.holds(&Origin::Claim));
    touches(opaque) && opaque.package.as_deref() != Some("global") && is_query && deep && !claimed
}

/// Whether calling something of this kind leaves the program.
pub(super) fn touches(opaque: &Opaque) -> bool {
    let known = opaque.origin == Origin::Unknown || opaque.origin == Origin::Check;
    known
        && opaque
            .package
            .as_deref()
            .is_some_and(|package| !is_harmless(package))
}

fn is_harmless(package: &str) -> bool {
    HARMLESS.contains(&package.strip_prefix("node:").unwrap_or(package))
        || package.starts_with("next/")
}

fn is_paid(package: &str) -> bool {
    PAID.iter().any(|paid| match paid.strip_suffix('/') {
        Some(_) => package.starts_with(paid),
        None => {
            package == *paid
                || package
                    .strip_prefix(paid)
                    .is_some_and(|rest| rest.starts_with('/'))
        }
    })
}

fn is_paid_call(package: &str, name: &str) -> bool {
    if package == "ai" {
        return name.starts_with("generate")
            || name.starts_with("stream")
            || name.starts_with("embed");
    }
    PAID_CALLS.contains(&name)
        || name.starts_with("send")
        || name.starts_with("generate")
        || name.starts_with("create") && name != "createClient"
}

/// `axios.create()` makes a tool, `db.user.create()` a user.
fn is_factory(names: &[&str], name: &str) -> bool {
    let is_model = names
        .first()
        .is_some_and(|first| first.starts_with(char::is_uppercase));
    name == "create" && names.len() < 3 && !is_model
}

/// A request with a key of the app's own, where the visitor has a say in it or it changes something.
fn of_fetch(name: &str, arguments: &[Value]) -> Option<Sensitivity> {
    let with_key = name == "fetch" && arguments.iter().any(|one| one.holds(&Origin::Secret));
    let method = arguments
        .get(1)
        .and_then(|options| options.property("method"));
    let reads = method
        .as_ref()
        .is_none_or(|method| matches!(method.as_text(), Some("GET" | "HEAD")));
    let by_visitor = arguments.iter().any(|one| one.holds(&Origin::Visitor));
    (with_key && (by_visitor || !reads)).then_some(Sensitivity::PaidCall)
}

fn of_clerk(names: &[&str], name: &str) -> Option<Sensitivity> {
    if names.len() < 2 {
        return None;
    }
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if begins(&[
        "create", "update", "delete", "ban", "unban", "lock", "unlock", "revoke", "disable",
        "merge", "set", "invite",
    ]) {
        return Some(Sensitivity::Writes);
    }
    let people = [
        "users",
        "organizations",
        "sessions",
        "invitations",
        "emailAddresses",
        "phoneNumbers",
    ];
    let of_people = names.iter().any(|part| people.contains(part));
    (begins(&["get"]) && of_people).then_some(Sensitivity::ReadsUserData)
}

fn of_sql(name: &str, arguments: &[Value]) -> Option<Sensitivity> {
    if !matches!(
        name,
        "sql" | "query" | "execute" | "$queryRaw" | "$queryRawUnsafe" | "raw" | "unsafe"
    ) {
        return None;
    }
    let text = arguments
        .first()?
        .as_text()?
        .trim_start()
        .to_ascii_lowercase();
    if ["insert", "update", "delete", "drop", "truncate", "alter"]
        .iter()
        .any(|verb| text.starts_with(verb))
    {
        return Some(Sensitivity::Writes);
    }
    (text.starts_with("select") && is_personal(&text)).then_some(Sensitivity::ReadsUserData)
}

/// Whether a name is that of personal data: whole words, so that `userAgent` counts and `superuser` does not.
fn is_personal(text: &str) -> bool {
    let mut word = String::new();
    let mut found = false;
    let mut check = |word: &mut String| {
        let plain = word.trim_end_matches('s');
        found |= PERSONAL.contains(&plain);
        word.clear();
    };
    for c in text.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            check(&mut word);
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    check(&mut word);
    found
}

/// Whether an argument names a table of people.
fn names_people(value: &Value) -> bool {
    match value.bare() {
        Value::Text(text) => is_personal(text),
        Value::Opaque(opaque) => opaque.trail.as_deref().is_some_and(is_personal),
        _ => false,
    }
}
