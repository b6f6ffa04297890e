//! What a major version of Clerk's packages took away.
//!
//! Each row was compared with the packages on npm: what 4.31.8, 5.0.0, 6.0.0, 7.0.1, 7.7.4 and 7.9.17 of
//! @clerk/nextjs, the last release of each older major and the newest one of the others export. What upgrade
//! guides call removed and the package still exports (`@clerk/react-router/api.server` in 3.6.24) is no row.

use crate::model::Severity;

/// Names that are no longer there.
pub(super) struct Gone {
    /// The specifiers that had them.
    pub from: &'static [&'static str],
    /// The names; none where the specifier itself is gone.
    pub names: &'static [&'static str],
    /// Since which version of the package.
    pub since: &'static str,
    /// What comes of it.
    pub severity: Severity,
    /// What to use, after "use".
    pub instead: &'static str,
}

const fn gone(
    from: &'static [&'static str],
    names: &'static [&'static str],
    since: &'static str,
    instead: &'static str,
) -> Gone {
    Gone {
        from,
        names,
        since,
        severity: Severity::Error,
        instead,
    }
}

const ROOT: &[&str] = &["@clerk/nextjs"];
const SERVER: &[&str] = &["@clerk/nextjs/server"];
const GATES: &[&str] = &["SignedIn", "SignedOut", "Protect"];
const SHOW: &str = "`<Show when=\"signed-in\">` and its like, from the same package";

/// By package and version.
pub(super) const GONE: &[Gone] = &[
    gone(
        &[
            "@clerk/nextjs",
            "@clerk/nextjs/server",
            "@clerk/nextjs/api",
            "@clerk/nextjs/edge-middleware",
        ],
        &["withClerkMiddleware"],
        "5.0.0",
        "clerkMiddleware() of @clerk/nextjs/server",
    ),
    gone(
        ROOT,
        &[
            "auth",
            "currentUser",
            "clerkClient",
            "redirectToSignIn",
            "redirectToSignUp",
            "authMiddleware",
            "buildClerkProps",
            "getAuth",
            "createClerkClient",
            "clerkMiddleware",
            "createRouteMatcher",
        ],
        "5.0.0",
        "@clerk/nextjs/server as the place to import it from",
    ),
    gone(
        &[
            "@clerk/nextjs/api",
            "@clerk/nextjs/ssr",
            "@clerk/nextjs/app-beta",
            "@clerk/nextjs/app-beta/client",
            "@clerk/nextjs/edge-middleware",
            "@clerk/nextjs/edge-middlewarefiles",
        ],
        &[],
        "5.0.0",
        "@clerk/nextjs/server",
    ),
    gone(
        ROOT,
        &[
            "withClerk",
            "withSession",
            "withUser",
            "WithClerk",
            "WithSession",
            "WithUser",
        ],
        "5.0.0",
        "the hooks useClerk(), useSession() and useUser()",
    ),
    gone(
        ROOT,
        &["useMagicLink", "useOrganizations"],
        "5.0.0",
        "useEmailLink() and useOrganizationList()",
    ),
    gone(
        ROOT,
        &[
            "isClerkAPIResponseError",
            "isEmailLinkError",
            "isKnownError",
            "isMagicLinkError",
            "isMetamaskError",
        ],
        "5.0.0",
        "@clerk/nextjs/errors as the place to import it from",
    ),
    Gone {
        from: SERVER,
        names: &["authMiddleware"],
        since: "5.0.0",
        severity: Severity::Warning,
        instead: "clerkMiddleware()",
    },
    gone(SERVER, &["authMiddleware"], "6.0.0", "clerkMiddleware()"),
    gone(
        SERVER,
        &["redirectToSignIn", "redirectToSignUp"],
        "6.0.0",
        "`const { redirectToSignIn } = await auth()`",
    ),
    gone(ROOT, GATES, "7.0.0", SHOW),
    gone(&["@clerk/react"], GATES, "6.0.0", SHOW),
    gone(&["@clerk/react-router"], GATES, "3.0.0", SHOW),
    gone(&["@clerk/tanstack-react-start"], GATES, "1.0.0", SHOW),
    gone(&["@clerk/chrome-extension"], GATES, "3.0.0", SHOW),
    gone(&["@clerk/expo"], GATES, "3.0.0", SHOW),
    gone(&["@clerk/vue"], GATES, "2.0.0", SHOW),
    gone(
        &["@clerk/tanstack-react-start/server"],
        &["createClerkHandler"],
        "1.0.0",
        "clerkMiddleware()",
    ),
    gone(
        &["@clerk/tanstack-react-start/server"],
        &["getAuth"],
        "1.0.0",
        "auth()",
    ),
    gone(
        &["@clerk/nuxt/server"],
        &["getAuth"],
        "2.0.0",
        "`event.context.auth()`",
    ),
    Gone {
        from: &["@clerk/express"],
        names: &["requireAuth"],
        since: "2.1.0",
        severity: Severity::Warning,
        instead: "`getAuth(req)` and an answer of 401 where it has no userId",
    },
];

/// An attribute that a component no longer takes, and says nothing about.
pub(super) struct Ignored {
    /// The attributes.
    pub names: &'static [&'static str],
    /// The components; none for every one.
    pub components: &'static [&'static str],
    /// What to use, after "use".
    pub instead: &'static str,
}

/// Since Core 3.
pub(super) const IGNORED: &[Ignored] = &[
    Ignored {
        names: &["afterSignInUrl", "afterSignUpUrl"],
        components: &[
            "SignIn",
            "SignUp",
            "SignInButton",
            "SignUpButton",
            "ClerkProvider",
        ],
        instead: "signInFallbackRedirectUrl, fallbackRedirectUrl or forceRedirectUrl",
    },
    Ignored {
        names: &["redirectUrl"],
        components: &["SignIn", "SignUp", "SignInButton", "SignUpButton"],
        instead: "fallbackRedirectUrl or forceRedirectUrl",
    },
    Ignored {
        names: &["afterSignOutUrl"],
        components: &["UserButton"],
        instead: "afterSignOutUrl of ClerkProvider",
    },
    Ignored {
        names: &["clerkJSUrl", "clerkJSVersion", "clerkJSVariant"],
        components: &["ClerkProvider"],
        instead: "the version that the SDK loads by itself",
    },
];
