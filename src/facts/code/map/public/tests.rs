use super::super::{MapApp, map};
use super::*;
use crate::facts::code::testing::Files;
use crate::facts::code::visitor::Setting;

const DB: (&str, &str) = (
    "db.ts",
    "import { PrismaClient } from '@prisma/client'; export const db = new PrismaClient()",
);

/// Why each route is public by what it is, one a line: `GET / why`.
fn natures(framework: &'static str, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().copied().chain([DB]).collect();
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    let setting = Setting::default();
    let map = Files::new(&files).with(|project| {
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
        map(&app, None).unwrap_or_default()
    });
    let lines = map.routes.iter().flat_map(|route| {
        route.methods.iter().map(|answer| {
            let why = match &answer.declared_public {
                Some(Declared::Nature { why }) => why,
                _ => "-",
            };
            assert_eq!(answer.verdict, Verdict::Reached, "{}", route.pattern);
            format!("{} {} {why}", answer.method, route.pattern)
        })
    });
    lines.collect()
}

fn express(code: &str) -> Vec<String> {
    let code = format!(
        "import express from 'express'; import {{ db }} from './db'
            const app = express(); {code}"
    );
    natures("express", &[("app.ts", &code)])
}

#[test]
fn the_front_page_is_for_everybody_in_every_framework() {
    let front = format!("GET / {FRONT_PAGE}");
    assert_eq!(
        express("app.get('/', (req, res) => res.send('hi'))"),
        [front.as_str()]
    );
    for (framework, file, text) in [
        (
            "next",
            "app/page.tsx",
            "export default function Page() { return <p>hi</p> }",
        ),
        ("sveltekit", "src/routes/+page.svelte", "<p>hi</p>"),
        (
            "nuxt",
            "app/pages/index.vue",
            "<template><p>hi</p></template>",
        ),
    ] {
        assert_eq!(
            natures(framework, &[(file, text)]),
            [front.as_str()],
            "{framework}"
        );
    }
}

#[test]
fn a_front_page_that_shows_or_does_something_is_not() {
    let reads = "app.get('/', async (req, res) => { res.json(await db.user.findMany()) })";
    assert_eq!(express(reads), ["GET / -"]);
    let writes =
        "app.post('/', async (req, res) => { await db.user.update(req.body); res.json({}) })";
    assert_eq!(express(writes), ["POST / -"]);
}

#[test]
fn a_server_shows_its_sign_in_to_everybody_and_an_endpoint_of_that_name_is_none() {
    assert_eq!(
        express(
            "app.get('/sign-in', (req, res) => res.render('sign-in'))
                app.post('/sign-in', (req, res) => res.json({}))
                app.get('/api/register', (req, res) => res.json({}))"
        ),
        [
            "GET /api/register -",
            "GET /sign-in people sign in there",
            "POST /sign-in -",
        ]
    );
}

#[test]
fn what_is_built_once_is_the_same_for_everybody_unless_data_of_users_are_built_in() {
    let import = "import { db } from '../../db'";
    let reads = format!("---\n{import}\nconst all = await db.user.findMany()\n---\n<p>{{all}}</p>");
    let guarded = format!(
        "---\n{import}\nif (!Astro.locals.auth().userId) return Astro.redirect('/')\nconst all = await db.user.findMany()\n---\n"
    );
    let pages = [
        (
            "src/pages/pricing.astro",
            "---\nconst a = 1\n---\n<p>hi</p>",
        ),
        ("src/pages/team.astro", reads.as_str()),
        ("src/pages/own.astro", guarded.as_str()),
        ("src/pages/docs.md", "hi"),
    ];
    assert_eq!(
        natures("astro", &pages),
        [
            format!("GET /docs {BUILT_ONCE}"),
            format!("GET /own {BUILT_ONCE}"),
            format!("GET /pricing {BUILT_ONCE}"),
            "GET /team -".to_owned(),
        ]
    );
    let load = "import { db } from '../../../db'; export const load = async () => ({ all: await db.user.findMany() })";
    let kit = [
        ("src/routes/+layout.ts", "export const prerender = true"),
        ("src/routes/about/+page.svelte", "<p>hi</p>"),
        ("src/routes/team/+page.svelte", "<p>hi</p>"),
        ("src/routes/team/+page.server.ts", load),
    ];
    assert_eq!(
        natures("sveltekit", &kit),
        [format!("GET /about {BUILT_ONCE}"), "GET /team -".to_owned()]
    );
}

#[test]
fn what_the_config_has_built_once_is_the_same_for_everybody() {
    let page = "export default function Page() { return <p>hi</p> }";
    let next = |config| {
        let files = [("next.config.mjs", config), ("app/pricing/page.tsx", page)];
        natures("next", &files).concat()
    };
    let once = format!("GET /pricing {BUILT_ONCE}");
    assert_eq!(next("export default { output: 'export' }"), once);
    assert_eq!(
        next("export default { output: 'standalone' }"),
        "GET /pricing -"
    );
    let computed = "export default { output: process.env.DESKTOP ? 'export' : undefined }";
    assert_eq!(next(computed), "GET /pricing -");
    let rules = "export default defineNuxtConfig({ routeRules: {
        '/docs/**': { prerender: true }, '/docs/live': { prerender: false }, '/pricing': { prerender: true },
    } })";
    let nuxt = [
        ("nuxt.config.ts", rules),
        ("app/pages/pricing.vue", "<template/>"),
        ("app/pages/team.vue", "<template/>"),
        ("app/pages/docs/index.vue", "<template/>"),
        ("app/pages/docs/live.vue", "<template/>"),
        ("app/pages/docs/[slug].vue", "<template/>"),
    ];
    assert_eq!(
        natures("nuxt", &nuxt),
        [
            format!("GET /docs {BUILT_ONCE}"),
            "GET /docs/[slug] -".to_owned(),
            "GET /docs/live -".to_owned(),
            once,
            "GET /team -".to_owned(),
        ]
    );
}
