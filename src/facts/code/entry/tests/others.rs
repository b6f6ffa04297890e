use super::*;

fn named(
    stems: &'static [&'static str],
    exports: &'static [&'static str],
    calls: &'static [&'static str],
) -> Entry {
    Entry::File {
        stems,
        extensions: &["ts", "js", "tsx"],
        exports,
        calls,
        example: "",
    }
}

#[test]
fn files_of_other_frameworks_are_judged_by_their_export() {
    let astro = named(
        &["src/middleware", "src/middleware/index"],
        &["onRequest"],
        &["clerkMiddleware"],
    );
    let svelte = named(&["src/hooks.server"], &["handle"], &["withClerkHandler"]);
    let router = named(
        &["app/root"],
        &["middleware", "loader"],
        &["clerkMiddleware"],
    );
    let start = named(&["src/start"], &["startInstance"], &["clerkMiddleware"]);
    for (entry, path, text) in [
        (
            &astro,
            "src/middleware.ts",
            "import { clerkMiddleware } from '@clerk/astro/server'; import { sequence } from 'astro:middleware'; export const onRequest = sequence(log, clerkMiddleware())",
        ),
        (
            &astro,
            "src/middleware/index.js",
            "import { clerkMiddleware } from '@clerk/astro/server'; export const onRequest = clerkMiddleware()",
        ),
        (
            &svelte,
            "src/hooks.server.ts",
            "import { withClerkHandler } from 'svelte-clerk/server'; import { sequence } from '@sveltejs/kit/hooks'; export const handle = sequence(a, withClerkHandler())",
        ),
        (
            &router,
            "app/root.tsx",
            "import { clerkMiddleware } from '@clerk/react-router/server'; export const middleware: Route.M[] = [clerkMiddleware()]; export default function App() { return <A/> }",
        ),
        (
            &start,
            "src/start.ts",
            "import { clerkMiddleware } from '@clerk/tanstack-react-start/server'; export const startInstance = createStart(() => { return { requestMiddleware: [clerkMiddleware()] } })",
        ),
    ] {
        let facts = at("web", None, entry, &[(&format!("web/{path}"), text)]);
        assert_eq!(facts.state, file(&format!("web/{path}")), "{text}");
        assert_eq!(facts.export, ExportState::Right, "{text}");
        assert!(facts.uses.is_yes(), "{text}");
    }
    let facts = at(
        "",
        None,
        &svelte,
        &[("src/hooks.server.ts", "export const other = 1")],
    );
    assert!(matches!(facts.export, ExportState::Wrong { .. }));
    assert_eq!(facts.uses, ClerkUse::No);
    assert_eq!(
        at("", None, &svelte, &[]).state,
        missing(&[
            "src/hooks.server.ts",
            "src/hooks.server.js",
            "src/hooks.server.tsx"
        ])
    );
}

const REGISTERED: Entry = Entry::Registered {
    calls: &["clerkMiddleware", "clerkPlugin"],
    example: "app.use(clerkMiddleware())",
};

#[test]
fn clerk_registered_anywhere_in_the_code_is_found() {
    for text in [
        "import { clerkMiddleware } from '@clerk/express'; const app = express(); app.use(clerkMiddleware())",
        "const { clerkMiddleware } = require('@clerk/express'); function create() { const app = express(); app.use('*', clerkMiddleware()); return app } module.exports = create()",
        "import { clerkPlugin } from '@clerk/fastify'; const start = async () => { await fastify.register(clerkPlugin, {}) }; start()",
        "import { clerkMiddleware } from '@clerk/hono'; export default new Hono().use('*', cors()).use('*', clerkMiddleware()).get('/', h)",
        "import { ClerkExpressRequireAuth } from '@clerk/clerk-sdk-node'; app.get('/x', ClerkExpressRequireAuth(), (req, res) => {})",
        "import { ClerkExpressWithAuth } from '@clerk/clerk-sdk-node'; @Module({}) export class AppModule { configure(consumer) { consumer.apply(ClerkExpressWithAuth()).forRoutes('*') } }",
        "import { requireAuth } from '@clerk/express'; export const guard = requireAuth()",
        "import * as c from '@clerk/express'; app.use(c.clerkMiddleware())",
        "import { clerkMiddleware } from '@clerk/express'; const mw = clerkMiddleware(); app.use((req, res, next) => mw(req, res, next))",
    ] {
        let facts = at("", None, &REGISTERED, &[("src/server.ts", text)]);
        assert!(facts.uses.is_yes(), "{text}: {:?}", facts.uses);
    }
}

