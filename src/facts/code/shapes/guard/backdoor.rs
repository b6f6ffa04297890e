//! Ways in that were made for tests.

use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::{Guard, read};
use crate::facts::code::tree::{Binary, Expr, Key, Kind, Logical, Property, StatementKind};

/// What Clerk takes for a code, and how an address is marked, in a development instance
/// (https://clerk.com/docs/guides/development/testing/test-emails-and-phones).
const CODE: &str = "424242";
const ADDRESS: &str = "+clerk_test";

pub(super) fn look(seen: &mut Seen<'_>, lower: &str) {
    let packages: Vec<_> = seen
        .module
        .imports
        .iter()
        .filter(|import| {
            !import.type_only
                && (import.source == "@clerk/testing"
                    || import.source.starts_with("@clerk/testing/"))
        })
        .map(|import| (import.at, import.source.clone()))
        .collect();
    for (at, package) in packages {
        seen.guard(at, Guard::TestPackage { package });
    }
    let words = [CODE, ADDRESS, "user"];
    if !words.iter().any(|word| lower.contains(word)) {
        return;
    }
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        let guard = test_code(expr, trail).or_else(|| fallback(expr, trail));
        if let Some(guard) = guard {
            left -= 1;
            if !read::is_for_some_environment(trail) {
                found.push((expr.at, guard));
            }
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

/// A comparison with Clerk's test credentials, or a sign-in that hands them over.
fn test_code(expr: &Expr, trail: &Trail<'_>) -> Option<Guard> {
    let what = |text: &str| Guard::TestCode {
        what: text.to_owned(),
    };
    let is_code = |one: &Expr| match &one.kind {
        Kind::Text(text) => &**text == CODE,
        Kind::Number(number) => (*number - 424_242.0).abs() < f64::EPSILON,
        _ => false,
    };
    match &expr.kind {
        Kind::Binary(Binary::Strict { .. } | Binary::Loose { .. }, left, right)
            if is_code(left) || is_code(right) =>
        {
            Some(what(CODE))
        }
        Kind::Object(all) => {
            let hands_over = all.iter().any(|one| {
                matches!(one, Property::Value(Key::Name(key), value) if &**key == "code" && is_code(value))
            });
            hands_over.then(|| what(CODE))
        }
        Kind::Call {
            callee, arguments, ..
        } => {
            let asks = walk::last_name(callee).is_some_and(|name| {
                matches!(&**name, "includes" | "endsWith" | "match" | "indexOf")
            });
            let marked = arguments
                .iter()
                .any(|item| read::text(&item.value).is_some_and(|text| text.contains(ADDRESS)));
            (asks && marked && decides(expr, trail)).then(|| what(ADDRESS))
        }
        _ => None,
    }
}

/// Whether an expression stands in the test of a branch.
fn decides(expr: &Expr, trail: &Trail<'_>) -> bool {
    let holds = |test: &Expr| walk::any(test, |one| std::ptr::eq(one, expr));
    trail.iter().any(|node| match node {
        Node::Statement(one) => matches!(&one.kind, StatementKind::If(test, ..) if holds(test)),
        Node::Expr(one) => matches!(&one.kind, Kind::Conditional(test, ..) if holds(test)),
        Node::Function(_) => false,
    })
}

/// `userId ?? 'demo-user'`: who is signed out goes on as somebody.
fn fallback(expr: &Expr, trail: &Trail<'_>) -> Option<Guard> {
    const MADE_UP: &[&str] = &["demo", "test", "dev", "mock", "user_"];
    let Kind::Logical(Logical::Or | Logical::Nullish, left, right) = &expr.kind else {
        return None;
    };
    let id = read::text(right)?;
    let lower = id.to_ascii_lowercase();
    let made_up = MADE_UP.iter().any(|word| {
        lower
            .split(['-', '_', ' '])
            .any(|part| part == word.trim_end_matches('_'))
            || (word.ends_with('_') && lower.starts_with(word))
    });
    let is_user = walk::last_name(walk::bare(left))
        .is_some_and(|name| matches!(&**name, "userId" | "clerkId" | "clerkUserId"));
    // A word for a log is no user.
    let shown = trail
        .iter()
        .any(|node| matches!(node, Node::Expr(one) if matches!(&one.kind, Kind::Template(..))));
    (made_up && is_user && !shown && lower.contains("user"))
        .then(|| Guard::FallbackUser { id: id.to_string() })
}
