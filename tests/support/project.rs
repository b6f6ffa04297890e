//! A project made at run time in a temporary folder, and the real program run over it with a cleared
//! environment and a bound on its time.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support;

/// Generous for a debug build on a busy machine; a hang is what it is there to find.
pub const BOUND: Duration = Duration::from_secs(180);

/// A folder `project` in a temporary folder of its own.
pub struct Project {
    home: TempDir,
    dir: PathBuf,
}

impl Project {
    /// An empty one.
    pub fn empty() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("project");
        fs::create_dir(&dir).unwrap();
        Self { home, dir }
    }

    /// A copy of a folder of the repository, its `{{keys}}` filled in.
    pub fn copy(folder: &str) -> Self {
        let project = Self::empty();
        support::copy_project(&support::root().join(folder), &project.dir);
        project
    }

    /// One made of files: path and text; `{{keys}}` are filled in.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let project = Self::empty();
        for (path, text) in files {
            project.write(path, support::expand(text));
        }
        project
    }

    /// A complete Next.js app that lacks nothing but its keys.
    pub fn next() -> Self {
        let project = Self::of(NEXT);
        project.write("package-lock.json", NEXT_LOCK);
        project
    }

    /// The same with live keys in `.env.production`.
    pub fn next_live() -> Self {
        Self::next().with(".env.production", LIVE_KEYS)
    }

    /// One file more; `{{keys}}` are filled in.
    pub fn with(self, path: &str, text: &str) -> Self {
        self.write(path, support::expand(text));
        self
    }

    /// Writes a file as it is.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// The folder around it: for what lies outside the project.
    pub fn outside(&self) -> &Path {
        self.home.path()
    }

    /// Audits it without the network.
    pub fn audit(&self, args: &[&str]) -> Done {
        finish(self.command(args).arg("--offline"), b"")
    }

    /// The program with the project as its directory, nothing of this machine in its environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.arg(&self.dir).args(args);
        command
    }

    /// The JSON report without the network.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        self.audit(&[args, &["--format", "json"]].concat()).json()
    }
}

/// The program with an empty environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-audit"));
    command.env_clear();
    command
}

/// What a run left behind.
pub struct Done {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// How long it took.
    pub took: Duration,
}

impl Done {
    /// The last line of standard output.
    pub fn last_line(&self) -> &str {
        self.out.trim_end().lines().last().unwrap_or_default()
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.out, self.err))
    }

    /// Asserts the exit code; shows everything when it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\n--- stdout\n{}--- stderr\n{}",
            self.out, self.err
        );
        self
    }

    /// Asserts that standard output holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text),
            "stdout lacks {text:?}\n--- stdout\n{}--- stderr\n{}",
            self.out,
            self.err
        );
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(
            self.err.contains(text),
            "stderr lacks {text:?}\n--- stdout\n{}--- stderr\n{}",
            self.out,
            self.err
        );
        self
    }
}

/// Runs a command to its end. One that takes longer than [`BOUND`] is ended, and the test fails.
pub fn finish(command: &mut Command, input: &[u8]) -> Done {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let writer = thread::spawn(move || {
        // A program that reads no input may end before it is written.
        let _ = stdin.write_all(&input);
    });
    let out = collect(child.stdout.take().unwrap());
    let err = collect(child.stderr.take().unwrap());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > BOUND {
            child.kill().unwrap();
            panic!("{command:?} did not end within {BOUND:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let took = started.elapsed();
    writer.join().unwrap();
    Done {
        code: status
            .code()
            .unwrap_or_else(|| panic!("{command:?} was ended: {status}")),
        out: out.join().unwrap(),
        err: err.join().unwrap(),
        took,
    }
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).expect("output is UTF-8")
    })
}

/// Keys of a production instance that agree with each other.
pub const LIVE_KEYS: &str = "\
NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={{pk_live}}
CLERK_SECRET_KEY={{sk_live}}
CLERK_WEBHOOK_SIGNING_SECRET={{whsec}}
NEXT_PUBLIC_CLERK_SIGN_IN_URL=/sign-in
NEXT_PUBLIC_CLERK_SIGN_UP_URL=/sign-up
";

/// The shape of Clerk's quickstart for Next.js 16, with a webhook.
const NEXT: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{
  "name": "shop",
  "private": true,
  "scripts": { "dev": "next dev", "build": "next build", "start": "next start" },
  "dependencies": {
    "@clerk/nextjs": "^7.0.0",
    "next": "^16.0.0",
    "react": "^19.2.0"
  }
}
"#,
    ),
    (
        ".gitignore",
        "node_modules\n.next\n.env*\n!.env.example\n/.clerk/\n",
    ),
    (
        "proxy.ts",
        r#"import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";

const isPublic = createRouteMatcher(["/", "/sign-in(.*)", "/sign-up(.*)", "/api/webhooks(.*)"]);

export default clerkMiddleware(async (auth, request) => {
  if (!isPublic(request)) await auth.protect();
}, { authorizedParties: ["https://acme.shop"] });

export const config = {
  matcher: ["/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)", "/(api|trpc)(.*)"],
};
"#,
    ),
    (
        "app/layout.tsx",
        r#"import { ClerkProvider } from "@clerk/nextjs";

export default function Layout({ children }: { children: React.ReactNode }) {
  return <ClerkProvider><html><body>{children}</body></html></ClerkProvider>;
}
"#,
    ),
    (
        "app/page.tsx",
        "export default function Page() { return <h1>Shop</h1>; }\n",
    ),
    (
        "app/dashboard/page.tsx",
        r#"import { auth } from "@clerk/nextjs/server";

export default async function Page() {
  const { userId } = await auth.protect();
  return <p>{userId}</p>;
}
"#,
    ),
    (
        "app/sign-in/[[...sign-in]]/page.tsx",
        "import { SignIn } from \"@clerk/nextjs\";\n\nexport default function Page() { return <SignIn />; }\n",
    ),
    (
        "app/sign-up/[[...sign-up]]/page.tsx",
        "import { SignUp } from \"@clerk/nextjs\";\n\nexport default function Page() { return <SignUp />; }\n",
    ),
    (
        "app/api/webhooks/route.ts",
        r#"import { verifyWebhook } from "@clerk/nextjs/webhooks";

export async function POST(request: Request) {
  const event = await verifyWebhook(request);
  return Response.json({ received: event.type });
}
"#,
    ),
];

const NEXT_LOCK: &str = r#"{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": { "name": "shop", "dependencies": { "@clerk/nextjs": "^7.0.0", "next": "^16.0.0", "react": "^19.2.0" } },
    "node_modules/@clerk/nextjs": { "version": "7.5.13" },
    "node_modules/next": { "version": "16.4.1" },
    "node_modules/react": { "version": "19.2.0" }
  }
}
"#;
