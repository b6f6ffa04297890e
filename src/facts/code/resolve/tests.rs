use super::Target;
use crate::facts::code::testing::Files;

fn resolve(files: &Files, from: &str, specifier: &str) -> Target {
    files.with(|project| project.resolve(from, specifier))
}

fn to(path: &str) -> Target {
    Target::File(path.to_owned())
}

#[test]
fn relative_imports_find_files_with_their_extension_left_out() {
    let files = Files::new(&[
        ("src/a.ts", ""),
        ("src/b/index.tsx", ""),
        ("src/c.js", ""),
        ("src/d.mts", ""),
        ("e.ts", ""),
    ]);
    assert_eq!(resolve(&files, "src/x.ts", "./a"), to("src/a.ts"));
    assert_eq!(resolve(&files, "src/x.ts", "./a.js"), to("src/a.ts"));
    assert_eq!(resolve(&files, "src/x.ts", "./b"), to("src/b/index.tsx"));
    assert_eq!(resolve(&files, "src/x.ts", "./c.js"), to("src/c.js"));
    assert_eq!(resolve(&files, "src/x.ts", "./d.mjs"), to("src/d.mts"));
    assert_eq!(
        resolve(&files, "src/b/index.tsx", "."),
        to("src/b/index.tsx")
    );
    assert_eq!(resolve(&files, "src/b/x.ts", "../../e"), to("e.ts"));
    assert_eq!(
        resolve(&files, "x.ts", "../../e"),
        Target::Missing("../../e".into())
    );
}

#[test]
fn a_folder_beside_a_file_of_its_name_is_not_taken() {
    let files = Files::new(&[("auth.ts", ""), ("auth/index.ts", "")]);
    assert_eq!(resolve(&files, "x.ts", "./auth"), to("auth.ts"));
}

#[test]
fn aliases_come_from_the_nearest_config_and_what_it_extends() {
    let files = Files::new(&[
        (
            "tsconfig.base.json",
            "// c\n{\"compilerOptions\": {\"paths\": {\"@base/*\": [\"./shared/*\"]},}}",
        ),
        (
            "apps/web/tsconfig.json",
            "{\"extends\": \"../../tsconfig.base\"}",
        ),
        (
            "apps/api/tsconfig.json",
            "{\"extends\": [\"../../tsconfig.base.json\"], \"compilerOptions\": {\"baseUrl\": \"src\", \"paths\": {\"@/*\": [\"gone/*\", \"*\"], \"@/lib/*\": [\"lib/*\"], \"~\": [\"main\"]}}}",
        ),
        ("shared/a.ts", ""),
        ("apps/api/src/b.ts", ""),
        ("apps/api/src/lib/c.ts", ""),
        ("apps/api/src/main.ts", ""),
    ]);
    assert_eq!(
        resolve(&files, "apps/web/x.ts", "@base/a"),
        to("shared/a.ts")
    );
    assert_eq!(
        resolve(&files, "apps/api/src/x/y.ts", "@/b"),
        to("apps/api/src/b.ts")
    );
    assert_eq!(
        resolve(&files, "apps/api/src/x.ts", "@/lib/c"),
        to("apps/api/src/lib/c.ts")
    );
    assert_eq!(
        resolve(&files, "apps/api/x.ts", "~"),
        to("apps/api/src/main.ts")
    );
    assert_eq!(
        resolve(&files, "apps/api/x.ts", "lib/c"),
        to("apps/api/src/lib/c.ts")
    );
    assert_eq!(
        resolve(&files, "apps/api/x.ts", "@base/a"),
        Target::Package("@base/a".into())
    );
}

#[test]
fn configs_that_extend_each_other_come_to_an_end() {
    let files = Files::new(&[
        (
            "tsconfig.json",
            "{\"extends\": [\"./tsconfig.json\", \"./b.json\"]}",
        ),
        (
            "b.json",
            "{\"extends\": [\"./tsconfig.json\", \"./tsconfig.json\"], \"compilerOptions\": {\"paths\": {\"@/*\": [\"./*\"]}}}",
        ),
        ("a.ts", ""),
    ]);
    assert_eq!(resolve(&files, "x.ts", "@/a"), to("a.ts"));
}

