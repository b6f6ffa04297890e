use super::*;
use crate::facts::code::routes::{Resource, Target};
use crate::facts::code::testing::Files;
use crate::model::routes::{RouteKind, Verdict};

fn setting(version: (u32, u32, u32)) -> Setting {
    Setting {
        clerk: Some(version),
        ..Setting::default()
    }
}

/// What a middleware does with these paths, one letter each: `s`topped, `r`eached, `c`redential, `u`ndecided.
fn middleware_of(version: (u32, u32, u32), files: &[(&str, &str)], paths: &[&str]) -> String {
    let setting = setting(version);
    Files::new(files).with(|project| {
        let world = World::new(project, &setting);
        let one = |path: &&str| {
            let answer = middleware(
                &world,
                "middleware.ts",
                &["middleware", "default"],
                path,
                "GET",
            );
            letter(answer.layer.verdict)
        };
        paths.iter().map(one).collect()
    })
}

fn letter(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Stopped => "s",
        Verdict::Reached => "r",
        Verdict::Credential => "c",
        Verdict::Undecided => "u",
    }
}

fn answer_of(files: &[(&str, &str)], kind: RouteKind, name: &str) -> Answer {
    let setting = setting(V7);
    Files::new(files).with(|project| {
        let world = World::new(project, &setting);
        let resource_ = Resource::Export {
            file: "route.tsx".to_owned(),
            name: name.to_owned(),
        };
        resource(
            &world,
            kind,
            &Target {
                method: "POST".to_owned(),
                resource: resource_,
            },
            "/api/x",
            true,
        )
    })
}

/// What a handler that begins with a guard and then writes to a database does.
fn guarded(guard: &str) -> &'static str {
    let code = format!(
        "import {{ auth, currentUser }} from '@clerk/nextjs/server'
        import {{ verifyWebhook }} from '@clerk/nextjs/webhooks'; import {{ Webhook }} from 'svix'
        import {{ NextResponse }} from 'next/server'; import {{ redirect, notFound }} from 'next/navigation'
        import {{ headers }} from 'next/headers'; import Stripe from 'stripe'; import {{ db }} from './db'
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!)
        export async function POST(req: Request) {{
          {guard}
          return Response.json(await db.user.update(await req.json()))
        }}"
    );
    letter(
        answer_of(&[("route.tsx", &code)], RouteKind::Handler, "POST")
            .layer
            .verdict,
    )
}

const V7: (u32, u32, u32) = (7, 7, 4);

#[test]
fn a_protected_list_stops_what_it_names() {
    let code = "import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'
        const isProtected = createRouteMatcher(['/dashboard(.*)', '/admin'])
        export default clerkMiddleware(async (auth, req) => { if (isProtected(req)) await auth.protect() })";
    let paths = ["/dashboard/x", "/admin", "/", "/adminx"];
    assert_eq!(
        middleware_of(V7, &[("middleware.ts", code)], &paths),
        "ssrr"
    );
}

#[test]
fn a_public_list_stops_all_others() {
    let code = "import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'
        const isPublic = createRouteMatcher(['/', '/sign-in(.*)'])
        export default clerkMiddleware(async (auth, request) => {
          if (!isPublic(request)) { await auth.protect() }
        })";
    assert_eq!(
        middleware_of(V7, &[("middleware.ts", code)], &["/", "/sign-in/x", "/x"]),
        "rrs"
    );
}

#[test]
fn a_bare_middleware_stops_nobody() {
    for code in [
        "import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware()",
        "import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware({ debug: false })",
        "export { clerkMiddleware as default } from '@clerk/nextjs/server'",
        "import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware((auth) => { auth.protect() })",
    ] {
        assert_eq!(
            middleware_of(V7, &[("middleware.ts", code)], &["/"]),
            "r",
            "{code}"
        );
    }
}

