use std::sync::Arc;

use super::super::{What, read};
use super::{Cost, Shared};
use crate::facts::code::module::Module;

fn costs(path: &str, text: &str) -> Vec<Cost> {
    let module = Module::read(path, &Arc::from(text)).unwrap();
    let shapes = read(path, &module).shapes.into_iter();
    shapes
        .filter_map(|shape| match shape.what {
            What::Cost(cost) => Some(cost),
            _ => None,
        })
        .collect()
}

fn changes(path: &str, body: &str) -> usize {
    let text = format!(
        "import {{ auth }} from '@clerk/nextjs/server'\nexport async function DELETE(request, {{ params }}) {{\nconst {{ userId }} = await auth()\nif (!userId) return\n{body}\n}}"
    );
    let found = costs(path, &text).into_iter();
    found
        .filter(|one| matches!(one, Cost::Unscoped { .. }))
        .count()
}

#[test]
fn a_record_that_is_changed_by_an_id_of_the_request_alone_is_seen() {
    for body in [
        "await db.order.delete({ where: { id: params.id } })",
        "const { id } = await params; await prisma.order.update({ where: { id }, data: await request.json() })",
        "await db.delete(orders).where(eq(orders.id, params.id))",
        "await Order.findByIdAndDelete(params.id)",
        "console.log(userId); const order = await db.order.findUnique({ where: { id: params.id } }); if (!order) return; await db.order.delete({ where: { id: order.id } })",
    ] {
        assert_eq!(changes("app/api/orders/route.ts", body), 1, "{body}");
    }
}

#[test]
fn whoever_looks_after_the_record_is_left_alone() {
    for body in [
        "await db.order.delete({ where: { id: params.id, userId } })",
        "const order = await db.order.findFirst({ where: { id: params.id, userId } }); if (!order) return; await db.order.delete({ where: { id: params.id } })",
        "const order = await find(params.id); await db.order.delete({ where: { id: params.id } })",
        "if (!isAdmin()) return; await db.order.delete({ where: { id: params.id } })",
        "const me = await db.user.findUnique({ where: { clerkId: userId } }); if (me.plan !== 'pro') return; await db.order.delete({ where: { id: params.id } })",
        "await db.order.deleteMany({ where: { status: 'draft' } })",
        "const order = await db.order.findFirst({ where: { userId } }); await db.order.delete({ where: { id: order.id } })",
        "const order = await db.order.findUnique({ where: { id: params.id } }); check(order.userId); await db.order.delete({ where: { id: params.id } })",
    ] {
        assert_eq!(changes("app/api/orders/route.ts", body), 0, "{body}");
    }
    let admin = "await db.order.delete({ where: { id: params.id } })";
    assert_eq!(changes("app/api/admin/orders/route.ts", admin), 0);
}

#[test]
fn a_role_that_is_compared_with_both_keys_is_no_fault() {
    let bare = |test: &str| {
        let text = format!(
            "import {{ auth }} from '@clerk/nextjs/server'\nasync function f() {{ const {{ orgRole }} = await auth(); return {test} }}"
        );
        costs("lib/a.ts", &text)
            .iter()
            .any(|one| matches!(one, Cost::BareRole { .. }))
    };
    assert!(bare("orgRole === 'admin'"));
    assert!(bare("['admin'].includes(orgRole)"));
    assert!(!bare("orgRole === 'admin' || orgRole === 'org:admin'"));
    assert!(!bare("orgRole === 'org:admin'"));
    assert!(!bare("user.role === 'admin'"));
}

#[test]
fn the_key_of_a_cache_has_to_say_whose_answer_it_is() {
    let shared = |call: &str| {
        let text = format!(
            "import {{ auth }} from '@clerk/nextjs/server'\nimport {{ unstable_cache }} from 'next/cache'\nasync function f() {{ const {{ userId }} = await auth(); return {call} }}"
        );
        let found = costs("lib/a.ts", &text).into_iter();
        found
            .filter(|one| matches!(one, Cost::Shared(Shared::KeyWithout { sure: true, .. })))
            .count()
    };
    assert_eq!(shared("unstable_cache(() => find(userId), ['x'])()"), 1);
    assert_eq!(shared("unstable_cache(() => find(userId))()"), 1);
    assert_eq!(
        shared("unstable_cache(() => find(userId), ['x', userId])()"),
        0
    );
    assert_eq!(
        shared("unstable_cache(() => find(userId), [`x-${userId}`])()"),
        0
    );
    assert_eq!(
        shared("unstable_cache((userId) => find(userId), ['x'])(userId)"),
        0
    );
    assert_eq!(
        shared("unstable_cache(() => all().map(({ userId }) => userId), ['x'])()"),
        0
    );
}

#[test]
fn a_length_that_is_only_tested_takes_no_page_for_the_whole() {
    let pages = |rest: &str| {
        let text = format!(
            "import {{ clerkClient }} from '@clerk/nextjs/server'\nasync function f() {{ const users = await (await clerkClient()).users.getUserList(); {rest} }}"
        );
        costs("lib/a.ts", &text)
            .iter()
            .any(|one| matches!(one, Cost::FirstPage { .. }))
    };
    assert!(pages("return users.data.length"));
    assert!(pages("for (const user of users.data) save(user)"));
    assert!(!pages(
        "if (users.data.length === 0) return null; return users.data[0]"
    ));
    assert!(!pages(
        "return { all: users.data.map(x), total: users.totalCount }"
    ));
}

#[test]
fn what_is_nested_deep_or_broken_ends_all_the_same() {
    let deep = format!(
        "import {{ auth }} from '@clerk/nextjs/server'\nexport async function DELETE(a, b) {{ await auth(); {} }}",
        "if (a) { const x = [b, (() => b)()]; ".repeat(60) + &"}".repeat(60)
    );
    let _ = costs("app/api/x/route.ts", &deep);
    let many = format!(
        "import {{ auth }} from '@clerk/nextjs/server'\n{}",
        "export async function GET(r, { params }) { await auth(); await db.a.delete({ where: { id: params.id } }) }\n".repeat(400)
    );
    assert!(costs("app/api/x/route.ts", &many).len() <= 40);
}
