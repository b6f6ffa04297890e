//! Looks for code that makes a route map panic or take long: pieces of the fixtures' own code are cut,
//! doubled, nested and put together again, each text is read as a module, and the app it makes is mapped.
//!
//! ```text
//! cargo run --release --example fuzz -- SECONDS [SEED]
//! ```
//!
//! The same seed makes the same apps. What goes wrong is written to standard output, and the exit code is 1.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::exit,
    reason = "a tool for developers may stop where it stands"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clerk_audit::facts::code::Module;
use clerk_audit::facts::code::visitor::Setting;
use clerk_audit::gather::routes::{Checkout, Described};

/// Generous for a build without optimisation on a busy machine.
const LONG: Duration = Duration::from_secs(2);

/// What a text is made of beside the fixtures.
const PIECES: &[&str] = &[
    "await auth()",
    "await auth.protect()",
    "const { userId } = await auth();",
    "if (!userId) return;",
    "while (true) {",
    "for (const x of all) {",
    "try {",
    "} catch (e) {",
    "} finally {",
    "}",
    "(",
    ")",
    "[",
    "]",
    "...",
    "s = s + s;",
    "a = [...a, ...a];",
    "o = { ...o, o };",
    "f(f);",
    "=> ",
    "async ",
    "?.",
    " ?? ",
    " || ",
    " && ",
    "__proto__",
    "constructor",
    "/(a+)+$/.test(request.url)",
    "`${",
    "export * from './middleware';",
    "switch (x) { case 1:",
    "new Proxy({}, {})",
    "class A extends A {",
    "yield* ",
    "Promise.all([",
    "return ",
    "throw ",
];

/// Numbers that look random and are the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn seeds(folder: &Path, into: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            seeds(&path, into);
        } else if path
            .extension()
            .is_some_and(|end| ["ts", "tsx", "js"].iter().any(|one| end == *one))
        {
            into.extend(fs::read_to_string(&path));
        }
    }
}

/// A place between two characters, most often one where a line ends.
fn cut(random: &mut Random, text: &str) -> usize {
    let at = text.floor_char_boundary(random.below(text.len() + 1));
    match random.below(3) {
        0 => at,
        _ => text[at..].find('\n').map_or(text.len(), |end| at + end + 1),
    }
}

fn mutated(random: &mut Random, seeds: &[String]) -> String {
    let mut text = seeds[random.below(seeds.len())].clone();
    for _ in 0..random.below(6) {
        let (a, b) = (cut(random, &text), cut(random, &text));
        let (from, to) = (a.min(b), a.max(b));
        let part = text[from..to].to_owned();
        match random.below(6) {
            0 => text.replace_range(from..to, ""),
            1 => text.insert_str(to, &part),
            2 => text.insert_str(from, PIECES[random.below(PIECES.len())]),
            3 => text.insert_str(
                from,
                &PIECES[random.below(PIECES.len())].repeat(random.below(80)),
            ),
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let (a, b) = (cut(random, other), cut(random, other));
                text.replace_range(from..to, &other[a.min(b)..a.max(b)]);
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                text = text.replacen(piece, &piece.repeat(2), 3);
            }
        }
        text.truncate(text.floor_char_boundary(200_000));
    }
    text
}

/// Reads the text as a module and asks it as a middleware: parse, module, visitor.
fn run(folder: &Path, text: &str) {
    let shared: Arc<str> = Arc::from(text);
    if Module::read("middleware.ts", &shared).is_err() {
        return;
    }
    let setting = Setting::default();
    let described = Described {
        folder: "",
        next: "15.5.9",
        middleware: "middleware.ts",
        setting: &setting,
    };
    fs::write(folder.join("middleware.ts"), text).unwrap();
    let checkout = Checkout::open(folder).unwrap();
    let _ = checkout.middleware(&described, &[("GET", "/"), ("DELETE", "/api/x")]);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(60);
    let seed = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let mut all = Vec::new();
    seeds(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/apps"),
        &mut all,
    );
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let (mut count, mut wrong) = (0_u64, 0_u64);
    let mut random = Random(seed);
    while started.elapsed() < Duration::from_secs(seconds) {
        let text = mutated(&mut random, &all);
        let began = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| run(folder.path(), &text)));
        count += 1;
        let what = match done {
            Err(_) => "it panics",
            Ok(()) if began.elapsed() > LONG => "it takes long",
            Ok(()) => continue,
        };
        wrong += 1;
        println!(
            "seed {seed}, text {count}: {what} ({:?})\n{text}\n",
            began.elapsed()
        );
    }
    println!("{count} texts of seed {seed}, {wrong} went wrong");
    std::process::exit(i32::from(wrong > 0));
}