#[test]
fn an_own_check_of_the_user_stops_too() {
    let code = "import { clerkMiddleware } from '@clerk/nextjs/server'
        import { NextResponse } from 'next/server'
        export default clerkMiddleware(async (auth, req) => {
          const { userId, redirectToSignIn } = await auth()
          const url = new URL(req.url)
          if (url.pathname === '/') return NextResponse.next()
          if (!userId && url.pathname.startsWith('/api')) return NextResponse.json({ error: 'x' }, { status: 401 })
          if (!userId) return redirectToSignIn()
          return NextResponse.next()
        })";
    assert_eq!(
        middleware_of(V7, &[("middleware.ts", code)], &["/", "/api/x", "/x"]),
        "rss"
    );
}

#[test]
fn the_old_middleware_stops_whatever_is_not_public() {
    let code = "import { authMiddleware } from '@clerk/nextjs'
        export default authMiddleware({ publicRoutes: ['/', '/api/webhook'], ignoredRoutes: ['/api/ignored'] })";
    let paths = ["/", "/api/webhook", "/api/ignored", "/api/x", "/x"];
    assert_eq!(
        middleware_of((4, 31, 3), &[("middleware.ts", code)], &paths),
        "rrrss"
    );
    let code = "import { authMiddleware, redirectToSignIn } from '@clerk/nextjs'
        export default authMiddleware({ publicRoutes: ['/'], afterAuth(auth, req) {
          if (!auth.userId && !auth.isPublicRoute) return redirectToSignIn({ returnBackUrl: req.url })
        } })";
    assert_eq!(
        middleware_of((4, 31, 3), &[("middleware.ts", code)], &["/", "/x"]),
        "rs"
    );
}

#[test]
fn a_middleware_whose_lists_cannot_be_followed_leaves_it_open_who_is_stopped() {
    for options in [
        "{ publicRoutes }",
        "{ ignoredRoutes: publicRoutes }",
        "{ publicRoutes, beforeAuth: () => NextResponse.next() }",
        "publicRoutes",
    ] {
        let code = format!(
            "import {{ authMiddleware }} from '@clerk/nextjs'
            import {{ NextResponse }} from 'next/server'
            import {{ publicRoutes }} from 'config'
            export default authMiddleware({options})"
        );
        let files = [("middleware.ts", code.as_str())];
        let met = middleware_of((4, 29, 4), &files, &["/", "/x", "/x/y"]);
        assert_eq!(met, "uuu", "{options}");
    }
    let code = "import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'
        import { publicRoutes } from 'config'
        const isPublic = createRouteMatcher(publicRoutes)
        export default clerkMiddleware(async (auth, req) => { if (!isPublic(req)) await auth.protect() })";
    assert_eq!(
        middleware_of(V7, &[("middleware.ts", code)], &["/", "/x"]),
        "uu"
    );
}

#[test]
fn a_composed_middleware_is_followed() {
    let code = "import { clerkMiddleware } from '@clerk/nextjs/server'
        import createMiddleware from 'next-intl/middleware'
        import { routing } from './i18n'
        import { isProtected } from '@/lib/routes'
        const intl = createMiddleware(routing)
        export default clerkMiddleware(async (auth, req) => {
          if (isProtected(req)) await auth.protect()
          return intl(req)
        })";
    let list = "import { createRouteMatcher } from '@clerk/nextjs/server'
        const PATHS = ['/dashboard']
        export const isProtected = createRouteMatcher([...PATHS.map(p => `/:locale${p}(.*)`), '/x'])";
    let files = [
        ("middleware.ts", code),
        ("lib/routes.ts", list),
        ("i18n.ts", "export const routing = {}"),
    ];
    assert_eq!(
        middleware_of(V7, &files, &["/en/dashboard", "/en", "/x"]),
        "srs"
    );
}

