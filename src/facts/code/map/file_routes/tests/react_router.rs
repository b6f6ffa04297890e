use super::{DB, only, verdicts};

/// The verdict of a loader of React Router that begins with a guard.
fn loader(guard: &str) -> String {
    let code = format!(
        "import {{ getAuth, rootAuthLoader }} from '@clerk/react-router/server'
        import {{ redirect, data }} from 'react-router'; import {{ db }} from '../db'
        export const loader = async (args) => {{ {guard}; return db.user.findMany() }}
        export default function Page() {{ return null }}"
    );
    only("react-router", &[("app/routes/x.tsx", &code), DB])
}

#[test]
fn a_loader_of_react_router_stops_by_what_it_awaits() {
    for (guard, expected) in [
        (
            "const { userId } = await getAuth(args); if (!userId) return redirect('/sign-in')",
            "stopped",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) throw redirect('/sign-in')",
            "stopped",
        ),
        (
            "const auth = await getAuth(args); if (!auth.isAuthenticated) throw new Response(null, { status: 401 })",
            "stopped",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) throw data('no', { status: 403 })",
            "stopped",
        ),
        // A promise has no `userId`, and is no `null` either.
        (
            "const auth = getAuth(args); if (auth === null) throw redirect('/')",
            "reached",
        ),
        (
            "const { userId } = await getAuth(args); if (!userId) redirect('/sign-in')",
            "reached",
        ),
        ("", "reached"),
        (
            "if (args.request.headers.get('authorization') !== process.env.CRON_SECRET) throw data(0, { status: 401 })",
            "credential",
        ),
        (
            "if (args.request.headers.get('x-api-key') !== args.context.cloudflare.env.API_KEY) throw data(0, { status: 401 })",
            "credential",
        ),
        (
            "const auth = await elsewhere(args); if (!auth) throw redirect('/')",
            "undecided",
        ),
    ] {
        assert_eq!(loader(guard), expected, "{guard}");
    }
}

#[test]
fn a_layout_of_react_router_guards_by_middleware_and_not_by_its_loader() {
    let child = "import { db } from '../db'
        export const loader = () => db.user.findMany()
        export const action = () => db.user.deleteMany()
        export default () => null";
    let by_loader = "import { getAuth } from '@clerk/react-router/server'; import { redirect } from 'react-router'
        export const loader = async (args) => { if (!(await getAuth(args)).userId) throw redirect('/'); return null }
        export default () => null";
    let by_middleware = "import { getAuth } from '@clerk/react-router/server'; import { redirect } from 'react-router'
        export const middleware = [async (args, next) => { if (!(await getAuth(args)).userId) throw redirect('/'); return next() }]
        export default () => null";
    let open = "import { clerkMiddleware } from '@clerk/react-router/server'
        export const middleware = [clerkMiddleware()]
        export default () => null";
    for (layout, expected) in [
        (
            by_loader,
            [
                "GET /admin stopped",
                "GET /admin/users reached",
                "POST /admin/users reached",
            ]
            .as_slice(),
        ),
        (
            by_middleware,
            &["GET /admin/users stopped", "POST /admin/users stopped"],
        ),
        (
            open,
            &["GET /admin/users reached", "POST /admin/users reached"],
        ),
    ] {
        let files = [
            ("app/routes/admin.tsx", layout),
            ("app/routes/admin.users.tsx", child),
            DB,
        ];
        assert_eq!(verdicts("react-router", &files), expected);
    }
}

#[test]
fn a_resource_route_of_remix_answers_posts_by_its_action() {
    let code = "import { Webhook } from 'svix'; import { db } from '../db'; import { json } from '@remix-run/node'
        export async function action({ request }) {
          const wh = new Webhook(process.env.CLERK_WEBHOOK_SECRET)
          try { wh.verify(await request.text(), request.headers) } catch { return json({}, { status: 400 }) }
          await db.user.create({}); return json({})
        }";
    let files = [("app/routes/api.hook.ts", code), DB];
    assert_eq!(verdicts("remix", &files), ["POST /api/hook credential"]);
}
