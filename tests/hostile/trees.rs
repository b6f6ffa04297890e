//! Trees that are deep, wide, or both.

use crate::project::Project;
use crate::support::patience::soon;
use crate::survives;

#[test]
fn a_source_tree_200_folders_deep_is_walked() {
    let project = Project::next_live();
    let deep = "d/".repeat(200);
    project.write(&format!("{deep}file.ts"), "import '@clerk/nextjs';");
    project.write(&format!("{deep}package.json"), "{}");
    assert_eq!(survives(&project, &[]).0.code, 0);
}

#[test]
fn twenty_thousand_files_take_seconds() {
    let project = Project::next_live();
    for folder in 0..20 {
        for file in 0..1000 {
            project.write(&format!("lib/{folder}/{file}.ts"), "export const x = 1;\n");
        }
    }
    let (human, _) = survives(&project, &[]);
    assert_eq!(human.code, 0, "{}", human.out);
    soon(20, human.took, "it");
}

#[test]
fn a_thousand_apps_take_seconds() {
    let project = Project::empty();
    let manifest = r#"{"dependencies":{"@clerk/express":"2.0.0","express":"5.0.0"},"scripts":{"start":"node ."}}"#;
    for app in 0..1000 {
        project.write(&format!("services/{app}/package.json"), manifest);
        project.write(
            &format!("services/{app}/index.js"),
            "require('@clerk/express');",
        );
    }
    let done = project.audit(&["-q"]);
    soon(40, done.took, "it");
    assert_eq!(done.code, 1, "{}", done.out);
}

#[test]
fn thousands_of_packages_that_depend_on_each_other_take_seconds() {
    let project = Project::empty();
    for at in 0..300 {
        let next: Vec<String> = (0..300)
            .map(|of| format!("\"@acme/p{of}\":\"workspace:*\""))
            .collect();
        let manifest = format!(
            "{{\"name\":\"@acme/p{at}\",\"dependencies\":{{\"@clerk/nextjs\":\"7\",\"next\":\"16\",{}}}}}",
            next.join(",")
        );
        project.write(&format!("packages/p{at}/package.json"), manifest);
    }
    let done = project.audit(&["-q"]);
    soon(40, done.took, "it");
}

#[test]
fn a_thousand_gitignore_rules_take_seconds() {
    let project = Project::next_live();
    let rules: String = (0..1000)
        .map(|n| format!("**/a*b*c*{n}*/**/*.x*y*z\n"))
        .collect();
    project.write(".gitignore", format!("{rules}.env*\n/.clerk/\n"));
    for n in 0..300 {
        project.write(&format!("lib/{}/{n}.ts", "aabbcc".repeat(10)), "x");
    }
    let (human, _) = survives(&project, &[]);
    soon(20, human.took, "it");
}

/// `dist`, `build` and `out` are names of routes too.
#[test]
fn a_route_named_build_is_read_and_a_build_is_not() {
    let project = Project::next_live();
    std::fs::remove_dir_all(project.path("app")).unwrap();
    project.write(
        "app/build/page.tsx",
        "import { auth } from '@clerk/nextjs/server';",
    );
    project.write(
        "dist/server/api/package.json",
        r#"{"dependencies":{"@clerk/express":"2","express":"5"}}"#,
    );
    let (_, report) = survives(&project, &[]);
    assert_eq!(report["apps"].as_array().unwrap().len(), 1);
    assert_eq!(report["apps"][0]["kind"], "app");
    std::fs::remove_dir_all(project.path("app/build")).unwrap();
    std::fs::remove_file(project.path("proxy.ts")).unwrap();
    assert!(survives(&project, &[]).0.out.contains("no code imports it"));
}

/// A repository of dotfiles ignores everything below the home folder, and the project all the same exists.
#[test]
fn a_project_that_is_ignored_as_a_whole_is_judged_by_its_own_rules() {
    let project = Project::next_live();
    std::fs::write(project.outside().join(".gitignore"), "*\n").unwrap();
    crate::support::git(project.outside(), &["init", "-q"]);
    assert_eq!(project.json(&[])["apps"].as_array().unwrap().len(), 1);
}
