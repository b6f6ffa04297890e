//! Manifests, lock files and sources that are not what their names promise.

use crate::project::Project;
use crate::{notes, outcome, survives};

const CLERK: &str = r#"{"dependencies":{"@clerk/nextjs":"^7.0.0","next":"^16.0.0"}}"#;

/// A whole app at the root, and `text` as the manifest of a second one.
fn beside(text: impl AsRef<[u8]>) -> Project {
    let project = Project::next_live();
    project.write("apps/other/package.json", text);
    project
}

#[test]
fn a_broken_manifest_is_named_with_its_place_and_the_other_apps_are_judged() {
    for (text, place, why) in [
        (
            "{\n  \"dependencies\": { \"@clerk/nextjs\": }\n}\n",
            "apps/other/package.json:2:",
            "not valid JSON",
        ),
        (
            "{ \"name\": \"@clerk/x\"",
            "apps/other/package.json:1:",
            "not valid JSON",
        ),
        (
            "[\"@clerk/nextjs\"]",
            "apps/other/package.json:1:1",
            "not a JSON object",
        ),
        (
            "{\n<<<<<<< HEAD\n \"@clerk/nextjs\"\n",
            "apps/other/package.json:2:1",
            "merge conflict",
        ),
    ] {
        let (human, report) = survives(&beside(text), &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        let said = human.says(place).says(why);
        assert!(said.last_line().starts_with("INCOMPLETE"));
        assert!(notes(&report).contains(place), "{report:#}");
        assert_eq!(outcome(&report, "env/secret-key-missing"), "pass");
    }
}

#[test]
fn a_manifest_that_is_a_folder_is_none() {
    let project = Project::next_live();
    project.write("apps/other/package.json/file.txt", "");
    assert_eq!(survives(&project, &[]).0.code, 0);
    let alone = Project::empty();
    alone.write("package.json/file.txt", "");
    assert_eq!(survives(&alone, &[]).0.code, 3);
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let project = Project::next();
    for path in ["package.json", "app/layout.tsx", "proxy.ts", ".gitignore"] {
        let text = std::fs::read_to_string(project.path(path))
            .unwrap()
            .replace('\n', "\r\n");
        project.write(path, format!("\u{feff}{text}"));
    }
    let keys = crate::support::expand(crate::project::LIVE_KEYS).replace('\n', "\r\n");
    project.write(".env.production", keys);
    let (human, report) = survives(&project, &[]);
    assert_eq!(
        outcome(&report, "env/secret-key-malformed"),
        "pass",
        "{}",
        human.out
    );
    assert_eq!(report["apps"][0]["framework_version"], "16.4.1");
}

#[test]
fn bytes_that_are_not_utf_8_are_read_as_node_reads_them() {
    let project = Project::next();
    project.write("package.json", b"{\"name\":\"\xff\xfe\",\"dependencies\":{\"@clerk/nextjs\":\"7.0.0\",\"next\":\"16.0.0\"}}");
    project.write("app/page.tsx", b"import '@clerk/nextjs'; // \xff\xfe\n");
    let keys = crate::support::expand(crate::project::LIVE_KEYS);
    project.write(
        ".env.production",
        [keys.as_bytes(), b"NAME=\xff\xfe\n\xc3"].concat(),
    );
    let (human, report) = survives(&project, &[]);
    assert_eq!(report["apps"][0]["framework"], "next");
    assert_eq!(
        outcome(&report, "env/secret-key-missing"),
        "pass",
        "{}",
        human.out
    );
}

#[test]
fn bytes_of_zero_are_survived_everywhere() {
    for path in [
        "package.json",
        "package-lock.json",
        ".env.production",
        "app/layout.tsx",
        "proxy.ts",
        ".gitignore",
        "clerk-audit.toml",
        ".git",
        ".git/config",
        "pnpm-workspace.yaml",
    ] {
        let project = Project::next_live();
        project.write(path, b"clerk\0\0\x01\x02\0@clerk/nextjs\0");
        survives(&project, &[]);
    }
}

#[test]
fn nesting_without_end_is_refused_without_a_crash() {
    for open in ["[", "{\"a\":", "{\"dependencies\":{\"@clerk/nextjs\":["] {
        let text = format!("{{\"@clerk/nextjs\": {}", open.repeat(30_000));
        let (human, _) = survives(&beside(text), &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        human.says("apps/other/package.json:1:");
    }
    for path in [
        "package-lock.json",
        "bun.lock",
        "pnpm-lock.yaml",
        "yarn.lock",
        "pnpm-workspace.yaml",
        "tsconfig.json",
        "next.config.ts",
        "proxy.ts",
    ] {
        let project = Project::next_live();
        for text in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "- ".repeat(100_000),
            "(".repeat(100_000),
        ] {
            project.write(path, text);
            survives(&project, &[]);
        }
    }
}

#[test]
fn a_broken_lock_file_is_noted_and_the_manifest_gives_the_versions() {
    for (name, text) in [
        ("package-lock.json", "{ \"lockfileVersion\": 3, "),
        ("package-lock.json", "{\n<<<<<<< HEAD\n}\n"),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\n<<<<<<< HEAD\nimporters:\n",
        ),
        ("pnpm-lock.yaml", "\t: ["),
        ("yarn.lock", "<<<<<<< HEAD\n"),
        ("bun.lock", "{ "),
    ] {
        let project = Project::of(&[
            ("package.json", CLERK),
            ("app/layout.tsx", "import '@clerk/nextjs';\n"),
        ]);
        project.write(name, text);
        let (human, report) = survives(&project, &[]);
        human
            .says(&format!("note: {name}:"))
            .says("versions are taken from the manifest");
        assert_eq!(report["apps"][0]["framework_version"], "^16.0.0", "{name}");
    }
}

