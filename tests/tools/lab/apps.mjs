// The small apps of the lab: exact versions and every file, written out into the scratch folder.
//
// All apps have the same routes, as far as the framework allows:
//
//   /                     public, with Clerk's script in the page
//   /sign-in              public
//   /dashboard            protected by the middleware
//   /account              protected by the page itself (Next.js alone)
//   /reports              protected by a comparison of the whole path, as people write it by hand
//   /api/orders           protected by the middleware
//   /api/me               protected by the handler itself
//   /api/open             a hole: gives data to anybody, and lets any origin read it with cookies
//   /api/health           public
//   /api/webhooks/clerk   verified with Clerk's `verifyWebhook`
//   /logo.svg             a static file the middleware does not see
//
// A variant of an app differs in its files or in what is built into it (`built`).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keys } from "./keys.mjs";

/** Nothing newer than this is installed. */
const BEFORE = "2026-08-15";

const TYPES = { typescript: "5.9.3", "@types/node": "20.19.0", "@types/react": "19.2.0" };
const REACT = { react: "19.2.8", "react-dom": "19.2.8" };

export const APPS = {
  next16: { kind: "next", guard: "proxy.ts", packages: { next: "16.3.1", "@clerk/nextjs": "7.7.4", ...REACT, ...TYPES } },
  next15: { kind: "next", guard: "middleware.ts", packages: { next: "15.5.23", "@clerk/nextjs": "7.7.4", ...REACT, ...TYPES } },
  "next15-core2": { kind: "next", guard: "middleware.ts", packages: { next: "15.5.23", "@clerk/nextjs": "6.39.6", ...REACT, ...TYPES } },
  express: { kind: "express", packages: { express: "5.2.1", "@clerk/express": "2.1.55" } },
  "express-core2": { kind: "express", packages: { express: "5.2.1", "@clerk/express": "1.7.82" } },
};

/** Packages whose versions are written into the transcripts. */
const TOLD = ["next", "express", "@clerk/nextjs", "@clerk/express", "@clerk/backend", "@clerk/shared", "react"];

const MATCHER = `export const config = {
  matcher: [
    "/((?!_next|[^?]*\\\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)",
    "/(api|trpc)(.*)",
  ],
};`;

/**
 * The middleware. In the variant `behind-auth` whatever is not named public is protected, webhook and health too; in
 * `bypass` there is an emergency switch, in `unguarded` the dashboard has been forgotten.
 */
const guard = (variant) => `import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";
import { NextResponse } from "next/server";

${
  variant === "behind-auth"
    ? `const isPublic = createRouteMatcher(["/", "/sign-in(.*)", "/api/open"]);`
    : `const isProtected = createRouteMatcher([${variant === "unguarded" ? "" : `"/dashboard(.*)", `}"/api/orders(.*)"]);`
}

export default clerkMiddleware(
  async (auth, request) => {${
    variant === "bypass"
      ? `
    if (process.env.CLERK_EMERGENCY_BYPASS === "true") {
      return NextResponse.next({ headers: { "X-Auth-Bypass": "true" } });
    }`
      : ""
  }
    if (${variant === "behind-auth" ? "!isPublic(request)" : "isProtected(request)"}) await auth.protect();
    if (request.nextUrl.pathname === "/reports" && !(await auth()).userId) {
      return NextResponse.redirect(new URL("/sign-in", request.url));
    }
  },
  { jwtKey: process.env.CLERK_JWT_KEY, authorizedParties: process.env.CLERK_AUTHORIZED_PARTIES?.split(",") },
);

${MATCHER}
`;

const page = (name, text, before = "") => `${before && `import { auth } from "@clerk/nextjs/server";\n\n`}export const dynamic = "force-dynamic";

export default async function ${name}() {
${before}  return <h1>${text}</h1>;
}
`;

const OPEN = `const cors = (request: Request) => ({
  "Access-Control-Allow-Origin": request.headers.get("origin") ?? "*",
  "Access-Control-Allow-Credentials": "true",
});

export async function OPTIONS(request: Request) {
  return new Response(null, { status: 204, headers: { ...cors(request), "Access-Control-Allow-Methods": "GET" } });
}

export async function GET(request: Request) {
  return Response.json({ orders: [{ id: 7, total: 120 }] }, { headers: cors(request) });
}
`;

