use super::*;
use crate::facts::code::testing::Files;
use crate::facts::code::visitor::Setting;

fn map_of(framework: &'static str, files: &[(&str, &str)]) -> RouteMap {
    let setting = Setting::default();
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    Files::new(files).with(|project| {
        let app = MapApp {
            project,
            folder: "",
            files: &paths,
            framework,
            shown: framework.to_owned(),
            version: None,
            middleware: None,
            setting: &setting,
            public: &[],
        };
        map(&app, None)
    })
}

/// The verdict of each method and pattern, one a line: `GET /x s`.
fn verdicts(framework: &'static str, files: &[(&str, &str)]) -> String {
    let map = map_of(framework, files);
    let lines = map.routes.iter().flat_map(|route| {
        route.methods.iter().map(move |answer| {
            let letter = &answer.verdict.word()[..1];
            format!("{} {} {letter}", answer.method, route.pattern)
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn express(code: &str) -> String {
    let code = format!(
        "import express, {{ Router }} from 'express'; import cors from 'cors'
        import {{ clerkMiddleware, getAuth, requireAuth, clerkClient }} from '@clerk/express'
        import {{ db }} from './db'
        const app = express(); app.use(cors()); app.use(express.json()); app.use(clerkMiddleware())
        const guard = (req, res, next) => {{ const {{ userId }} = getAuth(req); if (!userId) return res.status(401).json({{ error: 'no' }}); req.userId = userId; next() }}
        const work = async (req, res) => {{ await db.user.update(req.body); res.json({{}}) }}
        {code}"
    );
    verdicts("express", &[("app.ts", &code)])
}

fn hono(code: &str) -> String {
    let code = format!(
        "import {{ Hono }} from 'hono'; import {{ cors }} from 'hono/cors'; import {{ createMiddleware }} from 'hono/factory'
        import {{ HTTPException }} from 'hono/http-exception'
        import {{ clerkMiddleware, getAuth }} from '@clerk/hono'; import {{ db }} from './db'
        const app = new Hono(); app.use('*', cors()); app.use('*', clerkMiddleware())
        const guard = async (c, next) => {{ const auth = getAuth(c); if (!auth?.userId) return c.json({{ error: 'no' }}, 401); c.set('userId', auth.userId); await next() }}
        const work = async (c) => {{ await db.user.update(await c.req.json()); return c.json({{}}) }}
        {code}"
    );
    verdicts("hono", &[("app.ts", &code)])
}

fn fastify(code: &str) -> String {
    let code = format!(
        "import Fastify from 'fastify'; import fp from 'fastify-plugin'; import cors from '@fastify/cors'
        import {{ clerkPlugin, getAuth }} from '@clerk/fastify'; import {{ db }} from './db'
        const fastify = Fastify(); fastify.register(cors); fastify.register(clerkPlugin)
        const guard = async (request, reply) => {{ const {{ userId }} = getAuth(request); if (!userId) {{ return reply.code(401).send({{}}) }} request.userId = userId }}
        const work = async (request, reply) => {{ await db.user.update(request.body); return {{}} }}
        {code}"
    );
    verdicts("fastify", &[("app.ts", &code)])
}

#[test]
fn express_runs_what_was_registered_before() {
    assert_eq!(
        express("app.get('/before', work); app.use(guard); app.get('/after', work)"),
        "GET /after s\nGET /before r"
    );
    assert_eq!(
        express("app.get('/x', work, guard); app.post('/x', guard, work)"),
        "GET /x r\nPOST /x s"
    );
    assert_eq!(
        express(
            "app.use('/api', guard); app.get('/api/x', work); app.get('/apix', work); app.get('/API/y', work)"
        ),
        "GET /API/y s\nGET /api/x s\nGET /apix r"
    );
    assert_eq!(
        express("app.all('/admin/*', guard); app.get('/admin/x', work)"),
        "ALL /admin/* s\nGET /admin/x s"
    );
}

#[test]
fn express_takes_off_the_path_where_a_handler_is_mounted() {
    assert_eq!(
        express(
            "app.use('/api', (req, res, next) => (req.path === '/open' ? next() : guard(req, res, next)))
             app.use('/admin', (req, res, next) => (req.originalUrl === '/admin/open' ? next() : guard(req, res, next)))
             app.use((req, res, next) => (req.path.startsWith('/own') ? guard(req, res, next) : next()))
             app.get('/api/open', work); app.get('/api/x', work); app.get('/admin/open', work); app.get('/admin/x', work)
             const below = Router(); below.use((req, res, next) => (req.url === '/in' ? next() : guard(req, res, next)))
             below.get('/in', work); below.get('/x', work); app.use('/r/s', below); app.get('/own/x', work)"
        ),
        "GET /admin/open r\nGET /admin/x s\nGET /api/open r\nGET /api/x s\nGET /own/x s\nGET /r/s/in r\nGET /r/s/x s"
    );
}

#[test]
fn express_guards_that_hold() {
    for guard in [
        "requireAuth()",
        "[guard]",
        "(req, res, next) => { if (!getAuth(req).userId) return next(new Error('Unauthorized')); next() }",
        "(req, res, next) => { if (!getAuth(req).userId) next(new Error('no')); next() }",
        "(req, res, next) => { if (!req.auth().userId) { res.status(401).end() } else { next() } }",
        "async (req, res, next) => { const { isAuthenticated } = req.auth(); if (isAuthenticated) { next(); return } res.sendStatus(403) }",
        "(req, res, next) => { const { userId } = getAuth(req); if (!userId) { res.status(401); res.json({}); return } next() }",
        "(req, res, next) => { res.locals.user = getAuth(req).userId; next() }, (req, res, next) => { if (!res.locals.user) return res.redirect('/sign-in'); next() }",
        "(req, res, next) => { req.userId = getAuth(req).userId; next() }, (req, res, next) => { if (!req.userId) return res.redirect('/sign-in'); next() }",
    ] {
        assert_eq!(
            express(&format!("app.post('/x', {guard}, work)")),
            "POST /x s",
            "{guard}"
        );
    }
}

#[test]
fn express_guards_that_do_not_hold() {
    for guard in [
        "clerkMiddleware()",
        "(req, res, next) => { const { userId } = getAuth(req); if (!userId) res.status(401).json({}); next() }",
        "(req, res, next) => { const { userId } = getAuth(req); if (!userId) console.log('anonymous'); next() }",
        "(req, res, next) => { if (req.query.preview) return next(); guard(req, res, next) }",
        "(err, req, res, next) => { res.status(401).end() }",
        "(req, res, next) => { if (!getAuth(req).userId) return next(); next() }",
        "(req, res, next) => { try { if (!getAuth(req).userId) throw new Error('no') } catch (e) { console.log(e) } next() }",
    ] {
        assert_eq!(
            express(&format!("app.post('/x', {guard}, work)")),
            "POST /x r",
            "{guard}"
        );
    }
}

#[test]
fn a_handler_that_answers_401_and_goes_on_is_reached() {
    let body = |returns: &str| {
        format!(
            "app.post('/x', async (req, res) => {{ const {{ userId }} = getAuth(req)
              if (!userId) {{ {returns} res.status(401).json({{}}) }}
              await db.post.create({{}}); res.json({{}}) }})"
        )
    };
    assert_eq!(express(&body("")), "POST /x r");
    assert_eq!(
        express(&body("").replace("db.post.create", "perform")),
        "POST /x r"
    );
    assert_eq!(express(&body("return")), "POST /x s");
}

#[test]
fn what_another_package_decides_is_undecided() {
    let with = |guard: &str| {
        express(&format!(
            "import passport from 'passport'; app.post('/x', {guard}, work)"
        ))
    };
    assert_eq!(with("passport.authenticate('jwt')"), "POST /x u");
    assert_eq!(with("passport.initialize()"), "POST /x r");
    let below = |package: &str| {
        express(&format!(
            "import {{ make }} from '{package}'; app.use('/api', make({{}})); app.get('/api/x', work); app.get('/x', work)"
        ))
    };
    assert_eq!(below("express-jwt"), "GET /api/x u\nGET /x r");
    assert_eq!(below("some-server"), "ALL /api/* u\nGET /api/x u\nGET /x r");
    assert_eq!(
        express("if (process.env.GUARD) app.use(guard); app.get('/x', work)"),
        "GET /x u"
    );
    assert_eq!(
        express("const { ok } = require('./gone'); app.post('/x', ok, work)"),
        "POST /x u"
    );
}

#[test]
fn routers_of_other_files_are_mounted() {
    let app = "import express from 'express'; import { clerkMiddleware, requireAuth } from '@clerk/express'
        import users from './routes/users'; import { posts } from './routes/posts.js'
        const app = express(); app.use(clerkMiddleware())
        app.use('/api/users', requireAuth(), users)
        app.use('/api', posts); export default app";
    let users = "import { Router } from 'express'; import { db } from '../db'
        const router = Router(); router.get('/', async (req, res) => { res.json(await db.user.findMany()) })
        router.route('/:id').get((req, res) => res.json({})).delete((req, res) => db.user.delete({})); export default router";
    let posts = "import express from 'express'; import { getAuth } from '@clerk/express'
        export const posts = express.Router()
        posts.get('/open', (req, res) => res.json([]))
        posts.use((req, res, next) => { if (!getAuth(req).userId) return res.status(401).end(); next() })
        posts.get('/closed', (req, res) => res.json([]))";
    let files = [
        ("app.ts", app),
        ("routes/users.ts", users),
        ("routes/posts.ts", posts),
    ];
    assert_eq!(
        verdicts("express", &files),
        "GET /api/closed s\nGET /api/open r\nGET /api/users s\nGET /api/users/:id s\nDELETE /api/users/:id s"
    );
}

#[test]
fn routers_of_common_js_and_functions_that_take_the_app_are_followed() {
    let app =
        "const express = require('express'); const { requireAuth } = require('@clerk/express')
        const app = express(); const users = require('./users')
        app.use('/users', users); require('./posts')(app, requireAuth()); module.exports = app";
    let users = "const router = require('express').Router(); const { requireAuth } = require('@clerk/express')
        router.get('/', requireAuth(), (req, res) => res.json({})); router.get('/open', (req, res) => res.json({})); module.exports = router";
    let posts =
        "module.exports = function (server, guard) { const send = (req, res) => res.json({})
          server.get('/posts', send); server.post('/posts', guard, send) }";
    let files = [("app.js", app), ("users.js", users), ("posts.js", posts)];
    assert_eq!(
        verdicts("express", &files),
        "GET /posts r\nPOST /posts s\nGET /users s\nGET /users/open r"
    );
}

#[test]
fn a_server_made_by_a_function_or_class_is_found() {
    let made = "import express from 'express'; import { requireAuth } from '@clerk/express'
        export function createApp() { const app = express(); const guard = requireAuth(); app.get('/x', guard, (req, res) => res.json({})); return app }";
    assert_eq!(verdicts("express", &[("app.ts", made)]), "GET /x s");
    let class = "import express from 'express'; import { getAuth } from '@clerk/express'
        export class Server { app = express(); constructor() { this.routes() }
          routes() { this.app.use(this.guard); this.app.get('/x', this.show) }
          guard(req, res, next) { if (!getAuth(req).userId) return res.status(401).end(); next() }
          show(req, res) { res.json({}) } }";
    assert_eq!(verdicts("express", &[("app.ts", class)]), "GET /x s");
}

#[test]
fn a_router_that_is_mounted_nowhere_is_undecided_with_a_note() {
    let map = map_of(
        "express",
        &[(
            "r.ts",
            "import { Router } from 'express'\nexport const r = Router()\nr.get('/x', (req, res) => res.json({}))",
        )],
    );
    assert_eq!(map.routes[0].verdict(), Verdict::Undecided);
    assert!(map.notes[0].starts_with("r.ts:2: "), "{:?}", map.notes);
}

#[test]
fn wrappers_that_catch_are_followed() {
    let wrap = "const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)
        const wrap2 = (fn) => async (req, res, next) => { try { await fn(req, res, next) } catch (e) { next(e) } }";
    for name in ["wrap", "wrap2"] {
        assert_eq!(
            express(&format!("{wrap}
                app.post('/x', {name}(async (req, res) => {{ const {{ userId }} = getAuth(req); if (!userId) throw new Error('no'); await db.post.create({{}}); res.json({{}}) }}))
                app.post('/y', {name}(work))")),
            "POST /x s\nPOST /y r",
            "{name}"
        );
    }
}

#[test]
fn hono_runs_what_was_registered_before_and_matches_patterns() {
    assert_eq!(
        hono("app.get('/before', work); app.use(guard); app.get('/after', work)"),
        "GET /after s\nGET /before r"
    );
    assert_eq!(
        hono(
            "app.use('/api', guard); app.get('/api/x', work); app.use('/v1/*', guard); app.get('/v1', work); app.get('/v1/x', work); app.get('/V1/x', work)"
        ),
        "GET /V1/x r\nGET /api/x r\nGET /v1 s\nGET /v1/x s"
    );
    assert_eq!(
        hono("const api = new Hono().basePath('/v2').use('/admin/*', guard).get('/admin/x', work).get('/open', work)
            app.route('/api', api)"),
        "GET /api/v2/admin/x s\nGET /api/v2/open r"
    );
    assert_eq!(
        hono(
            "const sub = new Hono(); app.route('/early', sub); sub.get('/x', work); app.on(['PUT', 'DELETE'], '/y', guard, work)"
        ),
        "PUT /y s\nDELETE /y s"
    );
}

#[test]
fn a_route_before_that_fits_the_request_answers() {
    assert_eq!(
        express("app.get('/users/:id', guard, work); app.get('/users/me', work)"),
        "GET /users/:id s\nGET /users/me s"
    );
    assert_eq!(
        express("app.get('/users/:id(\\\\d+)', guard, work); app.get('/users/me', work)"),
        "GET /users/:id(\\d+) s\nGET /users/me u"
    );
}

#[test]
fn a_handler_of_which_the_end_is_not_seen_is_never_stopped_by_a_later_one() {
    let open = "async (req, res) => { const all = await load(); if (all.length) res.json(all) }";
    assert_eq!(
        express(&format!("app.get('/x', {open}, guard)")),
        "GET /x u"
    );
    let timer = "(req, res, next) => { setTimeout(() => next(), 1) }";
    assert_eq!(
        express(&format!("app.post('/x', {timer}, work)")),
        "POST /x u"
    );
    assert_eq!(
        express(&format!("app.post('/x', {timer}, guard, work)")),
        "POST /x u"
    );
}

#[test]
fn a_visitor_who_is_sent_on_gets_to_what_reads() {
    let read = "async (c) => c.json({ ok: true })";
    assert_eq!(
        hono(&format!(
            "app.get('/x', async (c, next) => {{ if (!getAuth(c)?.userId) return next(); await next() }}, {read})"
        )),
        "GET /x r"
    );
    assert_eq!(
        fastify(
            "fastify.get('/x', { preHandler: async (request) => { if (!getAuth(request).userId) return; } }, async () => ({}))"
        ),
        "GET /x r"
    );
}

#[test]
fn hono_guards() {
    for (guard, letter) in [
        ("guard", "s"),
        ("createMiddleware(guard)", "s"),
        (
            "createMiddleware(async (c, next) => { if (!getAuth(c)?.userId) throw new HTTPException(401); await next() })",
            "s",
        ),
        (
            "async (c, next) => { if (!getAuth(c)?.userId) return c.redirect('/sign-in'); return next() }",
            "s",
        ),
        (
            "async (c, next) => { if (!c.get('clerkAuth')?.userId) { c.status(401); return c.json({}) } await next() }",
            "s",
        ),
        (
            "async (c, next) => { c.set('userId', getAuth(c).userId); await next() }, async (c, next) => { if (!c.get('userId')) return c.text('no', 401); await next() }",
            "s",
        ),
        (
            "async (c, next) => { c.set('userId', getAuth(c).userId); await next() }, async (c, next) => { if (!c.var.userId) return c.text('no', 401); await next() }",
            "s",
        ),
        (
            "async (c, next) => { if (!getAuth(c)?.userId) c.json({}, 401); await next() }",
            "r",
        ),
        (
            "async (c, next) => { await next(); if (!getAuth(c)?.userId) return c.json({}, 401) }",
            "r",
        ),
        (
            "async (c, next) => { if (c.req.header('x-skip')) return next(); return guard(c, next) }",
            "r",
        ),
        (
            "async (c, next) => { if (c.req.header('authorization') !== `Bearer ${c.env.API_KEY}`) return c.json({}, 401); await next() }",
            "c",
        ),
    ] {
        assert_eq!(
            hono(&format!("app.post('/x', {guard}, work)")),
            format!("POST /x {letter}"),
            "{guard}"
        );
    }
}

#[test]
fn fastify_hooks_hold_in_their_scope() {
    assert_eq!(
        fastify("fastify.get('/open', work)
            fastify.register(async (scope) => { scope.addHook('preHandler', guard); scope.get('/closed', work) }, { prefix: '/api' })"),
        "GET /api/closed s\nGET /open r"
    );
    // A hook holds for routes registered before it, too.
    assert_eq!(
        fastify("fastify.get('/x', work); fastify.addHook('onRequest', guard)"),
        "GET /x s"
    );
    assert_eq!(
        fastify(
            "fastify.register(async (scope) => { await scope.register(async (inner) => { inner.get('/x', work) }); scope.addHook('onRequest', guard) })"
        ),
        "GET /x s"
    );
    // A plugin made by `fastify-plugin` belongs to the scope around.
    assert_eq!(
        fastify(
            "fastify.register(fp(async (scope) => { scope.addHook('onRequest', guard) })); fastify.get('/x', work)"
        ),
        "GET /x s"
    );
    assert_eq!(
        fastify(
            "fastify.register(async (scope) => { scope.addHook('onRequest', guard) }); fastify.get('/x', work)"
        ),
        "GET /x r"
    );
}

#[test]
fn fastify_guards() {
    for (route, letter) in [
        ("fastify.post('/x', { preHandler: guard }, work)", "s"),
        ("fastify.post('/x', { preHandler: [guard] }, work)", "s"),
        (
            "fastify.route({ method: 'POST', url: '/x', onRequest: guard, handler: work })",
            "s",
        ),
        (
            "fastify.decorate('authenticate', guard); fastify.post('/x', { onRequest: [fastify.authenticate] }, work)",
            "s",
        ),
        (
            "fastify.post('/x', { preHandler: (request, reply, done) => { if (!getAuth(request).userId) { reply.code(401).send(); return } done() } }, work)",
            "s",
        ),
        (
            "fastify.post('/x', async (request, reply) => { if (!getAuth(request).userId) { reply.code(401); return {} } return work(request, reply) })",
            "s",
        ),
        (
            "fastify.post('/x', { preHandler: async (request, reply) => { request.userId = getAuth(request).userId } }, async (request, reply) => { if (!request.userId) return reply.unauthorized(); await db.post.create({}) })",
            "s",
        ),
        (
            "fastify.post('/x', { preHandler: async (request, reply) => { if (!getAuth(request).userId) console.log('no') } }, work)",
            "r",
        ),
        (
            "fastify.post('/x', async (request, reply) => { if (!getAuth(request).userId) { reply.code(401).send() } await db.post.create({}) })",
            "r",
        ),
        ("fastify.post('/x', { schema: {} }, work)", "r"),
        (
            "fastify.post('/x', { preHandler: (request, reply, done) => { if (!getAuth(request).userId) reply.code(401).send(); done() } }, work)",
            "s",
        ),
    ] {
        assert_eq!(fastify(route), format!("POST /x {letter}"), "{route}");
    }
}

#[test]
fn code_that_goes_in_circles_ends() {
    let doubling: String = (0..40)
        .map(|n| {
            format!(
                "const r{n} = Router(); r{n}.use(r{}); r{n}.use(r{});",
                n + 1,
                n + 1
            )
        })
        .collect();
    let many: String = (0..3_000)
        .map(|n| format!("app.use('/a{n}', guard); app.get('/r{n}', work);"))
        .collect();
    let deep = format!("app{}", ".get('/x', work)".repeat(2_000));
    for code in [
        "let p = '/a'; p = p + p; app.get(p, work)",
        "const a = [a]; app.get('/x', a, work)",
        "const o = { ...o }; app.get(o.path, work); app.use(o)",
        "const r = Router(); r.use(r); app.use(r); app.use(app)",
        "function f(g) { g(f); f(g) } f(f); app.get('/x', f)",
        "const go = (req, res, next) => { next(); next(); go(req, res, next) }; app.get('/x', go, go, go, go, work)",
        "const list = [1, 2]; list.forEach(function each(x) { list.forEach(each) })",
        &doubling.replacen("const r0", "const r40 = Router(); const r0", 1),
        &many,
        &deep,
    ] {
        express(code);
    }
    let fastify_circle = "const plugin = async (scope) => { scope.register(plugin); scope.register(plugin) }; fastify.register(plugin)";
    fastify(fastify_circle);
}

#[test]
fn only_the_route_that_answers_a_url_is_shown() {
    let code = "import express from 'express'; const app = express()
        app.get('/users/:id', (req, res) => res.json({})); app.get('/posts/:id', (req, res) => res.json({}))";
    let setting = Setting::default();
    Files::new(&[("app.ts", code)]).with(|project| {
        let app = MapApp {
            project,
            folder: "",
            files: &["app.ts"],
            framework: "express",
            shown: String::new(),
            version: None,
            middleware: None,
            setting: &setting,
            public: &[],
        };
        let map = map(&app, Some("/users/7"));
        assert_eq!(map.routes.len(), 1);
        assert_eq!(map.routes[0].urls, ["/users/7"]);
    });
}

#[test]
fn what_could_not_be_followed_is_noted() {
    for code in [
        "import { register } from './gone'; register(app)",
        "const method = pick(); app[method]('/x', work)",
        "app.get(path(), work)",
        "app.use('/x', Router()); app.route(path()).get(work)",
    ] {
        let code =
            format!("import express, {{ Router }} from 'express'\nconst app = express()\n{code}");
        let map = map_of("express", &[("app.ts", &code)]);
        assert!(
            map.notes.iter().any(|note| note.starts_with("app.ts:3: ")),
            "{code}: {:?}",
            map.notes
        );
    }
}
