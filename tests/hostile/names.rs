//! Names that would speak to the terminal.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::project::Project;
use crate::{notes, survives};

const APP: &str = r#"{"name":"x","dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#;

#[test]
fn a_folder_named_with_escapes_is_spelled_out() {
    for (name, shown) in [
        ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
        ("two\nlines", "two\\nlines"),
        ("bell\u{7}", "bell\\u{7}"),
        ("\u{202e}drawkcab", "\\u{202e}drawkcab"),
        ("zero\u{200b}width", "zero\\u{200b}width"),
        ("\u{9b}31m", "\\u{9b}31m"),
    ] {
        let project = Project::of(&[("package.json", "{}")]);
        let folder = format!("apps/{name}");
        project.write(&format!("{folder}/package.json"), APP);
        project.write(
            &format!("{folder}/app/layout.tsx"),
            "import '@clerk/nextjs';",
        );
        let (human, report) = survives(&project, &[]);
        let path = report["apps"][0]["path"].as_str().unwrap();
        assert!(
            human.out.contains(&format!("apps/{shown}")),
            "{}",
            human.out
        );
        assert!(path.starts_with("apps/"), "{path}");
        // It can be named in turn.
        let (human, _) = survives(&project, &["--app", &folder]);
        assert_ne!(human.code, 2, "{}", human.err);
    }
}

#[test]
fn a_manifest_that_speaks_in_escapes_is_spelled_out() {
    let project = Project::next_live();
    project.write(
        "package.json",
        "{\"name\":\"\\u001b[2J\\u202e\",\"dependencies\":{\"@clerk/nextjs\":\"\\u001b]0;x\\u0007\",\"next\":\"\\u0000\\u200b\",\"@clerk/\\u001b[31m\":\"1\"}}",
    );
    std::fs::remove_file(project.path("package-lock.json")).unwrap();
    let (human, report) = survives(&project, &[]);
    assert!(human.out.contains("\\u{1b}[2J"), "{}", human.out);
    assert_eq!(report["apps"][0]["framework"], "next");
}

#[test]
fn variables_and_values_that_speak_in_escapes_are_spelled_out() {
    let project = Project::next_live();
    project.write(
        ".env.production",
        "NEXT_PUBLIC_CLERK_SIGN_IN_URL=\"/sign-in\u{1b}[2J\"\nCLERK_SECRET_KEY=sk_live_\u{1b}[31m\nNEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_live_\u{202e}\nCLERK_\u{1b}[2J=1\n",
    );
    survives(&project, &[]);
    survives(&project, &["-v"]);
}

#[test]
fn a_publishable_key_that_decodes_to_escapes_is_spelled_out() {
    for host in [
        "\u{1b}[2J.clerk.accounts.dev$",
        "clerk.\u{202e}moc.example$",
        "clerk.a\nb.example$",
        "\0$",
    ] {
        let key = format!("pk_live_{}", crate::support::base64(host.as_bytes()));
        let project = Project::next();
        project.write(
            ".env.production",
            format!("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={key}\n"),
        );
        survives(&project, &[]);
    }
}

#[test]
fn a_name_that_is_not_utf_8_is_noted() {
    let project = Project::next_live();
    let name = OsStr::from_bytes(b"app/\xff\xfe.ts");
    std::fs::write(project.dir().join(name), "import '@clerk/nextjs';").unwrap();
    std::fs::write(project.dir().join(OsStr::from_bytes(b"\xff.png")), "").unwrap();
    let (human, report) = survives(&project, &[]);
    assert_eq!(human.code, 3, "{}", human.out);
    assert!(
        notes(&report).contains(".ts: its name is not UTF-8"),
        "{report:#}"
    );
    assert!(!notes(&report).contains(".png"), "{report:#}");
}

#[test]
fn a_project_in_a_folder_named_with_escapes_is_audited() {
    let project = Project::next_live();
    let odd = project.outside().join("\u{1b}[2J\u{202e}\n");
    std::fs::rename(project.dir(), &odd).unwrap();
    for format in ["human", "json"] {
        let mut command = crate::project::program();
        command.arg(&odd).args(["--offline", "--format", format]);
        let done = crate::project::finish(&mut command, b"").exits(0);
        let odd = done.out.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None, "{:?}", done.out);
    }
    let mut command = crate::project::program();
    let done = crate::project::finish(command.arg(odd.join("nowhere")), b"").exits(2);
    assert!(!done.err.contains(['\u{1b}', '\u{202e}']), "{:?}", done.err);
    std::fs::rename(odd, project.dir()).unwrap();
}