const WEBHOOK = `import { verifyWebhook } from "@clerk/nextjs/webhooks";
import type { NextRequest } from "next/server";

export async function POST(request: NextRequest) {
  try {
    const event = await verifyWebhook(request);
    if (event.type === "user.created") console.log("a new user");
    return Response.json({ received: true });
  } catch {
    return new Response("not verified", { status: 400 });
  }
}
`;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>\n`;

function nextFiles(app, variant) {
  const handler = (text, before = "") => `${before && `import { auth } from "@clerk/nextjs/server";\n\n`}export async function GET() {
${before}  return Response.json(${text});
}
`;
  return {
    [app.guard]: guard(variant),
    "next.config.mjs": `export default {
  generateBuildId: () => "lab",
  typescript: { ignoreBuildErrors: true },
${app.guard === "proxy.ts" ? `  turbopack: { root: ${JSON.stringify("{{root}}")} },` : `  eslint: { ignoreDuringBuilds: true },
  outputFileTracingRoot: ${JSON.stringify("{{root}}")},`}
};
`,
    "tsconfig.json": `${JSON.stringify({ compilerOptions: { target: "ES2017", lib: ["dom", "esnext"], jsx: "preserve", module: "esnext", moduleResolution: "bundler", strict: true, noEmit: true, esModuleInterop: true, skipLibCheck: true, allowJs: true, incremental: true, isolatedModules: true, resolveJsonModule: true, plugins: [{ name: "next" }] }, include: ["**/*.ts", "**/*.tsx"], exclude: ["node_modules"] }, null, 2)}\n`,
    "app/layout.tsx": `import { ClerkProvider } from "@clerk/nextjs";
import type { ReactNode } from "react";

export const metadata = { title: "Acme" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <ClerkProvider>{children}</ClerkProvider>
      </body>
    </html>
  );
}
`,
    "app/page.tsx": page("Home", "Acme"),
    "app/sign-in/[[...sign-in]]/page.tsx": `import { SignIn } from "@clerk/nextjs";

export default function Page() {
  return <SignIn />;
}
`,
    "app/dashboard/page.tsx": page("Dashboard", "3 orders of Mr Smith"),
    "app/account/page.tsx": page("Account", "Account of Mr Smith", "  await auth.protect();\n"),
    "app/reports/page.tsx": page("Reports", "Report of November"),
    "app/api/orders/route.ts": handler(`{ orders: [{ id: 7, total: 120 }] }`),
    "app/api/me/route.ts": handler(`{ me: "Mr Smith" }`, "  await auth.protect();\n"),
    "app/api/open/route.ts": OPEN,
    "app/api/health/route.ts": `export const dynamic = "force-dynamic";\n\n${handler(`{ status: "ok" }`)}`,
    "app/api/webhooks/clerk/route.ts": WEBHOOK,
    "public/logo.svg": LOGO,
  };
}

/** In the variant `webhook-open` the endpoint believes whatever it is sent; the others are as above. */
const expressServer = (variant) => `import { clerkMiddleware, getAuth } from "@clerk/express";
import { verifyWebhook } from "@clerk/express/webhooks";
import express from "express";

const app = express();
app.disable("x-powered-by");
app.use(express.static("public"));
${
  variant === "bypass"
    ? `app.use((request, response, next) => {
  if (process.env.CLERK_EMERGENCY_BYPASS === "true") response.setHeader("X-Auth-Bypass", "true");
  next();
});
`
    : ""
}app.use(clerkMiddleware({ authorizedParties: process.env.CLERK_AUTHORIZED_PARTIES?.split(",") }));

const signedIn = (request) => ${variant === "bypass" ? `process.env.CLERK_EMERGENCY_BYPASS === "true" || ` : ""}getAuth(request).userId;
const onlyMembers = (request, response, next) => {
  if (signedIn(request)) return next();
  return response.status(401).json({ error: "unauthenticated" });
};
${variant === "behind-auth" ? `app.use("/api", (request, response, next) => (request.path === "/open" ? next() : onlyMembers(request, response, next)));\n` : ""}
const shell = (text) => \`<!DOCTYPE html><html lang="en"><head><title>Acme</title><script async crossorigin="anonymous" data-clerk-publishable-key="\${process.env.CLERK_PUBLISHABLE_KEY}" src="https://\${process.env.CLERK_HOST}/npm/@clerk/clerk-js@6/dist/clerk.browser.js"></script></head><body><h1>\${text}</h1></body></html>\`;

app.get("/", (request, response) => response.send(shell("Acme")));
app.get("/sign-in", (request, response) => response.send(shell("Sign in")));
app.get("/dashboard", (request, response) => {
${variant === "unguarded" ? "" : `  if (!signedIn(request)) return response.redirect("/sign-in");\n`}  return response.send(shell("3 orders of Mr Smith"));
});
// Compares the path by hand, where the router below takes it in any case and with a slash behind.
app.use((request, response, next) => {
  if (request.path === "/reports" && !signedIn(request)) return response.status(401).send("members only");
  return next();
});
app.get("/reports", (request, response) => response.send(shell("Report of November")));
app.get("/api/orders", onlyMembers, (request, response) => response.json({ orders: [{ id: 7, total: 120 }] }));
app.get("/api/me", onlyMembers, (request, response) => response.json({ me: "Mr Smith" }));
app.all("/api/open", (request, response) => {
  response.set("Access-Control-Allow-Origin", request.get("origin") ?? "*").set("Access-Control-Allow-Credentials", "true");
  if (request.method === "OPTIONS") return response.status(204).end();
  return response.json({ orders: [{ id: 7, total: 120 }] });
});
app.get("/api/health", (request, response) => response.json({ status: "ok" }));
app.post("/api/webhooks/clerk", express.raw({ type: "application/json" }), async (request, response) => {
${
  variant === "webhook-open"
    ? `  const event = JSON.parse(request.body.toString());
  if (event.type === "user.created") console.log("a new user");
  return response.json({ received: true });`
    : `  try {
    const event = await verifyWebhook(request);
    if (event.type === "user.created") console.log("a new user");
    return response.json({ received: true });
  } catch {
    return response.status(400).send("not verified");
  }`
}
});

app.listen(process.env.PORT, "localhost", () => console.log("Ready in no time"));
`;

