//! Maps made by hand: every verdict, long paths, hostile names, nothing at all.

use clerk_audit::model::routes::{
    CodePlace, Declared, Evidence, Layer, MethodAnswer, MiddlewareFacts, Route, RouteKind,
    RouteMap, Sensitivity, TraceStep, Verdict,
};

pub fn place(file: &str, line: u32, column: u32) -> CodePlace {
    CodePlace {
        file: file.to_owned(),
        line,
        column,
    }
}

pub fn layer(verdict: Verdict, at: Option<(&str, u32)>, why: &str) -> Layer {
    Layer {
        verdict,
        place: at.map(|(file, line)| place(file, line, 3)),
        why: why.to_owned(),
    }
}

pub fn work(kind: Sensitivity, what: &str, file: &str, line: u32) -> Evidence {
    Evidence {
        kind,
        what: what.to_owned(),
        place: place(file, line, 9),
    }
}

pub fn answer(method: &str, verdict: Verdict, middleware: Layer, resource: Layer) -> MethodAnswer {
    let steps = [
        ("isPublicRoute(/) is false", &middleware),
        ("the handler begins", &resource),
    ];
    let trace = steps.into_iter().filter_map(|(text, layer)| {
        let place = layer.place.clone()?;
        Some(TraceStep {
            place,
            text: text.to_owned(),
        })
    });
    MethodAnswer {
        method: method.to_owned(),
        verdict,
        declared_public: None,
        sensitive: Vec::new(),
        trace: trace.collect(),
        middleware,
        resource,
    }
}

pub fn route(pattern: &str, kind: RouteKind, file: &str, methods: Vec<MethodAnswer>) -> Route {
    Route {
        pattern: pattern.to_owned(),
        kind,
        file: file.to_owned(),
        urls: vec![pattern.replace("[id]", "7")],
        methods,
    }
}

pub fn map(app: &str, routes: Vec<Route>) -> RouteMap {
    RouteMap {
        app: app.to_owned(),
        framework: "Next.js 16.3.1".to_owned(),
        routes,
        notes: Vec::new(),
        is_partial: false,
        middleware: MiddlewareFacts::default(),
    }
}

fn protects() -> Layer {
    layer(Verdict::Stopped, Some(("proxy.ts", 12)), "auth.protect()")
}

fn through() -> Layer {
    layer(
        Verdict::Reached,
        Some(("proxy.ts", 9)),
        "isPublicRoute is true",
    )
}

fn outside() -> Layer {
    layer(Verdict::Reached, None, "no middleware runs here")
}

fn declared(mut answer: MethodAnswer, by: Declared) -> MethodAnswer {
    answer.declared_public = Some(by);
    answer
}

fn listed(pattern: &str) -> Declared {
    Declared::List {
        pattern: pattern.to_owned(),
        place: place("proxy.ts", 9, 7),
    }
}

fn orders() -> Route {
    let file = "app/api/orders/[id]/route.ts";
    let why = "nothing asks for a session";
    let stops = || layer(Verdict::Stopped, Some((file, 5)), "401 without a userId");
    let mut delete = answer(
        "DELETE",
        Verdict::Reached,
        outside(),
        layer(Verdict::Reached, Some((file, 21)), why),
    );
    delete.sensitive = vec![
        work(Sensitivity::Writes, "db.order.delete()", file, 22),
        work(
            Sensitivity::PaidCall,
            "resend.emails.send()",
            "lib/mail.ts",
            8,
        ),
    ];
    let read = answer("GET", Verdict::Stopped, outside(), stops());
    let head = answer("HEAD", Verdict::Stopped, outside(), stops());
    route(
        "/api/orders/[id]",
        RouteKind::Handler,
        file,
        vec![read, head, delete],
    )
}

fn undecided() -> Route {
    let file = "app/api/search/route.ts";
    let wrapped = layer(
        Verdict::Undecided,
        Some((file, 3)),
        "withFlags() comes from a package that could not be followed",
    );
    let mut answer = answer("POST", Verdict::Undecided, through(), wrapped);
    answer.sensitive = vec![work(
        Sensitivity::ReadsUserData,
        "clerk.users.getUserList()",
        file,
        11,
    )];
    route("/api/search", RouteKind::Handler, file, vec![answer])
}

fn webhook() -> Route {
    let file = "app/api/webhooks/clerk/route.ts";
    let verify = layer(Verdict::Credential, Some((file, 14)), "verifyWebhook(req)");
    let answer = answer("POST", Verdict::Credential, through(), verify);
    route(
        "/api/webhooks/clerk",
        RouteKind::Handler,
        file,
        vec![answer],
    )
}

fn public(pattern: &str, file: &str, by: Declared) -> Route {
    let static_page = layer(Verdict::Reached, None, "a static page");
    let answer = answer("GET", Verdict::Reached, through(), static_page);
    route(pattern, RouteKind::Page, file, vec![declared(answer, by)])
}

