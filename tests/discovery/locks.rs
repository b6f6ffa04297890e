//! Versions: from the lock file that answers for the app, else the range of the manifest.

use crate::{NEXT, USES_NEXT, found};

const PNPM_9: &str = "\
lockfileVersion: '9.0'

importers:

  IMPORTER:
    dependencies:
      '@clerk/nextjs':
        specifier: ^7.0.0
        version: 7.0.9(next@16.0.9(react@19.0.0))(react@19.0.0)
      next:
        specifier: ^16.0.0
        version: 16.0.9(react@19.0.0)

packages:

  '@clerk/nextjs@7.0.9':
    resolution: {integrity: sha512-x}

  next@16.0.9:
    resolution: {integrity: sha512-x}
";
const PNPM_54: &str = "\
lockfileVersion: 5.4

specifiers:
  '@clerk/nextjs': ^7.0.0
  next: ^16.0.0

dependencies:
  '@clerk/nextjs': 7.0.9_next@16.0.9
  next: 16.0.9

packages:

  /@clerk/nextjs/7.0.9_next@16.0.9:
    resolution: {integrity: sha512-x}

  /next/16.0.9:
    resolution: {integrity: sha512-x}
";
const YARN_1: &str = "\
# yarn lockfile v1


\"@clerk/nextjs@^7.0.0\":
  version \"7.0.9\"
  resolved \"https://registry.example/@clerk/nextjs/-/nextjs-7.0.9.tgz\"

next@^16.0.0:
  version \"16.0.9\"
";
const YARN_BERRY: &str = "\
__metadata:
  version: 8
  cacheKey: 10c0

\"@clerk/nextjs@npm:^7.0.0\":
  version: 7.0.9
  resolution: \"@clerk/nextjs@npm:7.0.9\"

\"next@npm:^16.0.0\":
  version: 16.0.9
  resolution: \"next@npm:16.0.9\"

\"web@workspace:.\":
  version: 0.0.0-use.local
  resolution: \"web@workspace:.\"
";
const BUN: &str = r#"{
  "lockfileVersion": 1,
  "workspaces": { "IMPORTER": { "name": "web", "dependencies": { "@clerk/nextjs": "^7.0.0", "next": "^16.0.0" } } },
  "packages": {
    "@clerk/nextjs": ["@clerk/nextjs@7.0.9", "", {}, "sha512-x"],
    "next": ["next@16.0.9", "", {}, "sha512-x"],
  }
}
"#;
const NPM: &str = r#"{"lockfileVersion":VERSION,"packages":{
  "":{"dependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"},"workspaces":["apps/*"]},
  "apps/web":{"dependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"}},
  "node_modules/@clerk/nextjs":{"version":"7.0.9"},
  "node_modules/next":{"version":"16.0.9"}}}"#;

#[test]
fn every_kind_of_lock_file_tells_the_versions_of_an_app() {
    for (name, text) in [
        ("package-lock.json", NPM.replace("VERSION", "2")),
        ("package-lock.json", NPM.replace("VERSION", "3")),
        ("npm-shrinkwrap.json", NPM.replace("VERSION", "3")),
        ("pnpm-lock.yaml", PNPM_9.replace("IMPORTER", ".")),
        ("pnpm-lock.yaml", PNPM_54.to_owned()),
        ("yarn.lock", YARN_1.to_owned()),
        ("yarn.lock", YARN_BERRY.to_owned()),
        ("bun.lock", BUN.replace("IMPORTER", "")),
    ] {
        let apps = found(&[
            ("package.json", NEXT),
            ("app/layout.tsx", USES_NEXT),
            (name, &text),
        ]);
        assert_eq!(
            apps,
            [".: app next 16.0.9, @clerk/nextjs 7.0.9"],
            "{name}\n{text}"
        );
    }
}

#[test]
fn a_lock_file_at_the_root_answers_for_the_apps_it_lists() {
    for (name, text) in [
        ("package-lock.json", NPM.replace("VERSION", "3")),
        ("pnpm-lock.yaml", PNPM_9.replace("IMPORTER", "apps/web")),
        ("yarn.lock", YARN_1.to_owned()),
        ("bun.lock", BUN.replace("IMPORTER", "apps/web")),
    ] {
        let apps = found(&[
            (
                "package.json",
                r#"{"private":true,"workspaces":["apps/*"]}"#,
            ),
            ("apps/web/package.json", NEXT),
            ("apps/web/app/layout.tsx", USES_NEXT),
            (name, &text),
        ]);
        assert_eq!(
            apps,
            ["apps/web: app next 16.0.9, @clerk/nextjs 7.0.9"],
            "{name}"
        );
    }
}

#[test]
fn a_lock_file_that_does_not_list_the_app_says_nothing_of_it() {
    let apps = found(&[
        ("package.json", "{}"),
        ("pnpm-lock.yaml", &PNPM_9.replace("IMPORTER", "apps/other")),
        ("apps/web/package.json", NEXT),
        ("apps/web/app/layout.tsx", USES_NEXT),
    ]);
    assert_eq!(apps, [crate::WEB]);
}

#[test]
fn the_nearest_lock_file_wins() {
    let near = NPM
        .replace("VERSION", "3")
        .replace("16.0.9", "16.0.1")
        .replace("7.0.9", "7.0.1");
    let apps = found(&[
        ("package.json", "{}"),
        ("yarn.lock", YARN_1),
        ("apps/web/package.json", NEXT),
        ("apps/web/package-lock.json", &near),
        ("apps/web/app/layout.tsx", USES_NEXT),
    ]);
    assert_eq!(apps, ["apps/web: app next 16.0.1, @clerk/nextjs 7.0.1"]);
}

