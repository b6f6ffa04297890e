//! Which packages are Clerk's, and which of their functions meet a request.

/// Packages of the Clerk community that bring Clerk's middleware, beside the `@clerk` scope.
const COMMUNITY: &[&str] = &[
    "svelte-clerk",
    "vue-clerk",
    "h3-clerk",
    "clerk-solidjs",
    "elysia-clerk",
    "@hono/clerk-auth",
];

/// The functions that verify a session by hand, from `@clerk/backend` and the SDKs that pass it on.
pub const BY_HAND: &[&str] = &["verifyToken", "verifyJwt", "authenticateRequest"];

/// The functions of the JavaScript SDKs that attach or demand a session when they are registered, over
/// all their versions: `@clerk/express`, `@clerk/fastify`, `@clerk/hono` and the retired
/// `@clerk/clerk-sdk-node`, whose functions many servers still call.
pub const REGISTERED: &[&str] = &[
    "clerkMiddleware",
    "clerkPlugin",
    "requireAuth",
    "withAuth",
    "ClerkExpressWithAuth",
    "ClerkExpressRequireAuth",
    "createClerkExpressWithAuth",
    "createClerkExpressRequireAuth",
];

/// The functions that make a Next.js middleware: `clerkMiddleware` since `@clerk/nextjs` 5 (in 4 as a
/// preview), `authMiddleware` from 4.11 to 5, `withClerkMiddleware` before.
pub const NEXT: &[&str] = &["clerkMiddleware", "authMiddleware", "withClerkMiddleware"];

/// Whether an import specifier names a Clerk package, also in the notations of Deno.
pub fn is_package(specifier: &str) -> bool {
    let name = specifier
        .strip_prefix("npm:")
        .or_else(|| specifier.strip_prefix("jsr:"))
        .or_else(|| specifier.strip_prefix("https://esm.sh/"))
        .unwrap_or(specifier);
    name.starts_with("@clerk/") || COMMUNITY.iter().any(|package| is_of(name, package))
}

/// Whether a specifier names the package itself, a version of it or a path inside it.
fn is_of(specifier: &str, package: &str) -> bool {
    specifier
        .strip_prefix(package)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '@']))
}

/// Packages whose names speak of auth and that are certainly not Clerk.
const OTHERS: &[&str] = &[
    "next-auth",
    "@auth",
    "@auth0",
    "better-auth",
    "@supabase",
    "@kinde-oss",
    "@workos-inc",
    "express-oauth2-jwt-bearer",
    "oauth4webapi",
    "google-auth-library",
    // `unauthorized()` and `UnauthorizedException` are answers.
    "next",
    "@nestjs",
];

/// Whether a package that we cannot look into may bring Clerk along under another name: its name or the
/// name taken from it speaks of Clerk or of auth. Everything else (`next-intl/middleware`,
/// `next/server`) is taken for what it says.
pub fn may_wrap(specifier: &str, taken: &str) -> bool {
    if OTHERS.iter().any(|other| is_of(specifier, other)) {
        return false;
    }
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("clerk") || text.contains("auth")
    };
    speaks(specifier) || speaks(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clerk_packages_are_known_by_scope_and_by_name() {
        for yes in [
            "@clerk/nextjs/server",
            "svelte-clerk/server",
            "npm:@clerk/backend@1",
            "https://esm.sh/@clerk/backend",
            "@hono/clerk-auth",
        ] {
            assert!(is_package(yes), "{yes}");
        }
        for no in ["@acme/clerk", "svelte-clerk-ui", "clerk", "@clerkish/x"] {
            assert!(!is_package(no), "{no}");
        }
    }

    #[test]
    fn only_packages_that_speak_of_auth_may_wrap_clerk() {
        assert!(may_wrap("@acme/auth", "middleware"));
        assert!(may_wrap("@acme/core", "withClerk"));
        assert!(!may_wrap("next-intl/middleware", "default"));
        assert!(!may_wrap("next-auth/middleware", "withAuth"));
        assert!(!may_wrap("@nestjs/common", "UnauthorizedException"));
    }
}