fn stopped() -> Vec<Route> {
    let page = |pattern: &str, file: &str, resource| {
        let answer = answer("GET", Verdict::Stopped, protects(), resource);
        route(pattern, RouteKind::Page, file, vec![answer])
    };
    let file = "app/(shop)/cart/actions.ts";
    let own = layer(
        Verdict::Stopped,
        Some((file, 6)),
        "throws unless auth().userId",
    );
    let action = answer("POST", Verdict::Stopped, through(), own);
    let bare = || layer(Verdict::Reached, None, "renders for everyone");
    let admin = "app/admin/page.tsx";
    let cron = "app/api/cron/route.ts";
    vec![
        page(
            "/admin",
            admin,
            layer(Verdict::Stopped, Some((admin, 4)), "auth.protect()"),
        ),
        page(
            "/api/cron",
            cron,
            layer(Verdict::Credential, Some((cron, 7)), "CRON_SECRET"),
        ),
        page("/dashboard", "app/dashboard/page.tsx", bare()),
        page(
            "/dashboard/settings",
            "app/dashboard/settings/page.tsx",
            bare(),
        ),
        page(
            "/reports",
            "app/reports/page.tsx",
            layer(Verdict::Undecided, None, "an import was not found"),
        ),
        route("updateCart", RouteKind::Action, file, vec![action]),
    ]
}

/// Every verdict, every declaration, every guard.
pub fn every_verdict() -> RouteMap {
    let config = Declared::Config {
        pattern: "/status".to_owned(),
    };
    let nature = Declared::Nature {
        why: "the sign-in page".to_owned(),
    };
    let mut routes = vec![
        public("/", "app/page.tsx", listed("'/'")),
        orders(),
        undecided(),
        webhook(),
        public("/sign-in", "app/sign-in/page.tsx", nature),
        public("/status", "app/status/page.tsx", config),
    ];
    routes.extend(stopped());
    routes.sort_by(|a, b| a.pattern.cmp(&b.pattern));
    RouteMap {
        notes: vec!["pages/legacy.js does not parse, so its routes are missing".to_owned()],
        ..map(".", routes)
    }
}

/// Names as long as monorepos make them.
pub fn long_paths() -> RouteMap {
    let deep = "apps/dashboard/src/app/(authenticated)/[locale]/organizations/[organizationSlug]/billing/invoices/[invoiceId]/route.ts";
    let pattern = "/[locale]/organizations/[organizationSlug]/billing/invoices/[invoiceId]";
    let stops = layer(
        Verdict::Stopped,
        Some(("packages/auth/src/middleware/create-proxy.ts", 128)),
        "redirectToSignIn() because isProtectedRoute of the shared package lists this path",
    );
    let own = layer(
        Verdict::Reached,
        Some((deep, 18)),
        "nothing asks for a session before the first query of the database",
    );
    let mut open = answer("GET", Verdict::Reached, outside(), own.clone());
    open.sensitive = vec![work(
        Sensitivity::ReadsUserData,
        "prisma.organization.findUniqueOrThrow()",
        deep,
        31,
    )];
    let methods = ["POST", "PUT", "PATCH", "DELETE"];
    let mut answers = vec![open];
    answers
        .extend(methods.map(|method| answer(method, Verdict::Stopped, stops.clone(), own.clone())));
    map(
        "apps/dashboard",
        vec![
            route(pattern, RouteKind::Handler, deep, answers),
            route(
                "/値段",
                RouteKind::Page,
                "apps/dashboard/src/app/値段/page.tsx",
                vec![answer("GET", Verdict::Stopped, protects(), own)],
            ),
        ],
    )
}

/// What a project could try.
pub fn hostile() -> RouteMap {
    let file = "app/\u{1b}[2J\u{1b}[1;32m|a`b/@admin/page.tsx\nSTOPPED  /\u{202e}x";
    let why = "calls `x` | <img src=x> https://evil.example @everyone\r\u{7}** #1 www.evil.example";
    let bad = layer(Verdict::Reached, Some((file, u32::MAX)), why);
    let mut open = answer("GET\u{1b}[0m", Verdict::Reached, bad.clone(), bad.clone());
    open.sensitive = vec![work(Sensitivity::Writes, "a|b`c\n| x |", file, 1)];
    let listed = Declared::List {
        pattern: "'/|`\u{200b}'".to_owned(),
        place: place(file, 2, 1),
    };
    let public = declared(
        answer("POST", Verdict::Reached, bad.clone(), bad.clone()),
        listed,
    );
    let stops = layer(Verdict::Stopped, Some((file, 9)), why);
    let stopped = answer("GET", Verdict::Stopped, stops, bad);
    RouteMap {
        app: "apps/\u{1b}]0;x\u{7}|`".to_owned(),
        framework: "Next.js 16|\u{9b}31m<b>".to_owned(),
        routes: vec![
            route(
                "/a\nSTOPPED  /b|[x](y)",
                RouteKind::Page,
                file,
                vec![open, public],
            ),
            route("/c`d|e", RouteKind::Api, file, vec![stopped]),
            route("", RouteKind::Action, "", Vec::new()),
        ],
        notes: vec![why.to_owned()],
        is_partial: false,
        middleware: MiddlewareFacts::default(),
    }
}

/// A large app.
pub fn large(routes: usize) -> RouteMap {
    let mut all = Vec::new();
    let mine = every_verdict().routes;
    for (at, route) in mine.iter().cycle().take(routes).enumerate() {
        let mut route = route.clone();
        route.pattern = format!("/{at}{}", route.pattern);
        all.push(route);
    }
    map(".", all)
}