#[test]
fn the_answer_of_clerks_middleware_has_to_be_returned() {
    let begin = "import { clerkMiddleware } from '@clerk/nextjs/server'
        import { NextResponse } from 'next/server'
        const clerk = clerkMiddleware(async (auth) => { await auth.protect() })";
    let lost = format!("{begin}
        export default async function middleware(req, ev) {{ await clerk(req, ev); return NextResponse.next() }}");
    assert_eq!(middleware_of(V7, &[("middleware.ts", &lost)], &["/x"]), "r");
    let kept = format!(
        "{begin}
        export default async function middleware(req, ev) {{
          if (req.nextUrl.pathname.startsWith('/api/health')) return NextResponse.next()
          return clerk(req, ev)
        }}"
    );
    assert_eq!(
        middleware_of(V7, &[("middleware.ts", &kept)], &["/x", "/api/health"]),
        "sr"
    );
}

#[test]
fn a_guard_before_the_work_stops() {
    for guard in [
        "await auth.protect()",
        "const { userId } = await auth(); if (!userId) return new Response('no', { status: 401 })",
        "const { userId } = await auth(); if (userId === null) { return Response.json({}, { status: 403 }) }",
        "const user = await currentUser(); if (!user?.id) return new NextResponse('no', { status: 401 })",
        "const { userId: me } = await auth(); if (me == null) throw new Error('Unauthorized')",
        "const { has } = await auth(); if (!has({ role: 'admin' })) redirect('/')",
        "const session = await auth(); if (session.userId) {} else { notFound() }",
        "const { isAuthenticated, redirectToSignIn } = await auth(); if (!isAuthenticated) return redirectToSignIn()",
        "const me = (await currentUser())!.id",
    ] {
        assert_eq!(guarded(guard), "s", "{guard}");
    }
}

#[test]
fn a_guard_that_does_not_hold_is_reached() {
    for guard in [
        "",
        "auth.protect()",
        "const session = auth(); if (!session) return new Response('no', { status: 401 })",
        "try { await auth.protect() } catch {}",
        "const { userId } = await auth(); if (!userId) console.log('anonymous')",
        "if (req.headers.get('x-skip') !== '1') await auth.protect()",
        "if (process.env.NODE_ENV === 'development') await auth.protect()",
        "const { userId } = await auth(); if (!userId) NextResponse.json({}, { status: 401 })",
        "await db.post.create({}); await auth.protect()",
    ] {
        assert_eq!(guarded(guard), "r", "{guard}");
    }
}

#[test]
fn another_credential_is_told_apart() {
    for guard in [
        "if (req.headers.get('authorization') !== `Bearer ${process.env.CRON_SECRET}`) return new Response('', { status: 401 })",
        "const wh = new Webhook(process.env.WEBHOOK_SECRET!); let evt; try { evt = wh.verify(await req.text(), {}) } catch (e) { return new Response('', { status: 400 }) }",
        "const evt = await verifyWebhook(req)",
        "const key = req.headers.get('x-api-key'); if (!key) return new Response('', { status: 401 }); const found = await db.apiKey.findUnique({ where: { key } }); if (!found) return new Response('', { status: 401 })",
        "const event = stripe.webhooks.constructEvent(await req.text(), req.headers.get('stripe-signature'), process.env.STRIPE_WEBHOOK_SECRET)",
        "if (!process.env.CRON_SECRET || req.headers.get('x-cron') !== process.env.CRON_SECRET) return new Response('', { status: 401 })",
    ] {
        assert_eq!(guarded(guard), "c", "{guard}");
    }
}

#[test]
fn what_nobody_knows_is_undecided() {
    for guard in [
        "if (!(await allowed(req))) return new Response('', { status: 401 })",
        "const { userId } = await auth(); if (!userId && process.env.NEXT_PUBLIC_DEMO !== 'on') return new Response('', { status: 401 })",
    ] {
        assert_eq!(guarded(guard), "u", "{guard}");
    }
}

#[test]
fn wrappers_and_helpers_of_the_project_are_followed() {
    let wrapper = "import { auth } from '@clerk/nextjs/server'; import { db } from './db'
        const withAuth = (handler) => async (req, ctx) => {
          const { userId } = await auth()
          if (!userId) return Response.json({ error: 'Unauthorized' }, { status: 401 })
          return handler(req, { ...ctx, userId })
        }
        export const POST = withAuth(async (req, { userId }) => { await db.user.delete({}); return Response.json({}) })";
    let helper = "import { currentUser } from '@clerk/nextjs/server'; import { db } from './db'
        async function requireUser() { const user = await currentUser(); if (!user) { return { error: 'x', status: 401 } } return { user } }
        export async function POST(req) {
          const result = await requireUser()
          if ('error' in result) return Response.json({}, { status: 401 })
          await db.user.delete({}); return Response.json({})
        }";
    for code in [wrapper, helper] {
        let answer = answer_of(&[("route.tsx", code)], RouteKind::Handler, "POST");
        assert_eq!(letter(answer.layer.verdict), "s", "{answer:#?}");
    }
}

#[test]
fn the_middleware_of_a_safe_action_is_followed() {
    let code = "import { action } from './safe'; import { db } from './db'
        export const POST = action.schema({}).action(async ({ parsedInput, ctx }) => { await db.user.update({}) })";
    let safe = "import { createSafeActionClient } from 'next-safe-action'; import { auth } from '@clerk/nextjs/server'
        export const action = createSafeActionClient().use(async ({ next }) => {
          const { userId } = await auth(); if (!userId) throw new Error('no'); return next({ ctx: { userId } }) })";
    let answer = answer_of(
        &[("route.tsx", code), ("safe.ts", safe)],
        RouteKind::Action,
        "POST",
    );
    assert_eq!(letter(answer.layer.verdict), "s", "{answer:#?}");
    let open = safe.replace("if (!userId) throw new Error('no');", "");
    let answer = answer_of(
        &[("route.tsx", code), ("safe.ts", &open)],
        RouteKind::Action,
        "POST",
    );
    assert_eq!(letter(answer.layer.verdict), "r", "{answer:#?}");
}

#[test]
fn a_server_function_may_refuse_by_what_it_returns_for_an_error() {
    let head = "import { auth } from '@clerk/nextjs/server'; import { db } from './db'; import { ask } from './ask'
        export async function POST(input) {";
    let work = "await db.user.update({ data: input }); return { success: true }";
    for (body, expected) in [
        (
            format!(
                "try {{ const {{ userId }} = await auth(); if (!userId) throw new Error('Unauthorized'); {work} }}
                catch (error) {{ return {{ success: false }} }} }}"
            ),
            "s",
        ),
        (
            format!(
                "try {{ const {{ userId }} = await auth(); if (!userId) throw new Error('Unauthorized'); {work} }}
                catch (error) {{ console.error(error); return {{ success: false, error: error.message }} }} }}"
            ),
            "s",
        ),
        (
            format!(
                "try {{ const {{ userId }} = await auth(); if (!userId) throw new Error('Unauthorized'); await ask(userId); {work} }}
                catch (error) {{ console.error(error); return {{ success: false, error: error instanceof Error ? error.message : 'failed' }} }} }}"
            ),
            "s",
        ),
        (
            format!(
                "try {{ await auth.protect(); {work} }} catch {{ return {{ success: false }} }} }}"
            ),
            "s",
        ),
        (
            format!(
                "try {{ const {{ userId }} = await auth(); if (!userId) throw new Error('Unauthorized'); {work} }}
                catch (error) {{ return {{ success: false }} }} finally {{ ask() }} }}"
            ),
            "s",
        ),
        (
            format!("try {{ await auth.protect() }} catch {{}} {work} }}"),
            "r",
        ),
        (
            "try { await auth.protect() } catch {} await ask(input); return { done: true } }".to_owned(),
            "r",
        ),
        (
            "try { const { userId } = await auth(); if (!userId) throw new Error('no') } catch {} await ask(input); return { done: true } }".to_owned(),
            "r",
        ),
        (
            format!("try {{ {work} }} catch (error) {{ return {{ success: false }} }} }}"),
            "r",
        ),
        (
            format!(
                "try {{ const {{ userId }} = await auth(); if (!userId) throw new Error('Unauthorized') }} catch (error) {{}} {work} }}"
            ),
            "r",
        ),
        (
            format!(
                "const {{ userId }} = await auth(); try {{ if (!userId) ask(input); {work} }} catch (error) {{ return {{ success: false }} }} }}"
            ),
            "r",
        ),
    ] {
        let code = format!("{head} {body}");
        let answer = answer_of(&[("route.tsx", &code)], RouteKind::Action, "POST");
        assert_eq!(letter(answer.layer.verdict), expected, "{body}");
    }
}