#[test]
fn without_the_lock_file_that_is_there_nothing_is_said_of_what_is_installed() {
    const CONFLICT: &str = "<<<<<<< HEAD\n";
    for (name, text) in [
        ("package-lock.json", CONFLICT),
        ("pnpm-lock.yaml", CONFLICT),
        ("yarn.lock", CONFLICT),
        ("bun.lock", CONFLICT),
        ("bun.lockb", "binary"),
    ] {
        let project = Project::next_live();
        std::fs::remove_file(project.path("package-lock.json")).unwrap();
        let manifest = std::fs::read_to_string(project.path("package.json")).unwrap();
        project.write("package.json", manifest.replace("^7.0.0", "latest"));
        project.write(name, text);
        let (human, report) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{name}: {}", human.out);
        for check in ["clerk-advisory", "unsupported-major", "mixed-cores"] {
            let id = format!("dependencies/{check}");
            assert_eq!(outcome(&report, &id), "error", "{name} {id}");
        }
        human.says(&format!(
            "{name} could not be read, so what is installed is not known"
        ));
        // A binary one holds the versions for those who can read it.
        let held = if name == "bun.lockb" { "pass" } else { "error" };
        for check in ["floating-version", "lockfile-missing"] {
            let id = format!("dependencies/{check}");
            assert_eq!(outcome(&report, &id), held, "{name} {id}");
        }
    }
}

