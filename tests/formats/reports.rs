//! The reports of these tests, built by hand.

use clerk_audit::model::attest::{Attestation, Statement, Voucher};
use clerk_audit::model::routes::RouteCounts;
use clerk_audit::model::{
    Acknowledged, Acknowledgement, AppKind, AppReport, CheckResult, Date, Decision, Excerpt,
    Finding, Group, Mark, Meta, Outcome, Place, Report, Role, Severity, VariableReport,
};

const fn meta(
    id: &'static str,
    group: Group,
    pass: &'static str,
    fail: &'static str,
    why: &'static str,
) -> Meta {
    Meta {
        id,
        group,
        severity: Severity::Error,
        pass,
        fail,
        why,
        docs: "# Page\n\nIt says `what` to do, **now**:\n\n- read it\n- do it\n\n```env .env.local\nKEY=value\n```\n",
    }
}

pub const MISSING: Meta = meta(
    "env/key-missing",
    Group::Env,
    "Both keys of the Clerk instance are set",
    "A key of the Clerk instance is missing",
    "without its keys the app answers every request with an error",
);
pub const DEV_KEY: Meta = meta(
    "env/dev-key-in-production",
    Group::Env,
    "Production uses a production key",
    "Production would start with a development key",
    "a development instance is limited to 100 users and is not meant for real ones",
);
pub const PAIR: Meta = meta(
    "env/keys-of-two-instances",
    Group::Env,
    "Both keys belong to the same instance",
    "The two keys belong to different instances",
    "sessions signed by one instance are refused by the other",
);
pub const SIGNING: Meta = meta(
    "webhooks/secret-missing",
    Group::Webhooks,
    "The webhook signing secret is set",
    "The webhook signing secret is missing",
    "every delivery would be refused",
);
pub const IGNORED: Meta = meta(
    "git/env-file-not-ignored",
    Group::Git,
    "Files with secrets are ignored by git",
    "A file with secrets is not ignored by git",
    "the next commit could publish the secret key",
);
pub const MATCHER: Meta = meta(
    "middleware/matcher-misses-route",
    Group::Middleware,
    "Every route that asks for a session is covered by the matcher",
    "A route asks for a session and is not covered by the matcher",
    "auth() throws where clerkMiddleware() did not run",
);
pub const EXPORT: Meta = meta(
    "middleware/not-exported",
    Group::Middleware,
    "The middleware is exported where the framework looks for it",
    "The framework does not find the middleware",
    "requests would pass without meeting Clerk",
);
pub const INSTANCE: Meta = meta(
    "clerk/instance-not-production",
    Group::Clerk,
    "Clerk says that this is a production instance",
    "Clerk says that this is not a production instance",
    "a development instance is not meant for real users",
);
pub const DOMAIN: Meta = meta(
    "clerk/domain-not-verified",
    Group::Clerk,
    "The domain of the instance answers",
    "The domain of the instance does not answer",
    "nobody could sign in",
);

pub fn span(file: &str, line: u32, text: &str, marked: &str) -> Place {
    let start = text.find(marked).expect("the marked part is in the line");
    Place::Span {
        file: file.to_owned(),
        line,
        column: u32::try_from(text[..start].chars().count() + 1).expect("short"),
        excerpt: Some(Excerpt {
            text: text.to_owned(),
            start,
            end: start + marked.len(),
        }),
    }
}

pub fn check(meta: Meta, outcome: Outcome) -> CheckResult {
    let mut outcome = outcome;
    if let Outcome::Fail(findings) | Outcome::Warn(findings) = &mut outcome {
        for (at, finding) in findings.iter_mut().enumerate() {
            finding.fingerprint = format!("{at:032x}");
        }
    }
    let acknowledged = match &outcome {
        Outcome::Acknowledged => vec![ignored(), in_baseline()],
        _ => vec![],
    };
    CheckResult {
        meta,
        outcome,
        acknowledged,
    }
}

fn ignored() -> Acknowledged {
    let mut finding = Finding::error("the webhook of the old shop is not verified");
    finding.fingerprint = "1".repeat(32);
    Acknowledged {
        finding,
        by: Acknowledgement::Ignored {
            reason: "it is switched off in May".to_owned(),
            place: span("app/api/old/route.ts", 3, "// clerk-audit-ignore", "//"),
            until: "2027-05-31".parse().ok(),
        },
    }
}

fn in_baseline() -> Acknowledged {
    let mut finding = Finding::warning("the webhook is slow");
    finding.fingerprint = "2".repeat(32);
    Acknowledged {
        finding,
        by: Acknowledgement::Baseline,
    }
}