#[test]
fn what_a_condition_says_of_a_result_is_known_behind_it() {
    let helper = "async function resolve(req) {
          const key = req.headers.get('x-api-key')
          const found = await db.apiKey.findUnique({ where: { key } })
          if (!found) return { response: new Response('', { status: 401 }), key: null }
          return { response: null, key: found }
        }";
    let code = format!(
        "import {{ db }} from './db'; {helper}
        export async function POST(req) {{
          const result = await resolve(req)
          if (result.response) {{ return result.response }}
          await db.user.update({{}}); return Response.json({{}})
        }}"
    );
    let answer = answer_of(&[("route.tsx", &code)], RouteKind::Handler, "POST");
    assert_eq!(letter(answer.layer.verdict), "c", "{answer:#?}");
}

#[test]
fn the_procedures_of_zsa_and_trpc_are_followed() {
    let zsa = |procedure: &str| {
        let code = format!(
            "import {{ createServerActionProcedure, createServerAction }} from 'zsa'
            import {{ auth }} from '@clerk/nextjs/server'; import {{ db }} from './db'
            const guarded = createServerActionProcedure().handler(async () => {{
              const {{ userId }} = await auth(); if (!userId) throw new Error('no'); return {{ userId }} }})
            export const POST = {procedure}.input({{}}).handler(async () => {{ await db.post.create({{}}) }})"
        );
        let answer = answer_of(&[("route.tsx", &code)], RouteKind::Action, "POST");
        letter(answer.layer.verdict)
    };
    assert_eq!(zsa("guarded.createServerAction()"), "s");
    assert_eq!(zsa("createServerAction()"), "r");
    let trpc = |procedures: &str| {
        let code = format!(
            "import {{ fetchRequestHandler }} from '@trpc/server/adapters/fetch'
            import {{ initTRPC, TRPCError }} from '@trpc/server'
            import {{ auth }} from '@clerk/nextjs/server'; import {{ db }} from './db'
            const t = initTRPC.context().create(); const open = t.procedure
            const guarded = t.procedure.use(({{ ctx, next }}) => {{
              if (!ctx.userId) throw new TRPCError({{ code: 'UNAUTHORIZED' }}); return next({{ ctx }}) }})
            const router = t.router({{ {procedures} }})
            export const POST = (req) => fetchRequestHandler({{ req, router,
              createContext: async () => ({{ userId: (await auth()).userId }}) }})"
        );
        let answer = answer_of(&[("route.tsx", &code)], RouteKind::Handler, "POST");
        letter(answer.layer.verdict)
    };
    let add = "mutation(async () => db.post.create({}))";
    assert_eq!(trpc(&format!("add: guarded.{add}")), "s");
    assert_eq!(
        trpc(&format!("add: guarded.{add}, sub: {{ more: open.{add} }}")),
        "r"
    );
}

