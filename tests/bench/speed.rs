//! How long a whole run takes, beside ripgrep listing and searching the same tree where it is installed.
//!
//! `cargo bench` builds the trees in a temporary folder. What is measured is the process from start to
//! end, offline, with warm file caches.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a bench is not the product"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::Bencher;

fn main() {
    divan::main();
}

/// Trees are built once and removed at the end of the run.
static TREES: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a temporary folder");
    quickstart(&dir.path().join("quickstart"));
    monorepo(&dir.path().join("monorepo-4700"), 40, 117, 20);
    monorepo(&dir.path().join("tree-30000"), 100, 300, 20);
    monorepo(&dir.path().join("five-apps-30000"), 5, 6_000, 100);
    dir
});

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

const PROXY: &str =
    "import { clerkMiddleware } from '@clerk/nextjs/server'\nexport default clerkMiddleware()\n";
const MANIFEST: &str =
    r#"{"name":"NAME","dependencies":{"next":"16.1.0","@clerk/nextjs":"7.5.8","react":"19.2.0"}}"#;

fn quickstart(dir: &Path) {
    write(
        dir.join("package.json"),
        &MANIFEST.replace("NAME", "quickstart"),
    );
    write(dir.join("proxy.ts"), PROXY);
    write(dir.join(".gitignore"), "node_modules\n.env*\n/.clerk/\n");
    write(
        dir.join("app/page.tsx"),
        "export default function Page() {\n  return <main />\n}\n",
    );
    write(
        dir.join("app/layout.tsx"),
        "import { ClerkProvider } from '@clerk/nextjs'\nexport default function Layout() {\n  return <ClerkProvider />\n}\n",
    );
    write(
        dir.join(".env.production"),
        "NEXT_PUBLIC_CLERK_SIGN_IN_URL=/sign-in\n",
    );
}

/// `apps` apps with `files` source files each, about 3 KiB on average; one in `every` speaks of Clerk.
fn monorepo(dir: &Path, apps: usize, files: usize, every: usize) {
    write(
        dir.join("package.json"),
        r#"{"name":"root","private":true,"workspaces":["apps/*"]}"#,
    );
    write(dir.join(".gitignore"), "node_modules\n.env*\n/.clerk/\n");
    let line = "export const total = (items: readonly number[]) => items.reduce((sum, item) => sum + item, 0)\n";
    for app in 0..apps {
        let app_dir = dir.join(format!("apps/app-{app}"));
        write(
            app_dir.join("package.json"),
            &MANIFEST.replace("NAME", &format!("app-{app}")),
        );
        write(app_dir.join("proxy.ts"), PROXY);
        for file in 0..files {
            let clerk = if file % every == 0 {
                "import { auth } from '@clerk/nextjs/server'\n"
            } else {
                ""
            };
            let text = format!("{clerk}{}", line.repeat(8 + (file * 7) % 50));
            write(
                app_dir.join(format!("app/area-{}/file-{file}.ts", file % 15)),
                &text,
            );
        }
    }
}

fn run(program: &str, args: &[&str], dir: &Path) {
    let done = Command::new(program)
        .args(args)
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("it starts");
    divan::black_box(done);
}

fn clerk_audit(bencher: Bencher<'_, '_>, tree: &str) {
    let dir = TREES.path().join(tree);
    bencher.bench_local(|| run(env!("CARGO_BIN_EXE_clerk-audit"), &["--offline"], &dir));
}

/// `rg --files` and `rg -l clerk`, one after the other.
fn ripgrep(bencher: Bencher<'_, '_>, tree: &str) {
    let installed = Command::new("rg")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    if !installed {
        eprintln!("rg is not installed: nothing to compare with");
        return;
    }
    let dir = TREES.path().join(tree);
    bencher.bench_local(|| {
        run("rg", &["--files", "."], &dir);
        run("rg", &["-l", "clerk", "."], &dir);
    });
}

#[divan::bench(sample_count = 50)]
fn version(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        run(
            env!("CARGO_BIN_EXE_clerk-audit"),
            &["--version"],
            Path::new("/"),
        )
    });
}

#[divan::bench(sample_count = 50)]
fn quickstart_clerk_audit(bencher: Bencher<'_, '_>) {
    clerk_audit(bencher, "quickstart");
}

#[divan::bench(sample_count = 20)]
fn monorepo_4700_clerk_audit(bencher: Bencher<'_, '_>) {
    clerk_audit(bencher, "monorepo-4700");
}

#[divan::bench(sample_count = 20)]
fn monorepo_4700_ripgrep(bencher: Bencher<'_, '_>) {
    ripgrep(bencher, "monorepo-4700");
}

#[divan::bench(sample_count = 10)]
fn tree_30000_clerk_audit(bencher: Bencher<'_, '_>) {
    clerk_audit(bencher, "tree-30000");
}

#[divan::bench(sample_count = 10)]
fn five_apps_30000_clerk_audit(bencher: Bencher<'_, '_>) {
    clerk_audit(bencher, "five-apps-30000");
}

#[divan::bench(sample_count = 10)]
fn five_apps_30000_ripgrep(bencher: Bencher<'_, '_>) {
    ripgrep(bencher, "five-apps-30000");
}

#[divan::bench(sample_count = 10)]
fn tree_30000_ripgrep(bencher: Bencher<'_, '_>) {
    ripgrep(bencher, "tree-30000");
}