pub fn app(path: &str, name: &str, checks: Vec<CheckResult>) -> AppReport {
    AppReport {
        path: path.to_owned(),
        name: Some(name.to_owned()),
        manifest: match path {
            "." => "package.json".to_owned(),
            path => format!("{path}/package.json"),
        },
        kind: AppKind::App,
        framework: "next",
        framework_name: "Next.js",
        framework_version: Some("16.2.0".to_owned()),
        clerk_packages: vec![("@clerk/nextjs".to_owned(), Some("7.9.17".to_owned()))],
        environment: ".env files".to_owned(),
        routes: Some(RouteCounts {
            all: 41,
            stopped: 29,
            public: 9,
            reached: 1,
            credential: 1,
            undecided: 1,
        }),
        variables: vec![VariableReport {
            name: "CLERK_SECRET_KEY".to_owned(),
            value: "sk_live_…x7Qd".to_owned(),
            origin: ".env.production:2".to_owned(),
            shadowed: vec![".env:2".to_owned()],
        }],
        map: None,
        checks,
    }
}

pub fn report(apps: Vec<AppReport>, decision: Decision, exit_code: u8) -> Report {
    Report {
        version: "0.1.0",
        target: "production",
        online: true,
        online_why: "CLERK_SECRET_KEY".to_owned(),
        directory: "acme".to_owned(),
        prefix: String::new(),
        apps,
        attestations: vec![],
        notes: vec![],
        gate: Some(Severity::Error),
        strict: false,
        decision,
        exit_code,
    }
}

static STATEMENTS: [Statement; 4] = [
    statement("production-domain", "The domain is ours"),
    statement("user-import", "Imported users were counted"),
    statement("key-rotation", "The keys were rotated as our policy asks"),
    statement("incident-owner", "It is known who owns an incident"),
];

const fn statement(id: &'static str, says: &'static str) -> Statement {
    Statement {
        id,
        says,
        how: "ask whoever has access to the dashboard, and look for yourself",
    }
}

/// One statement of each standing; the name tries to steer the terminal.
pub fn attestations() -> Vec<Attestation> {
    let day = |text: &str| text.parse::<Date>().expect("a day");
    let voucher = |by: &str, until: Option<&str>, note: &str| {
        Some(Voucher {
            by: by.to_owned(),
            date: day("2026-01-01"),
            until: until.map(day),
            note: note.to_owned(),
            applies: until.is_some(),
        })
    };
    let said = [
        voucher("Ada", Some("2027-05-31"), "after the move"),
        voucher("B\u{1b}[2Jo", None, "a new product"),
        voucher("Cleo", Some("2026-06-30"), ""),
        None,
    ];
    STATEMENTS
        .iter()
        .zip(said)
        .map(|(statement, said)| Attestation::on(day("2026-11-21"), statement, said))
        .collect()
}

pub fn dev_key() -> Finding {
    let ours = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_test_…x7Qd";
    let shadowed = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_live_…mY2x";
    Finding::error("Production would start with the pk_test_ key of happy-lion-12")
        .at(
            span(".env.production", 3, ours, "pk_test_…x7Qd"),
            "development instance \"happy-lion-12\"",
        )
        .see(
            span(".env", 119, shadowed, "pk_live_…mY2x"),
            "shadowed by the line above",
        )
        .fix("put the pk_live_ key in .env.production, or delete line 3")
        .verify("grep -n CLERK_PUBLISHABLE_KEY .env*")
}

fn route(path: &str) -> Finding {
    Finding::warning(format!("{path} calls auth() and the matcher leaves it out"))
        .at(
            span(
                "src/proxy.ts",
                12,
                "\tmatcher: ['/((?!api).*)', '/trpc'],",
                "'/((?!api).*)'",
            ),
            "does not match",
        )
        .see(
            span(
                "src/proxy.ts",
                12,
                "\tmatcher: ['/((?!api).*)', '/trpc'],",
                "'/trpc'",
            ),
            "nor does this",
        )
        .see(Place::file(format!("app{path}/route.ts")), "the route")
        .fix("add '/(api|trpc)(.*)' to the matcher")
}

/// One app with every outcome, and every kind of place.
pub fn every_outcome() -> Report {
    let undecided = Outcome::Broken {
        why: "The middleware is built by a function that could not be followed".to_owned(),
        hint: "export clerkMiddleware() itself".to_owned(),
        marks: vec![Mark {
            place: span(
                "src/proxy.ts",
                4,
                "export default compose(...chain);",
                "compose(...chain)",
            ),
            label: "its result depends on a value that is known only when the app runs".to_owned(),
            role: Role::Primary,
        }],
    };
    let pair = Finding::error("The keys belong to happy-lion-12 and to clerk.acme.shop")
        .at(
            Place::Variable {
                name: "CLERK_SECRET_KEY".to_owned(),
                origin: "process environment".to_owned(),
            },
            "a production key",
        )
        .see(
            Place::Url {
                url: "https://api.clerk.com/v1/instance".to_owned(),
            },
            "says which instance it is",
        )
        .fix("take both keys from the same instance of the Clerk dashboard");
    let secret = "webhooks are received in app/api/hooks/route.ts and no secret is set";
    let checks = vec![
        check(MISSING, Outcome::Pass),
        check(DEV_KEY, Outcome::judged(vec![dev_key()])),
        check(PAIR, Outcome::judged(vec![pair])),
        check(
            SIGNING,
            Outcome::NotApplicable("The app receives no webhooks".to_owned()),
        ),
        check(IGNORED, Outcome::Pass),
        check(
            MATCHER,
            Outcome::judged(vec![route("/api/cart"), route("/api/orders")]),
        ),
        check(EXPORT, undecided),
        check(INSTANCE, Outcome::Acknowledged),
        check(
            DOMAIN,
            Outcome::Skipped("The instance has no domain yet".to_owned()),
        ),
    ];
    let mut report = report(vec![app(".", "acme-shop", checks)], Decision::NotReady, 1);
    report.notes = vec![format!("src/legacy.js does not parse: {secret}")];
    report
}