#[test]
fn without_a_lock_file_the_range_of_the_manifest_is_told() {
    let apps = found(&[("package.json", NEXT), ("app/layout.tsx", USES_NEXT)]);
    assert_eq!(apps, [".: app next ^16.0.0, @clerk/nextjs ^7.0.0"]);
}

#[test]
fn a_catalog_gives_the_range() {
    let manifest =
        r#"{"name":"web","dependencies":{"@clerk/nextjs":"catalog:","next":"catalog:web"}}"#;
    let app = [
        ("apps/web/package.json", manifest),
        ("apps/web/app/layout.tsx", USES_NEXT),
    ];
    let pnpm = "packages:\n  - apps/*\ncatalog:\n  '@clerk/nextjs': ^7.0.0\ncatalogs:\n  web:\n    next: ^16.0.0\n";
    let bun = r#"{"workspaces":{"packages":["apps/*"],"catalog":{"@clerk/nextjs":"^7.0.0"},"catalogs":{"web":{"next":"^16.0.0"}}}}"#;
    for root in [("pnpm-workspace.yaml", pnpm), ("package.json", bun)] {
        assert_eq!(
            found(&[&app[..], &[root]].concat()),
            [crate::WEB],
            "{root:?}"
        );
    }
}

#[test]
fn python_versions_come_from_the_lock_file() {
    let manifest = "[project]\ndependencies = [\"clerk-backend-api>=3\", \"fastapi\"]\n";
    let locked = "version = 1\n\n[[package]]\nname = \"clerk-backend-api\"\nversion = \"3.4.1\"\n\n[[package]]\nname = \"fastapi\"\nversion = \"0.115.2\"\n";
    let code = ("main.py", "from clerk_backend_api import Clerk\n");
    for name in ["uv.lock", "poetry.lock"] {
        let apps = found(&[("pyproject.toml", manifest), (name, locked), code]);
        assert_eq!(
            apps,
            [".: app fastapi 0.115.2, clerk-backend-api 3.4.1"],
            "{name}"
        );
    }
    let pipfile = "[packages]\nclerk-backend-api = \"*\"\nfastapi = \"*\"\n";
    let lock = r#"{"default":{"clerk-backend-api":{"version":"==3.4.1"},"fastapi":{"version":"==0.115.2"}}}"#;
    let apps = found(&[("Pipfile", pipfile), ("Pipfile.lock", lock), code]);
    assert_eq!(apps, [".: app fastapi 0.115.2, clerk-backend-api 3.4.1"]);
}

/// A uv workspace has one lock file, at its root.
#[test]
fn python_lock_files_above_the_app_count_too() {
    let locked = "version = 1\n\n[[package]]\nname = \"clerk-backend-api\"\nversion = \"3.4.1\"\n\n[[package]]\nname = \"fastapi\"\nversion = \"0.115.2\"\n";
    let apps = found(&[
        (
            "pyproject.toml",
            "[tool.uv.workspace]\nmembers = [\"services/*\"]\n",
        ),
        ("uv.lock", locked),
        (
            "services/api/pyproject.toml",
            "[project]\ndependencies = [\"clerk-backend-api>=3\", \"fastapi\"]\n",
        ),
        (
            "services/api/main.py",
            "from clerk_backend_api import Clerk\n",
        ),
    ]);
    assert_eq!(
        apps,
        ["services/api: app fastapi 0.115.2, clerk-backend-api 3.4.1"]
    );
}

#[test]
fn a_stale_lock_file_beside_the_app_does_not_count_where_package_manager_names_another() {
    let stale = NPM.replace("VERSION", "3").replace("7.0.9", "7.0.1");
    let root = r#"{"private":true,"packageManager":"pnpm@10.17.1"}"#;
    let named = PNPM_9.replace("IMPORTER", "apps/web");
    let told = |root: &str| {
        found(&[
            ("package.json", root),
            ("pnpm-workspace.yaml", "packages: ['apps/*']\n"),
            ("pnpm-lock.yaml", &named),
            ("apps/web/package.json", NEXT),
            ("apps/web/package-lock.json", &stale),
            ("apps/web/middleware.ts", USES_NEXT),
        ])
    };
    assert_eq!(
        told(root),
        ["apps/web: app next 16.0.9, @clerk/nextjs 7.0.9"]
    );
    let unnamed = r#"{"private":true}"#;
    assert_eq!(
        told(unnamed),
        ["apps/web: app next 16.0.9, @clerk/nextjs 7.0.1"]
    );
}

#[test]
fn the_lock_file_that_fits_the_manifest_counts_before_a_nearer_or_a_named_one() {
    let old = PNPM_9.replace("IMPORTER", ".").replace("7.0.9", "6.9.9");
    let told = found(&[
        (
            "package.json",
            &NEXT.replace("{\"name\"", "{\"packageManager\":\"pnpm@9.0.0\",\"name\""),
        ),
        ("pnpm-lock.yaml", &old),
        ("yarn.lock", YARN_1),
        ("middleware.ts", USES_NEXT),
    ]);
    assert_eq!(told, [".: app next 16.0.9, @clerk/nextjs 7.0.9"]);
}
