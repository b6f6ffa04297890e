use std::collections::BTreeSet;

use super::*;
use crate::facts::code::testing::Files as Project;

fn read_all(framework: &str, files: &[(&str, &str)], suspects: &[&str]) -> ClientCode {
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let client: Vec<&str> = files
        .iter()
        .filter(|(_, text)| text.starts_with("'use client'"))
        .map(|(path, _)| *path)
        .collect();
    let suspects: BTreeSet<String> = suspects.iter().map(|one| (*one).to_owned()).collect();
    Project::new(files).with(|project| {
        let files = Files {
            folder: "",
            all: &paths,
            client: &client,
        };
        let roots = roots(project, framework, &files);
        read(
            project,
            "",
            &roots,
            &suspects,
            framework == "tanstack-start",
        )
    })
}

fn found(framework: &str, files: &[(&str, &str)], suspects: &[&str]) -> Vec<String> {
    let code = read_all(framework, files, suspects);
    let all = code.strays.iter().map(|stray| match &stray.what {
        StrayKind::Variable(name) => format!("{name} after {}", stray.way.len()),
        StrayKind::Entry { package, name } => {
            format!("{name} of {package} after {}", stray.way.len())
        }
    });
    all.collect()
}

#[test]
fn what_a_client_module_imports_the_browser_gets() {
    let files = [
        (
            "app/button.tsx",
            "'use client'\nimport { load } from '../lib/load'\nexport const B = () => load()",
        ),
        ("lib/load.ts", "export { load } from './clerk'"),
        (
            "lib/clerk.ts",
            "import { auth } from '@clerk/nextjs/server'\nexport const load = () => auth()",
        ),
    ];
    assert_eq!(
        found("next", &files, &["lib/clerk.ts"]),
        ["auth of @clerk/nextjs/server after 2"]
    );
}

#[test]
fn server_functions_types_and_what_nobody_uses_stay_on_the_server() {
    let clerk = "import { auth } from '@clerk/nextjs/server'\nexport type User = { id: string }\nexport const format = (x: string) => x\nexport async function me() { return auth() }";
    for (client, lib) in [
        (
            "'use client'\nimport { me } from './lib'\nme()",
            format!("'use server'\n{clerk}"),
        ),
        (
            "'use client'\nimport type { User } from './lib'\nexport const x: User = y",
            clerk.to_owned(),
        ),
        (
            "'use client'\nimport { User } from './lib'\nexport const x: User = y",
            clerk.to_owned(),
        ),
        (
            "'use client'\nimport { format } from './lib'\nexport const x = format('a')",
            clerk.to_owned(),
        ),
        (
            "'use client'\nimport { me } from './lib'\nme()",
            format!("import 'server-only'\n{clerk}"),
        ),
        ("import { me } from './lib'\nme()", clerk.to_owned()),
    ] {
        let files = [("app/a.tsx", client), ("app/lib.ts", lib.as_str())];
        assert!(
            found("next", &files, &["app/lib.ts"]).is_empty(),
            "{client} {lib}"
        );
    }
}

#[test]
fn a_page_loses_what_only_its_server_functions_use() {
    let page = "import { getAuth } from '@clerk/nextjs/server'\nimport { help } from '../lib'\nfunction own(req) { return getAuth(req) }\nexport const getServerSideProps = (ctx) => own(ctx.req)\nexport default function Page() { return help() }";
    let files = [
        ("pages/index.tsx", page),
        (
            "lib.ts",
            "export const help = () => process.env.CLERK_SECRET_KEY",
        ),
    ];
    assert_eq!(
        found("next", &files, &["pages/index.tsx", "lib.ts"]),
        ["CLERK_SECRET_KEY after 1"]
    );
    let route = "import { getAuth } from '@clerk/react-router/server'\nexport async function loader(args) { return getAuth(args) }\nexport default () => null";
    let files = [("app/routes/home.tsx", route)];
    assert!(found("react-router", &files, &["app/routes/home.tsx"]).is_empty());
}

#[test]
fn handlers_of_server_functions_are_taken_out() {
    let route = "import { auth } from '@clerk/tanstack-react-start/server'\nconst who = createServerFn().handler(async () => auth())\nexport const Route = createFileRoute('/')({ loader: () => who(), server: { handlers: { GET: () => auth() } } })";
    let files = [("src/routes/index.tsx", route)];
    assert!(found("tanstack-start", &files, &["src/routes/index.tsx"]).is_empty());
    let bad = "import { auth } from '@clerk/tanstack-react-start/server'\nexport const Route = createFileRoute('/')({ component: () => auth() })";
    let files = [("src/routes/index.tsx", bad)];
    assert_eq!(
        found("tanstack-start", &files, &["src/routes/index.tsx"]).len(),
        1
    );
}