#[test]
fn clerk_imported_and_not_registered_is_found_out() {
    for text in [
        "import { clerkMiddleware } from '@clerk/express'; app.use(cors())",
        "import { clerkMiddleware } from '@clerk/express'; clerkMiddleware()",
        "import { getAuth } from '@clerk/express'; app.get('/', (req) => getAuth(req))",
        "import { clerkMiddleware } from './clerk'; app.use(clerkMiddleware())",
    ] {
        let own = ("src/clerk.ts", "export const clerkMiddleware = () => 1");
        assert_eq!(
            at("", None, &REGISTERED, &[("src/server.ts", text), own]).uses,
            ClerkUse::No,
            "{text}"
        );
    }
    let test = "import { clerkMiddleware } from '@clerk/express'; app.use(clerkMiddleware())";
    assert_eq!(
        at("", None, &REGISTERED, &[("src/server.test.ts", test)]).uses,
        ClerkUse::No
    );
    let guard = "import { verifyToken } from '@clerk/backend'; export class Guard { async canActivate(c) { const t = await verifyToken(c.token, {}); return !!t } }";
    assert!(matches!(
        at("", None, &REGISTERED, &[("src/guard.ts", guard)]).uses,
        ClerkUse::ByHand { .. }
    ));
}

/// The entry that a framework's own data gives.
fn of(id: &str) -> &'static Entry {
    let mut all = crate::facts::framework::ALL.iter();
    &all.find(|framework| framework.id == id).unwrap().entry
}

#[test]
fn a_nest_guard_that_verifies_the_token_does_it_by_hand() {
    let guard = "import { verifyToken } from '@clerk/backend'; export class Guard { async canActivate(c) { c.auth = await verifyToken(c.token, {}); return true } }";
    for id in ["nest", "express", "node"] {
        let facts = at("", None, of(id), &[("src/guard.ts", guard)]);
        assert!(matches!(facts.uses, ClerkUse::ByHand { .. }), "{id}");
    }
}

#[test]
fn a_root_route_may_do_without_a_loader() {
    let root = ("app/root.tsx", "export default function App() {}");
    let facts = at("", None, of("react-router"), &[root]);
    assert_eq!(facts.export, ExportState::NotAsked);
    assert_eq!(facts.uses, ClerkUse::No);
}

#[test]
fn nuxt_does_it_by_itself_unless_told_not_to() {
    let middleware =
        "import { clerkMiddleware } from '@clerk/nuxt/server'; export default clerkMiddleware()";
    let uses = |files: &[(&str, &str)]| at("", None, of("nuxt"), files).uses;
    let on = "export default defineNuxtConfig({ modules: ['@nuxt/ui', '@clerk/nuxt'], clerk: {} })";
    assert!(uses(&[("nuxt.config.ts", on)]).is_yes());
    let none = "export default defineNuxtConfig({ modules: ['@nuxt/ui'] })";
    assert_eq!(uses(&[("nuxt.config.ts", none)]), ClerkUse::No);
    let computed = "export default defineNuxtConfig({ modules: [...more] })";
    assert!(matches!(
        uses(&[("nuxt.config.ts", computed)]),
        ClerkUse::Undecided { .. }
    ));
    for off in [
        "export default defineNuxtConfig({ modules: ['@clerk/nuxt'], clerk: { skipServerMiddleware: true } })",
        "const c = { modules: [['@clerk/nuxt', { skipServerMiddleware: true }]] }; export default defineNuxtConfig(c)",
    ] {
        let config = ("nuxt.config.ts", off);
        let facts = at("", None, of("nuxt"), &[config]);
        assert!(matches!(facts.state, State::Missing { .. }), "{off}");
        assert!(uses(&[config, ("server/middleware/clerk.ts", middleware)]).is_yes());
        assert!(uses(&[config, ("server/middleware/01.auth.ts", middleware)]).is_yes());
        assert_eq!(
            uses(&[config, ("server/middleware/clerk.ts", OTHER)]),
            ClerkUse::No
        );
    }
}

#[test]
fn a_framework_without_an_entry_has_no_facts() {
    let files = Files::new(&[]);
    let found = files.with(|project| {
        let app = App {
            project,
            folder: "",
            major: None,
            mentions: &[],
        };
        look(&app, &Entry::Without("a browser app has no server"))
    });
    assert_eq!(found, None);
}

#[test]
fn servers_in_other_languages_are_searched_for_the_call() {
    let entry = Entry::Registered {
        calls: &[
            "authenticate_request",
            "WithHeaderAuthorization",
            "Clerk::Authenticatable",
        ],
        example: "",
    };
    let uses = |path: &str, text: &str| at("", None, &entry, &[(path, text)]).uses;
    assert!(uses("app/auth.py", "from clerk_backend_api import Clerk\nstate = sdk.authenticate_request(request, options)").is_yes());
    assert!(uses("main.go", "import clerkhttp \"github.com/clerk/clerk-sdk-go/v2/http\"\nmux.Handle(\"/\", clerkhttp.WithHeaderAuthorization()(h))").is_yes());
    assert!(
        uses(
            "app/controllers/a.rb",
            "class A\n  include Clerk::Authenticatable\nend"
        )
        .is_yes()
    );
    for (path, text) in [
        (
            "a.py",
            "from clerk_backend_api.security import authenticate_request",
        ),
        (
            "a.py",
            "from own import authenticate_request # clerk\nauthenticate_request(r)",
        ),
        (
            "a.py",
            "from clerk_backend_api import Clerk\n# sdk.authenticate_request(r)",
        ),
        ("a.go", "import \"github.com/clerk/clerk-sdk-go/v2\""),
    ] {
        assert_eq!(uses(path, text), ClerkUse::No, "{text}");
    }
}