pub fn all_good() -> Report {
    let checks = vec![check(MISSING, Outcome::Pass), check(IGNORED, Outcome::Pass)];
    report(vec![app(".", "acme-shop", checks)], Decision::Ready, 0)
}

pub fn several_apps() -> Report {
    let web = vec![check(MISSING, Outcome::Pass), check(DEV_KEY, Outcome::Pass)];
    let missing = Finding::error("CLERK_SECRET_KEY is not set for production")
        .at(Place::file("apps/admin/.env.production"), "does not exist")
        .fix("set CLERK_SECRET_KEY where the app is deployed");
    let admin = vec![
        check(MISSING, Outcome::judged(vec![missing])),
        check(DEV_KEY, Outcome::Skipped("No key is known".to_owned())),
    ];
    let mut library = app("packages/auth", "@acme/auth", vec![]);
    library.kind = AppKind::Library;
    let apps = vec![
        app("apps/admin", "@acme/admin", admin),
        app("apps/web", "@acme/web", web),
        library,
    ];
    let mut report = report(apps, Decision::NotReady, 1);
    (report.online, report.online_why) = (false, "--offline".to_owned());
    report
}

pub fn nothing_to_audit() -> Report {
    let mut report = report(vec![], Decision::Incomplete, 3);
    report.notes = vec!["no package.json with a Clerk package was found".to_owned()];
    report
}

/// Escape sequences, line breaks, reordered text, wide characters and a line of 5 kB.
pub fn hostile() -> Report {
    let evil = "\u{1b}[2J\u{1b}[1;1HREADY\r\nPASS \u{202e}gnp.exe\u{200b}";
    let long = format!("{}\t鍵=\u{1b}値値値;{}", "a".repeat(2500), "b".repeat(2500));
    let finding = Finding::error(format!("Bad {evil}"))
        .at(
            span(&format!("src/{evil}.ts"), 1, &long, "値値値"),
            format!("here {evil}"),
        )
        .see(Place::file(evil), evil)
        .see(
            Place::Variable {
                name: evil.to_owned(),
                origin: evil.to_owned(),
            },
            evil,
        )
        .see(
            Place::Url {
                url: evil.to_owned(),
            },
            "",
        )
        .fix(evil)
        .verify(evil);
    let broken = Outcome::Broken {
        why: evil.to_owned(),
        hint: evil.to_owned(),
        marks: vec![],
    };
    let checks = vec![
        check(MISSING, Outcome::judged(vec![finding])),
        check(PAIR, Outcome::Skipped(evil.to_owned())),
        check(EXPORT, Outcome::NotApplicable(evil.to_owned())),
        check(DOMAIN, broken),
    ];
    let mut app = app(evil, evil, checks);
    app.framework_version = Some(evil.to_owned());
    app.environment = evil.to_owned();
    app.clerk_packages = vec![(evil.to_owned(), None)];
    let mut report = report(vec![app], Decision::NotReady, 1);
    report.directory = evil.to_owned();
    report.online_why = evil.to_owned();
    report.notes = vec![evil.to_owned()];
    report
}

/// A finding may have an excerpt whose range is wrong; that must not stop the audit.
pub fn odd_ranges() -> Report {
    let place = |text: &str, start, end| Place::Span {
        file: "a.ts".to_owned(),
        line: u32::MAX,
        column: 1,
        excerpt: Some(Excerpt {
            text: text.to_owned(),
            start,
            end,
        }),
    };
    let finding = Finding::warning("Odd")
        .at(place("é値", 1, 3), "inside characters")
        .at(place("short", 40, 90), "past the end")
        .at(place("short", 3, 1), "backwards")
        .at(place("", 0, 0), "an empty line");
    let checks = vec![check(MISSING, Outcome::judged(vec![finding]))];
    report(vec![app(".", "odd", checks)], Decision::Ready, 0)
}

pub fn grid() -> Vec<Report> {
    vec![
        every_outcome(),
        all_good(),
        several_apps(),
        nothing_to_audit(),
        hostile(),
        odd_ranges(),
    ]
}
