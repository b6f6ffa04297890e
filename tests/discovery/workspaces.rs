//! Monorepos of every tool, and folders of none.

use crate::{API, EXPRESS, NEXT, USES_EXPRESS, USES_NEXT, WEB, found};

/// The same two apps below different roots.
fn below(root: &[(&str, &str)]) -> Vec<String> {
    let apps = [
        ("apps/web/package.json", NEXT),
        ("apps/web/app/layout.tsx", USES_NEXT),
        ("apps/api/package.json", EXPRESS),
        ("apps/api/src/index.ts", USES_EXPRESS),
    ];
    found(&[root, &apps].concat())
}

#[test]
fn apps_are_found_below_the_root_of_every_tool() {
    let workspaces = r#"{"name":"acme","private":true,"workspaces":["apps/*","packages/*"]}"#;
    let pnpm = ("pnpm-workspace.yaml", "packages:\n  - apps/*\n");
    let plain = ("package.json", r#"{"name":"acme","private":true}"#);
    for root in [
        &[("package.json", workspaces)][..],
        &[
            ("package.json", workspaces),
            ("yarn.lock", "# yarn lockfile v1\n"),
        ],
        &[
            ("package.json", r#"{"workspaces":{"packages":["apps/*"]}}"#),
            (
                "bun.lock",
                "{\"lockfileVersion\":1,\"workspaces\":{},\"packages\":{}}",
            ),
        ],
        &[plain, pnpm],
        &[plain, pnpm, ("turbo.json", r#"{"tasks":{"build":{}}}"#)],
        &[
            plain,
            ("nx.json", "{}"),
            ("apps/web/project.json", "{}"),
            ("apps/api/project.json", "{}"),
        ],
        &[plain, ("lerna.json", r#"{"packages":["apps/*"]}"#)],
        // No root manifest at all, and a README only.
        &[],
        &[("README.md", "# acme\n")],
    ] {
        assert_eq!(below(root), [API, WEB], "{root:?}");
    }
}

#[test]
fn a_folder_that_no_workspace_lists_is_an_app_all_the_same() {
    let listed = r#"{"workspaces":["packages/*"]}"#;
    assert_eq!(below(&[("package.json", listed)]), [API, WEB]);
}

#[test]
fn apps_are_found_in_folders_of_any_name() {
    for folder in [
        "sites/docs-site",
        "web",
        "frontend/client",
        "projects/a/b/c",
        "src/website",
    ] {
        let (manifest, layout) = (
            format!("{folder}/package.json"),
            format!("{folder}/src/app/layout.tsx"),
        );
        let expected = format!("{folder}: app next ^16.0.0, @clerk/nextjs ^7.0.0");
        assert_eq!(
            found(&[(&manifest, NEXT), (&layout, USES_NEXT)]),
            [expected]
        );
    }
}

#[test]
fn an_app_at_the_root_and_one_below_are_two() {
    let apps = found(&[
        (
            "package.json",
            r#"{"dependencies":{"@clerk/clerk-react":"5.0.0","react":"18.3.1","vite":"5.0.0"}}"#,
        ),
        ("index.html", ""),
        (
            "src/main.tsx",
            "import { ClerkProvider } from '@clerk/clerk-react';\n",
        ),
        ("backend/package.json", EXPRESS),
        ("backend/index.js", USES_EXPRESS),
    ]);
    assert_eq!(
        apps,
        [
            ".: app react-vite 18.3.1, @clerk/clerk-react 5.0.0",
            "backend: app express ^5.0.0, @clerk/express ^2.0.0"
        ]
    );
}

#[test]
fn a_root_that_only_hoists_clerk_for_the_apps_below_is_none() {
    let root = r#"{"private":true,"workspaces":["apps/*"],"devDependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"}}"#;
    assert_eq!(below(&[("package.json", root)]), [API, WEB]);
}

#[test]
fn an_integrated_nx_workspace_has_an_app_for_each_project_that_imports_clerk() {
    let root = r#"{"name":"acme","dependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"}}"#;
    let apps = found(&[
        ("package.json", root),
        ("nx.json", "{}"),
        ("apps/web/project.json", r#"{"name":"web"}"#),
        ("apps/web/next.config.js", ""),
        ("apps/web/src/app/layout.tsx", USES_NEXT),
        ("apps/admin/project.json", r#"{"name":"admin"}"#),
        ("apps/admin/next.config.js", ""),
        ("apps/admin/src/app/layout.tsx", USES_NEXT),
        ("apps/landing/project.json", r#"{"name":"landing"}"#),
        ("apps/landing/next.config.js", ""),
        (
            "apps/landing/src/app/layout.tsx",
            "export default () => null;\n",
        ),
        ("libs/ui/project.json", r#"{"name":"ui"}"#),
        ("libs/ui/src/index.ts", USES_NEXT),
    ]);
    assert_eq!(
        apps,
        ["apps/admin: app next ^16.0.0, @clerk/nextjs ^7.0.0", WEB]
    );
}

const AUTH: &str = r#"{"name":"@acme/auth","dependencies":{"@clerk/nextjs":"^7.0.0"}}"#;

#[test]
fn an_app_can_get_clerk_through_a_package_of_the_workspace() {
    let manifest = r#"{"name":"web","dependencies":{"@acme/auth":"workspace:*","next":"^16.0.0"}}"#;
    let apps = found(&[
        ("packages/auth/package.json", AUTH),
        ("packages/auth/src/index.ts", USES_NEXT),
        ("apps/web/package.json", manifest),
        (
            "apps/web/app/layout.tsx",
            "import { AuthProvider } from '@acme/auth/provider';\n",
        ),
        (
            "apps/docs/package.json",
            r#"{"name":"docs","dependencies":{"@acme/auth":"workspace:*","next":"^16.0.0"}}"#,
        ),
        ("apps/docs/app/layout.tsx", "export default () => null;\n"),
    ]);
    // The docs depend on it and never import it.
    assert_eq!(
        apps,
        [WEB, "packages/auth: library next ?, @clerk/nextjs ^7.0.0"]
    );
}

#[test]
fn an_app_can_get_clerk_through_two_packages_of_the_workspace() {
    let apps = found(&[
        ("packages/auth/package.json", AUTH),
        ("packages/auth/src/index.ts", USES_NEXT),
        (
            "packages/ui/package.json",
            r#"{"name":"@acme/ui","dependencies":{"@acme/auth":"workspace:*"}}"#,
        ),
        ("packages/ui/src/index.ts", "export * from '@acme/auth';\n"),
        (
            "apps/web/package.json",
            r#"{"name":"web","dependencies":{"@acme/ui":"workspace:*","@acme/auth":"workspace:*","next":"^16.0.0"}}"#,
        ),
        (
            "apps/web/app/layout.tsx",
            "import { Shell } from '@acme/ui';\nimport { x } from '@acme/auth';\n",
        ),
    ]);
    assert!(apps.contains(&WEB.to_owned()), "{apps:?}");
}

#[test]
fn packages_that_depend_on_each_other_in_a_circle_are_walked_once() {
    let apps = found(&[
        (
            "packages/a/package.json",
            r#"{"name":"a","dependencies":{"b":"*","@clerk/nextjs":"7.0.0"}}"#,
        ),
        ("packages/a/index.ts", USES_NEXT),
        (
            "packages/b/package.json",
            r#"{"name":"b","dependencies":{"a":"*","b":"*"}}"#,
        ),
        (
            "apps/web/package.json",
            r#"{"dependencies":{"b":"*","a":"*","next":"16.0.0"}}"#,
        ),
        ("apps/web/app/layout.tsx", "import 'a';\n"),
    ]);
    assert_eq!(
        apps,
        [
            "apps/web: app next 16.0.0, @clerk/nextjs 7.0.0",
            "packages/a: library next ?, @clerk/nextjs 7.0.0"
        ]
    );
}

#[test]
fn what_is_published_or_imported_or_a_peer_is_a_library() {
    for manifest in [
        r#"{"name":"@acme/ui","files":["dist"],"dependencies":{"@clerk/clerk-react":"5.0.0"}}"#,
        r#"{"name":"@acme/ui","publishConfig":{},"dependencies":{"@clerk/clerk-react":"5.0.0"}}"#,
        r#"{"name":"@acme/ui","peerDependencies":{"@clerk/clerk-react":"5.0.0"}}"#,
        r#"{"name":"@acme/ui","dependencies":{"@clerk/clerk-react":"5.0.0"}}"#,
    ] {
        let apps = found(&[
            ("packages/ui/package.json", manifest),
            (
                "packages/ui/src/index.tsx",
                "import '@clerk/clerk-react';\n",
            ),
            ("apps/web/package.json", NEXT),
            ("apps/web/app/layout.tsx", USES_NEXT),
        ]);
        assert_eq!(
            apps,
            [
                WEB,
                "packages/ui: library javascript ?, @clerk/clerk-react 5.0.0"
            ],
            "{manifest}"
        );
    }
}

#[test]
fn a_suite_of_end_to_end_tests_is_no_app() {
    let apps = found(&[
        ("apps/web/package.json", NEXT),
        ("apps/web/app/layout.tsx", USES_NEXT),
        (
            "apps/web-tests/package.json",
            r#"{"name":"tests","devDependencies":{"@clerk/testing":"1.0.0","@playwright/test":"1.0.0"}}"#,
        ),
        (
            "apps/web-tests/login.spec.ts",
            "import { clerk } from '@clerk/testing/playwright';\n",
        ),
        (
            "tooling/eslint/package.json",
            r#"{"name":"lint","devDependencies":{"@clerk/eslint-plugin":"1.0.0","@clerk/types":"1.0.0"}}"#,
        ),
    ]);
    assert_eq!(apps, [WEB]);
}

#[test]
fn samples_and_tests_are_left_aside_and_named() {
    for folder in [
        "templates/next",
        "examples/demo",
        "packages/x/fixtures/app",
        "e2e",
        "docs/snippets",
        "apps/web-e2e",
        ".storybook/app",
    ] {
        let (manifest, layout) = (
            format!("{folder}/package.json"),
            format!("{folder}/app/layout.tsx"),
        );
        let files = [
            ("apps/web/package.json", NEXT),
            ("apps/web/app/layout.tsx", USES_NEXT),
            (manifest.as_str(), NEXT),
            (layout.as_str(), USES_NEXT),
        ];
        assert_eq!(found(&files), [WEB], "{folder}");
        let project = crate::project::Project::of(&files);
        project
            .audit(&[])
            .says(&format!("(--app {folder} audits one)"));
        project.audit(&["--app", folder]).says("16.0.0");
    }
}

#[test]
fn samples_are_audited_where_there_is_nothing_else() {
    let apps = found(&[
        ("examples/demo/package.json", NEXT),
        ("examples/demo/app/layout.tsx", USES_NEXT),
    ]);
    assert_eq!(
        apps,
        ["examples/demo: app next ^16.0.0, @clerk/nextjs ^7.0.0"]
    );
}

#[test]
fn what_is_declared_and_never_imported_is_said_and_not_judged() {
    let project = crate::project::Project::of(&[
        (
            "package.json",
            "{\n  \"dependencies\": {\n    \"next\": \"16.0.0\",\n    \"@clerk/nextjs\": \"7.0.0\"\n  }\n}\n",
        ),
        ("app/layout.tsx", "export default () => null;\n"),
    ]);
    assert_eq!(
        crate::told(&project),
        [".: unused next 16.0.0, @clerk/nextjs 7.0.0"]
    );
    project
        .audit(&[])
        .says("package.json:4: @clerk/nextjs is declared and no code imports it");
}

#[test]
fn installed_packages_and_builds_are_no_apps() {
    let apps = found(&[
        ("package.json", NEXT),
        ("app/layout.tsx", USES_NEXT),
        ("node_modules/@clerk/nextjs/package.json", NEXT),
        (".next/standalone/package.json", NEXT),
        ("dist/package.json", NEXT),
        ("vendor/x/node_modules/y/package.json", NEXT),
    ]);
    assert_eq!(apps, [".: app next ^16.0.0, @clerk/nextjs ^7.0.0"]);
}

#[test]
fn what_git_ignores_is_no_app() {
    let apps = found(&[
        ("package.json", NEXT),
        ("app/layout.tsx", USES_NEXT),
        (".gitignore", "/old\n"),
        ("old/package.json", NEXT),
        ("old/app/layout.tsx", USES_NEXT),
    ]);
    assert_eq!(apps, [".: app next ^16.0.0, @clerk/nextjs ^7.0.0"]);
}