#[test]
fn what_is_lost_from_sight_stops_nobody() {
    // Nothing about the visitor says that it is not there.
    assert_eq!(guarded("const lost = {}; lost.part.of"), "u");
    let caught =
        "try { const lost = {}; lost.part.of } catch { return new Response('', { status: 500 }) }";
    assert_eq!(guarded(caught), "u");
    assert_eq!(guarded("const user = await currentUser(); user.id"), "s");
    assert_eq!(
        guarded(
            "const { userId } = await auth(); let user = null; if (userId) { user = { id: userId } } user.id"
        ),
        "s"
    );
    let own = "async function mine() { const { userId } = await auth(); if (!userId) return null; return { userId } }
        const me = await mine(); me.userId";
    assert_eq!(guarded(own), "s");
    assert_eq!(
        guarded(
            "const { userId } = await auth(); if (!userId) throw new Error(); const lost = {}; lost.part.of"
        ),
        "s"
    );
}

#[test]
fn a_field_that_the_constructor_sets_is_there() {
    let code = "import { db } from './db'
        class Builder { private form: FormData; constructor(form) { this.form = form }
          all() { return this.form.get('a') } }
        export async function POST(req) {
          const all = new Builder(await req.formData()).all()
          return Response.json(await db.user.update(all))
        }";
    let answer = answer_of(&[("route.tsx", code)], RouteKind::Handler, "POST");
    assert_eq!(answer.layer.verdict, Verdict::Reached);
}