#[test]
fn a_manifest_that_does_not_parse_is_no_app_that_passes() {
    for text in ["{", "<<<<<<< HEAD\n{}\n", ""] {
        let alone = Project::of(&[("app/page.tsx", "import '@clerk/nextjs';\n")]);
        alone.write("package.json", text);
        let (human, _) = survives(&alone, &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        assert!(!human.out.contains("was found here"), "{}", human.out);
        human.says("could not be read: package.json:1:1: ");

        let project = Project::next_live();
        project.write("apps/other/package.json", text);
        let (human, _) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        human.says("could not be read: apps/other/package.json:1:1: ");
        // A tool's test of broken manifests is no app.
        let project = Project::next_live();
        project.write("tests/fixtures/broken/package.json", text);
        assert_eq!(survives(&project, &[]).0.code, 0);
    }
}

#[test]
fn a_file_by_which_others_are_read_is_missed() {
    for (name, text, says) in [
        ("tsconfig.json", "{\n<<<<<<< HEAD\n", "tsconfig.json:2:1: "),
        ("jsconfig.json", "{ \"a\": ", "jsconfig.json:1:"),
        ("pnpm-workspace.yaml", "a: [\n", "pnpm-workspace.yaml:"),
        ("next.config.ts", "<<<<<<< HEAD\n", "next.config.ts:1:1: "),
        (
            "lib/auth.ts",
            "import { auth } from '@clerk/nextjs/server';\n<<<<<<< HEAD\n",
            "lib/auth.ts, so that code was not judged: ",
        ),
    ] {
        let project = Project::next_live();
        assert_eq!(survives(&project, &[]).0.code, 0);
        project.write(name, text);
        let (human, _) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{name}: {}", human.out);
        human.says(&format!("note: could not be read: {says}"));
    }
    let project = Project::next_live();
    project.write(
        "tsconfig.json",
        "\u{feff}{ // why\n \"compilerOptions\": { \"strict\": true, }, }\n",
    );
    assert_eq!(survives(&project, &[]).0.code, 0);
}

#[test]
fn a_lock_file_too_large_to_read_is_noted() {
    let project = Project::next_live();
    let file = std::fs::File::create(project.path("package-lock.json")).unwrap();
    file.set_len(65 << 20).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    assert_eq!(outcome(&report, "dependencies/lockfile-missing"), "error");
    human.says("note: package-lock.json: 66560 KiB, more than the 65536 KiB that are read");
}

#[test]
fn a_middleware_that_cannot_be_read_is_not_missing() {
    let project = Project::next_live();
    let code = std::fs::read_to_string(project.path("proxy.ts")).unwrap();
    project.write("proxy.ts", format!("{code}// {}\n", "x".repeat(1 << 20)));
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    assert!(!human.out.contains("there is no proxy.ts"), "{}", human.out);
    for check in ["middleware/without-clerk", "routes/reached"] {
        assert_eq!(outcome(&report, check), "error", "{check}");
    }
    human.says("proxy.ts could not be read");
}

#[test]
fn a_source_file_of_five_megabytes_holds_nothing_up() {
    let project = Project::next_live();
    project.write(
        "app/generated.ts",
        "export const x = '@clerk/nextjs';\n".repeat(150_000),
    );
    let one_line = format!("import \"@clerk/nextjs\";{}", "x(".repeat(2_500_000));
    project.write("app/one-line.ts", one_line);
    assert_eq!(survives(&project, &[]).0.code, 0);
}

#[test]
fn a_source_file_nested_without_end_holds_nothing_up() {
    let project = Project::next_live();
    for (name, open) in [
        ("a.tsx", "("),
        ("b.tsx", "<a>{"),
        ("c.ts", "() => {"),
        ("d.ts", "`${"),
        ("e.vue", "<template>"),
    ] {
        let text = format!(
            "import {{ auth }} from '@clerk/nextjs/server';\n{}",
            open.repeat(100_000)
        );
        project.write(&format!("app/{name}"), text);
    }
    survives(&project, &[]);
}

#[test]
fn a_middleware_nested_without_end_holds_nothing_up() {
    for open in [
        "(", "[", "{a:", "() => {", "`${", "!", "a?b:", "if(a){", "<a>{", "x.", "a+",
    ] {
        let project = Project::next_live();
        let text = format!(
            "import {{ clerkMiddleware }} from '@clerk/nextjs/server';\nexport default clerkMiddleware({});\n",
            open.repeat(50_000)
        );
        project.write("proxy.ts", text);
        survives(&project, &[]);
    }
}
