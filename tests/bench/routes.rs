//! How long the route map takes, over Next.js apps that are made up here.
//!
//! `cargo bench --bench routes`. The cost should grow with the routes, and with the guards on their way.

#![allow(clippy::expect_used, reason = "a bench is not the product")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::Bencher;

fn main() {
    divan::main();
}

/// Routes, and guards on the way to each.
const SIZES: &[(usize, usize)] = &[(500, 1), (2_000, 1), (10_000, 1), (2_000, 4), (2_000, 16)];

static APPS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (routes, guards) in SIZES {
        app(
            &dir.path().join(format!("{routes}-{guards}")),
            *routes,
            *guards,
        );
    }
    dir
});

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

const MANIFEST: &str =
    r#"{"name":"acme","dependencies":{"next":"16.1.0","@clerk/nextjs":"7.5.8","react":"19.2.0"}}"#;

const PROXY: &str = "import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'
const isPublic = createRouteMatcher(['/', '/sign-in(.*)', '/blog(.*)', '/api/webhooks(.*)', '/area-1/(.*)'])
export default clerkMiddleware(async (auth, request) => { if (!isPublic(request)) await auth.protect() })
export const config = { matcher: ['/((?!_next|[^?]*\\\\.(?:html?|css|png|ico)).*)', '/(api|trpc)(.*)'] }
";

const GUARD: &str = "import { auth } from '@clerk/nextjs/server'
export async function requireUser() {
  const { userId, orgId } = await auth()
  if (!userId) throw new Error('Unauthorized')
  return { userId, orgId }
}
export const check = (level) => (handler) => async (request, context) => {
  const token = request.headers.get('x-level')
  if (level > 100 && token === 'none') return new Response('no', { status: 403 })
  return handler(request, context)
}
";

/// An app of pages and handlers, a third each guarded in the page, in the handler, and by the middleware
/// alone; a handler passes through this many wrappers.
fn app(dir: &Path, routes: usize, guards: usize) {
    write(dir.join("package.json"), MANIFEST);
    write(dir.join("proxy.ts"), PROXY);
    write(dir.join("lib/guard.ts"), GUARD);
    for route in 0..routes {
        let area = route % 50;
        let folder = dir.join(format!("app/area-{area}/item-{route}"));
        match route % 3 {
            0 => write(folder.join("page.tsx"), &page(route)),
            _ => write(
                dir.join(format!("app/api/area-{area}/item-{route}/route.ts")),
                &handler(route, guards),
            ),
        }
    }
}

fn page(route: usize) -> String {
    format!(
        "import {{ auth }} from '@clerk/nextjs/server'\nimport {{ db }} from '@/lib/db'
export default async function Page({{ params }}) {{
  const {{ userId }} = await auth()
  if (!userId) return <p>Sign in first</p>
  const items = await db.item{route}.findMany({{ where: {{ userId }} }})
  return <main><h1>Items {route}</h1>{{items.map((item) => <li key={{item.id}}>{{item.name}}</li>)}}</main>
}}\n"
    )
}

fn handler(route: usize, guards: usize) -> String {
    let open = (0..guards)
        .map(|level| format!("check({level})("))
        .collect::<String>();
    let close = ")".repeat(guards);
    let guard = if route % 3 == 1 {
        "  await requireUser()\n"
    } else {
        ""
    };
    format!(
        "import {{ check, requireUser }} from '@/lib/guard'\nimport {{ db }} from '@/lib/db'
export const GET = {open}async (request) => {{
{guard}  const name = new URL(request.url).searchParams.get('name')
  if (!name) return Response.json({{ error: 'name' }}, {{ status: 400 }})
  return Response.json(await db.item{route}.findMany({{ where: {{ name }} }}))
}}{close}
export const POST = {open}async (request) => {{
{guard}  const body = await request.json()
  const made = await db.item{route}.create({{ data: {{ ...body, by: {route} }} }})
  return Response.json(made, {{ status: 201 }})
}}{close}\n"
    )
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn routes(bencher: Bencher<'_, '_>, (routes, guards): &(usize, usize)) {
    let dir = APPS.path().join(format!("{routes}-{guards}"));
    bencher.bench(|| {
        let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
            .args(["routes", "--format", "json"])
            .arg(&dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("clerk-audit runs");
        assert!(done.success());
    });
}