#[test]
fn a_timing_middleware_of_trpc_lets_everybody_through() {
    let code = |procedure: &str| {
        format!(
            "import {{ initTRPC, TRPCError }} from '@trpc/server'; import {{ auth }} from '@clerk/nextjs/server'
            import {{ db }} from './db'
            const t = initTRPC.context().create({{}})
            const timing = t.middleware(async ({{ next }}) => {{
              if (t._config.isDev) {{ await new Promise((done) => setTimeout(done, 100)) }}
              return await next()
            }})
            const open = t.procedure.use(timing)
            const closed = t.procedure.use(timing).use(async ({{ next }}) => {{
              const {{ userId }} = await auth()
              if (!userId) throw new TRPCError({{ code: 'UNAUTHORIZED' }})
              return next()
            }})
            export const POST = {procedure}.mutation(async ({{ input }}) => db.user.delete(input))"
        )
    };
    let of = |procedure: &str| {
        let answer = answer_of(
            &[("route.tsx", &code(procedure))],
            RouteKind::Action,
            "POST",
        );
        answer.layer.verdict
    };
    assert_eq!(of("open"), Verdict::Reached);
    assert_eq!(of("closed"), Verdict::Stopped);
}

#[test]
fn what_a_middleware_of_trpc_adds_comes_over_what_was_there() {
    let code = "import { initTRPC } from '@trpc/server'; import { auth } from '@clerk/nextjs/server'
        import { db } from './db'
        const t = initTRPC.context().create({})
        const context = t.procedure.use(async ({ next }) => next({ ctx: { db } }))
        export const POST = context.use(async ({ next }) => next()).use(({ next }) => next({ ctx: { at: 1 } }))
          .mutation(async ({ ctx }) => ctx.db.user.delete(ctx.at.now))";
    let answer = answer_of(&[("route.tsx", code)], RouteKind::Action, "POST");
    assert_eq!(answer.layer.verdict, Verdict::Reached);
    assert_eq!(answer.work.len(), 1);
}

#[test]
fn whose_a_row_is_decides_and_to_look_it_up_is_no_work() {
    let code = |guard: &str| {
        format!(
            "'use server'
            import {{ currentUser }} from '@clerk/nextjs/server'; import {{ db }} from './db'
            const mine = async () => (await currentUser())?.id
            export async function POST(id) {{
              const userId = await mine()
              const row = await db.query.rows.findFirst({{ id }})
              if (!row) return {{ status: 'error' }}
              {guard}
              await db.delete(rows).where(id)
            }}"
        )
    };
    let of = |guard: &str| {
        let answer = answer_of(&[("route.tsx", &code(guard))], RouteKind::Action, "POST");
        answer.layer.verdict
    };
    assert_eq!(
        of("if (row.userId !== userId) return { status: 'error' }"),
        Verdict::Stopped
    );
    assert_eq!(of(""), Verdict::Reached);
}

#[test]
fn what_caches_may_hand_to_everybody_is_meant_for_everybody() {
    let code = |cache: &str| {
        format!(
            "import {{ db }} from './db'
            export async function POST() {{
              const all = await db.user.findMany()
              return Response.json(all, {{ headers: {{ 'Cache-Control': '{cache}' }} }})
            }}"
        )
    };
    let work = |cache: &str| {
        let answer = answer_of(&[("route.tsx", &code(cache))], RouteKind::Handler, "POST");
        answer.work.len()
    };
    assert_eq!(work("public, max-age=60"), 0);
    assert_eq!(work("private, max-age=60"), 1);
}

#[test]
fn a_queue_of_redis_changes_what_was_queued() {
    let work = |queued: &str| {
        let code = format!(
            "import {{ kv }} from '@vercel/kv'
            export async function POST() {{
              const pipe = kv.pipeline(); {queued}
              return Response.json(await pipe.exec())
            }}"
        );
        let answer = answer_of(&[("route.tsx", &code)], RouteKind::Handler, "POST");
        answer.work.len()
    };
    assert_eq!(work("pipe.hgetall('a')"), 0);
    assert_eq!(work("pipe.set('a', 1)"), 1);
}