const expressFiles = (variant) => ({ "server.mjs": expressServer(variant), "public/logo.svg": LOGO });

/** What is built into an app of this variant, or set for it: the publishable key and where people sign in. */
export function built(kind, variant) {
  const development = variant === "development";
  const own = development ? keys.pkTest : keys.pkLive;
  const host = development ? keys.hostTest : keys.hostLive;
  // Without an address of one's own Clerk sends people to its account portal.
  const signIn = development ? {} : { [kind === "next" ? "NEXT_PUBLIC_CLERK_SIGN_IN_URL" : "CLERK_SIGN_IN_URL"]: "/sign-in" };
  return kind === "next"
    ? { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: own, ...signIn }
    : { CLERK_PUBLISHABLE_KEY: own, CLERK_HOST: host, ...signIn };
}

/** The environment every child gets: no more of this machine than its PATH. */
export const plain = () => ({
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  CI: "1",
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  CLERK_TELEMETRY_DISABLED: "1",
  NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED: "1",
});

export const nextProgram = (root) => join(root, "node_modules/next/dist/bin/next");

/** Installs the packages of an app once; returns the folder that has them. */
export function install(scratch, name) {
  const root = join(scratch, name);
  mkdirSync(root, { recursive: true });
  const manifest = join(root, "package.json");
  const text = `${JSON.stringify({ private: true, dependencies: APPS[name].packages }, null, 2)}\n`;
  const same = existsSync(manifest) && readFileSync(manifest, "utf8") === text && existsSync(join(root, "node_modules/.package-lock.json"));
  if (same) return root;
  console.error(`${name}: installing`);
  writeFileSync(manifest, text);
  const options = [`--before=${BEFORE}`, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["install", ...options], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return root;
}

/** The versions really installed. */
export function versions(root) {
  const file = (module) => join(root, "node_modules", module, "package.json");
  const found = TOLD.filter((module) => existsSync(file(module)));
  return Object.fromEntries(found.map((module) => [module, JSON.parse(readFileSync(file(module), "utf8")).version]));
}

/** The files of an app in one variant, without those that say nothing of its authentication. */
export function sources(name, variant) {
  const app = APPS[name];
  const { "next.config.mjs": config, "tsconfig.json": types, "public/logo.svg": logo, ...files } = app.kind === "next" ? nextFiles(app, variant) : expressFiles(variant);
  return { ...files, "package.json": manifest(name) };
}

// The app has a manifest of its own, so that an audit of the folder knows what it is.
const manifest = (name) => `${JSON.stringify({ name: `lab-${name}`, private: true, type: "module", dependencies: APPS[name].packages }, null, 2)}\n`;

/** Writes the files of an app in one variant, builds it where that is needed; returns its folder. */
export function make(root, name, variant) {
  const app = APPS[name];
  const folder = join(root, "apps", variant);
  const files = app.kind === "next" ? nextFiles(app, variant) : expressFiles(variant);
  files["package.json"] = manifest(name);
  const stamp = join(folder, ".lab");
  const text = JSON.stringify([app, files, built(app.kind, variant)]).replaceAll("{{root}}", root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === text) return folder;
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content.replaceAll("{{root}}", root));
  }
  if (app.kind === "next") {
    console.error(`${name}: building (${variant})`);
    const env = { ...plain(), ...built("next", variant), CLERK_SECRET_KEY: keys.good };
    execFileSync("nice", [process.execPath, nextProgram(root), "build"], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"], timeout: 600_000 });
  }
  writeFileSync(stamp, text);
  return folder;
}