#[test]
fn deep_configs_are_survived() {
    let deep = "[".repeat(50_000);
    let files = Files::new(&[
        ("tsconfig.json", &deep),
        ("package.json", &deep),
        ("jsconfig.json", "{"),
    ]);
    assert_eq!(
        resolve(&files, "x.ts", "@/a"),
        Target::Missing("@/a".into())
    );
    assert_eq!(resolve(&files, "x.ts", "#a"), Target::Package("#a".into()));
}

#[test]
fn usual_aliases_are_found_where_their_config_is_generated() {
    let files = Files::new(&[
        ("web/src/lib/auth.ts", ""),
        ("nuxt/app/utils/a.ts", ""),
        ("nuxt/server/b.ts", ""),
    ]);
    assert_eq!(
        resolve(&files, "web/src/hooks.server.ts", "$lib/auth"),
        to("web/src/lib/auth.ts")
    );
    assert_eq!(
        resolve(&files, "nuxt/server/x.ts", "~/utils/a"),
        to("nuxt/app/utils/a.ts")
    );
    assert_eq!(
        resolve(&files, "nuxt/server/x.ts", "~~/server/b"),
        to("nuxt/server/b.ts")
    );
}

#[test]
fn workspace_packages_are_entered_by_exports_main_and_source() {
    let files = Files::new(&[
        ("p/a/package.json", "{\"exports\": {\".\": {\"types\": \"./dist/i.d.ts\", \"import\": \"./dist/index.js\"}, \"./mw\": \"./src/mw.ts\", \"./x/*\": \"./src/x/*.ts\"}}"),
        ("p/a/src/index.ts", ""), ("p/a/src/mw.ts", ""), ("p/a/src/x/y.ts", ""),
        ("p/b/package.json", "{\"main\": \"./lib.ts\"}"), ("p/b/lib.ts", ""),
        ("p/c/src/index.ts", ""), ("p/d/server.ts", ""),
    ])
    .package("@o/a", "p/a").package("b", "p/b").package("@o/c", "p/c").package("@o/d", "p/d");
    assert_eq!(resolve(&files, "x.ts", "@o/a"), to("p/a/src/index.ts"));
    assert_eq!(resolve(&files, "x.ts", "@o/a/mw"), to("p/a/src/mw.ts"));
    assert_eq!(resolve(&files, "x.ts", "@o/a/x/y"), to("p/a/src/x/y.ts"));
    assert_eq!(resolve(&files, "x.ts", "b"), to("p/b/lib.ts"));
    assert_eq!(resolve(&files, "x.ts", "@o/c"), to("p/c/src/index.ts"));
    assert_eq!(resolve(&files, "x.ts", "@o/d/server"), to("p/d/server.ts"));
    assert_eq!(
        resolve(&files, "x.ts", "@o/d/gone"),
        Target::Missing("@o/d/gone".into())
    );
    assert_eq!(
        resolve(&files, "x.ts", "@o/z"),
        Target::Package("@o/z".into())
    );
}

#[test]
fn hash_imports_come_from_the_nearest_package() {
    let files = Files::new(&[
        (
            "a/package.json",
            "{\"imports\": {\"#auth\": \"./src/auth.ts\", \"#l/*\": {\"node\": \"./src/l/*.js\"}, \"#c\": \"@clerk/express\"}}",
        ),
        ("a/src/auth.ts", ""),
        ("a/src/l/x.ts", ""),
    ]);
    assert_eq!(resolve(&files, "a/src/x.ts", "#auth"), to("a/src/auth.ts"));
    assert_eq!(resolve(&files, "a/src/x.ts", "#l/x"), to("a/src/l/x.ts"));
    assert_eq!(
        resolve(&files, "a/src/x.ts", "#c"),
        Target::Package("@clerk/express".into())
    );
}