#[test]
fn a_list_of_all_variables_reads_none_of_them() {
    let env = "import { createEnv } from '@t3-oss/env-nextjs'\nexport const env = createEnv({ runtimeEnv: { CLERK_SECRET_KEY: process.env.CLERK_SECRET_KEY } })";
    let files = [
        (
            "app/a.tsx",
            "'use client'\nimport { env } from '../env'\nexport const a = env.X",
        ),
        ("env.ts", env),
    ];
    assert!(found("next", &files, &["env.ts"]).is_empty());
}

#[test]
fn modules_that_import_each_other_end() {
    let files = [
        (
            "app/a.tsx",
            "'use client'\nimport { b } from './b'\nexport const a = () => b() + process.env.CLERK_SECRET_KEY",
        ),
        (
            "app/b.tsx",
            "import { a } from './a'\nexport * from './b'\nexport const b = () => a()",
        ),
    ];
    assert_eq!(
        found("next", &files, &["app/a.tsx"]),
        ["CLERK_SECRET_KEY after 0"]
    );
}

fn exposed(path: &str, text: &str) -> Vec<Exposed> {
    let code = read_all("next", &[(path, text)], &[]);
    code.exposures.into_iter().map(|one| one.what).collect()
}

#[test]
fn settings_that_hand_secrets_over_are_found() {
    let secret = || vec![Exposed::Secret("CLERK_SECRET_KEY".to_owned())];
    for (path, text) in [
        (
            "next.config.js",
            "module.exports = { env: { CLERK_SECRET_KEY: process.env.CLERK_SECRET_KEY } }",
        ),
        (
            "next.config.ts",
            "const c = { publicRuntimeConfig: { key: process.env.CLERK_SECRET_KEY } }; export default withX(c)",
        ),
        (
            "vite.config.ts",
            "export default defineConfig(({ mode }) => { const env = loadEnv(mode, '.', ''); return { define: { 'process.env.K': JSON.stringify(env.CLERK_SECRET_KEY) } } })",
        ),
        (
            "webpack.config.js",
            "module.exports = { plugins: [new webpack.EnvironmentPlugin(['CLERK_SECRET_KEY'])] }",
        ),
        (
            "nuxt.config.ts",
            "export default defineNuxtConfig({ runtimeConfig: { public: { x: process.env.CLERK_SECRET_KEY } } })",
        ),
        (
            "app.config.js",
            "export default { expo: { extra: { key: process.env.CLERK_SECRET_KEY } } }",
        ),
        (
            "astro.config.mjs",
            "export default defineConfig({ env: { schema: { CLERK_SECRET_KEY: envField.string({ context: 'client', access: 'public' }) } } })",
        ),
    ] {
        assert_eq!(exposed(path, text), secret(), "{path} {text}");
    }
    for text in [
        "export default { define: { 'process.env': process.env } }",
        "export default ({ mode }) => { const env = loadEnv(mode, process.cwd(), ''); return { define: { 'process.env': env } } }",
        "export default { define: { 'process.env': JSON.stringify(process.env) } }",
    ] {
        assert_eq!(
            exposed("vite.config.ts", text),
            [Exposed::Environment],
            "{text}"
        );
    }
    assert_eq!(
        exposed(
            "vite.config.ts",
            "export default { envPrefix: ['VITE_', 'CLERK_'] }"
        ),
        [Exposed::Prefix("CLERK_".to_owned())]
    );
}

#[test]
fn settings_that_hand_over_no_secret_are_left_alone() {
    for (path, text) in [
        (
            "next.config.js",
            "module.exports = { env: { A: process.env.A, HAS: process.env.CLERK_SECRET_KEY ? '1' : '0' } }",
        ),
        (
            "next.config.js",
            "module.exports = { serverRuntimeConfig: { key: process.env.CLERK_SECRET_KEY } }",
        ),
        (
            "next.config.js",
            "module.exports = { webpack(c, { isServer }) { if (isServer) c.plugins.push(new DefinePlugin({ X: process.env.CLERK_SECRET_KEY })) } }",
        ),
        (
            "vite.config.ts",
            "export default ({ mode }) => { const env = loadEnv(mode, process.cwd()); return { define: { 'process.env': env }, envPrefix: 'VITE_' } }",
        ),
        (
            "vite.config.ts",
            "export default { define: { 'process.env': {}, 'process.env.NODE_ENV': JSON.stringify(mode) }, test: { env: process.env } }",
        ),
        (
            "nuxt.config.ts",
            "export default defineNuxtConfig({ runtimeConfig: { clerk: { secretKey: process.env.CLERK_SECRET_KEY }, public: { a: 1 } } })",
        ),
        (
            "vite.config.ts",
            "export default { envPrefix: ['VITE_', 'CLERK_PUBLISHABLE_'] }",
        ),
    ] {
        assert!(exposed(path, text).is_empty(), "{path} {text}");
    }
}
