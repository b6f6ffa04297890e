//! Symbolic links: followed inside the project, refused outside it.

use std::fs;
use std::os::unix::fs::symlink;

use crate::project::{LIVE_KEYS, Project};
use crate::{outcome, support, survives};

#[test]
fn an_env_file_that_links_into_the_project_is_read() {
    let project = Project::next().with("config/prod.env", LIVE_KEYS);
    symlink("config/prod.env", project.path(".env.production")).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(
        outcome(&report, "env/secret-key-missing"),
        "pass",
        "{}",
        human.out
    );
}

#[test]
fn an_env_file_that_links_out_of_the_project_is_not_read_and_said_so() {
    let project = Project::next();
    let outside = project.outside().join("prod.env");
    fs::write(&outside, support::expand(LIVE_KEYS)).unwrap();
    for target in [outside.to_str().unwrap(), "../prod.env", "/etc/passwd"] {
        let link = project.path(".env.production");
        let _ = fs::remove_file(&link);
        symlink(target, link).unwrap();
        let (human, report) = survives(&project, &[]);
        assert_eq!(human.code, 3, "{}", human.out);
        human.says(".env.production: a link that leaves the project; not followed");
        assert_eq!(outcome(&report, "env/secret-key-missing"), "error");
    }
}

#[test]
fn a_link_through_a_folder_that_leaves_the_project_is_refused_too() {
    let project = Project::of(&[("unrelated.txt", "")]);
    let outside = project.outside().join("elsewhere");
    fs::create_dir_all(outside.join("app")).unwrap();
    fs::write(
        outside.join("package.json"),
        r#"{"dependencies":{"@clerk/nextjs":"7","next":"16"}}"#,
    )
    .unwrap();
    fs::write(outside.join("app/layout.tsx"), "import '@clerk/nextjs';").unwrap();
    symlink(&outside, project.path("apps")).unwrap();
    survives(&project, &[]).0.exits(3).says("nothing to audit");
    // Nor does a folder in the path of an env file lead out.
    let project = Project::next();
    let outside = project.outside().join("vercel");
    fs::create_dir_all(&outside).unwrap();
    fs::write(
        outside.join(".env.production.local"),
        support::expand(LIVE_KEYS),
    )
    .unwrap();
    symlink(&outside, project.path(".vercel")).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_ne!(
        outcome(&report, "env/secret-key-missing"),
        "pass",
        "{}",
        human.out
    );
}

#[test]
fn a_script_cannot_name_an_env_file_outside_the_project() {
    let manifest = r#"{"scripts":{"build":"dotenv -e ../prod.env -e ../.env -- next build"},"dependencies":{"@clerk/nextjs":"7","next":"16"}}"#;
    let project = Project::next().with("package.json", manifest);
    fs::write(project.outside().join(".env"), support::expand(LIVE_KEYS)).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_ne!(
        outcome(&report, "env/secret-key-missing"),
        "pass",
        "{}",
        human.out
    );
}

#[test]
fn a_link_that_leads_nowhere_or_round_in_circles_is_said_to_do_so() {
    for target in ["nowhere", ".env.production", "loop"] {
        let project = Project::next();
        symlink("loop", project.path("loop")).unwrap();
        symlink(target, project.path(".env.production")).unwrap();
        let (human, report) = survives(&project, &[]);
        human.says(".env.production: a link that cannot be followed");
        assert_ne!(outcome(&report, "env/secret-key-missing"), "pass");
    }
}

#[test]
fn folders_that_link_in_circles_are_walked_once() {
    let project = Project::next_live();
    symlink("..", project.path("app/up")).unwrap();
    symlink(project.dir(), project.path("app/self")).unwrap();
    symlink("b", project.path("a")).unwrap();
    symlink("a", project.path("b")).unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 0, "{}", human.out);
    assert_eq!(report["apps"].as_array().unwrap().len(), 1);
}

#[test]
fn the_audited_directory_itself_may_be_a_link() {
    let project = Project::next_live();
    let link = project.outside().join("link");
    symlink(project.dir(), &link).unwrap();
    let mut command = crate::project::program();
    crate::project::finish(command.arg(&link).arg("--offline"), b"").exits(0);
}

#[test]
fn a_manifest_that_is_a_link_is_no_app() {
    let project = Project::next_live();
    fs::create_dir_all(project.path("apps/other")).unwrap();
    symlink("/dev/zero", project.path("apps/other/package.json")).unwrap();
    symlink("/dev/zero", project.path("package-lock.json.orig")).unwrap();
    fs::remove_file(project.path("package-lock.json")).unwrap();
    symlink("/dev/zero", project.path("package-lock.json")).unwrap();
    let (human, _) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    human.says("note: package-lock.json: a link that leaves the project; not followed");
}
