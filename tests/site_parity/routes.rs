//! What a signed-out visitor meets, by framework and by the shape of the request.

use crate::support::replay::{Features, Transcript};
use crate::{MISSING, NEW, NEXT, answer};

#[test]
fn next_16_sends_everybody_to_sign_in_and_next_15_only_browsers() {
    for path in ["/dashboard", "/api/orders"] {
        let shapes = [
            Features::document(path),
            Features::navigation(path),
            Features::get(path),
            Features::of("HEAD", path),
            Features::of("OPTIONS", path),
        ];
        for (shape, next15) in shapes.into_iter().zip([307, 307, 404, 404, 404]) {
            assert_eq!(answer("next16", "good", &shape).status, 307, "{shape:?}");
            let seen = answer("next15", "good", &shape);
            assert_eq!(seen.status, next15, "{shape:?}");
            if next15 == 404 {
                assert_eq!(seen.reason(), format!("protect-rewrite, {MISSING}"));
                assert_eq!(seen.header("x-middleware-rewrite"), "/clerk_<time>");
            } else {
                assert!(
                    seen.header("location")
                        .starts_with("/sign-in?redirect_url=")
                );
            }
        }
    }
}

#[test]
fn express_answers_what_the_app_says() {
    assert_eq!(
        answer("express", "good", &Features::get("/api/orders")).status,
        401
    );
    let page = answer("express", "good", &Features::document("/dashboard"));
    assert_eq!((page.status, page.header("location")), (302, "/sign-in"));
}

#[test]
fn options_is_answered_without_the_work_even_where_get_is_protected() {
    // No sign of a hole: Express lists the methods, Next.js answers for a handler that has no OPTIONS of its own.
    let listed = answer("express", "good", &Features::of("OPTIONS", "/api/orders"));
    assert_eq!((listed.status, listed.body.as_str()), (200, "GET, HEAD"));
    for app in NEXT {
        let seen = answer(app, "good", &Features::of("OPTIONS", "/api/me"));
        assert_eq!((seen.status, seen.body.as_str()), (204, ""), "{app}");
    }
}

#[test]
fn a_page_that_protects_itself_refuses_a_navigation_under_status_200() {
    // Next.js 15 has sent the head when the page refuses; the refusal stands in the stream.
    let seen = answer("next15", "good", &Features::navigation("/account"));
    assert_eq!(seen.status, 200);
    assert!(seen.body.contains("NEXT_REDIRECT;"), "{}", seen.body);
    assert!(!seen.body.contains("Mr Smith"));
}

#[test]
fn next_16_sends_a_navigation_to_the_same_path_with_a_parameter() {
    // So a redirect is no refusal by itself: this is what a route that anyone reaches answers.
    let seen = answer("next16", "good", &Features::navigation("/api/open"));
    assert_eq!(seen.status, 307);
    assert!(seen.header("location").starts_with("/api/open?_rsc="));
}

#[test]
fn a_refusal_in_a_page_or_handler_is_a_redirect_with_a_whole_address() {
    for app in NEXT {
        for path in ["/account", "/api/me"] {
            let seen = answer(app, "good", &Features::get(path));
            assert_eq!(seen.status, 307, "{app} {path}");
            assert!(
                seen.header("location")
                    .starts_with("http://site.test/sign-in?"),
                "{app} {path}"
            );
        }
    }
}

#[test]
fn a_data_request_of_next_is_refused_without_a_location() {
    for app in NEXT {
        let seen = answer(
            app,
            "good",
            &Features::get("/_next/data/lab/dashboard.json"),
        );
        assert_eq!((seen.status, seen.header("location")), (307, ""), "{app}");
        assert!(
            seen.header("x-nextjs-redirect").starts_with("/sign-in"),
            "{app}"
        );
    }
}

#[test]
fn no_other_spelling_reaches_what_createroutematcher_protects() {
    for app in NEXT {
        for probe in Transcript::load(&format!("{app}-good")).probes {
            let path = probe.request.path.to_lowercase();
            if ["dashboard", "orders"]
                .iter()
                .any(|name| path.contains(name))
            {
                assert!(probe.answer.status >= 300, "{app} {}", probe.request.path);
                assert!(!probe.answer.body.contains("Mr Smith"), "{app} {path}");
            }
        }
    }
}

#[test]
fn a_path_compared_by_hand_is_reached_by_other_spellings() {
    let reached = |app: &str| -> Vec<String> {
        let probes = Transcript::load(&format!("{app}-good")).probes.into_iter();
        let hit = probes.filter(|probe| probe.answer.body.contains("Report of November"));
        hit.map(|probe| probe.request.path).collect()
    };
    assert_eq!(reached("express"), ["/reports/", "/REPORTS", "/Reports"]);
    assert_eq!(reached("next15"), ["/reports/%2e"]);
    assert_eq!(reached("next16"), [""; 0]);
}

#[test]
fn without_a_secret_key_the_middleware_breaks_and_what_it_does_not_see_goes_on() {
    for app in NEW {
        for path in [
            "/",
            "/dashboard",
            "/api/health",
            "/clerk-audit-unknown-path",
        ] {
            let seen = answer(app, "missing-key", &Features::get(path));
            assert_eq!((seen.status, seen.reason()), (500, ""), "{app} {path}");
        }
        assert_eq!(
            answer(app, "missing-key", &Features::get("/logo.svg")).status,
            200,
            "{app}"
        );
    }
    let seen = answer("express", "missing-publishable-key", &Features::get("/"));
    assert_eq!((seen.status, seen.reason()), (500, ""));
}

#[test]
fn development_keys_show_in_the_reason_the_handshake_and_the_place_to_sign_in() {
    for app in NEW {
        let bare = answer(app, "development", &Features::get("/"));
        assert_eq!(
            (bare.status, bare.reason()),
            (200, "dev-browser-missing"),
            "{app}"
        );
        let page = answer(app, "development", &Features::document("/"));
        assert_eq!(page.status, 307, "{app}");
        let to = page.header("location");
        assert!(
            to.starts_with("https://happy-lion-12.clerk.accounts.dev/v1/client/handshake?"),
            "{to}"
        );
        assert!(to.contains("__clerk_hs_reason=dev-browser-missing"), "{to}");
        assert!(
            page.header("set-cookie")
                .starts_with("__clerk_redirect_count=1")
        );
    }
    let refused = answer("next16", "development", &Features::get("/dashboard"));
    assert!(
        refused
            .header("location")
            .starts_with("https://happy-lion-12.accounts.dev/sign-in?")
    );
}

#[test]
fn a_returning_visitor_is_sent_to_the_frontend_api_the_server_knows() {
    for app in NEW {
        assert_eq!(
            answer(app, "good", &Features::document("/")).status,
            200,
            "{app}"
        );
        let returning = Features {
            returning: true,
            ..Features::document("/")
        };
        let seen = answer(app, "good", &returning);
        assert_eq!(
            (seen.status, seen.header("x-clerk-auth-status")),
            (307, "handshake"),
            "{app}"
        );
        let to = seen.header("location");
        assert!(to.starts_with("https://clerk.acme.shop/v1/client/handshake?redirect_url=http%3A%2F%2Fsite.test%2F&"), "{to}");
    }
}

#[test]
fn an_active_bypass_shows_itself_and_opens_the_protected_routes() {
    for app in NEW {
        for path in ["/dashboard", "/api/orders"] {
            let seen = answer(app, "bypass", &Features::get(path));
            assert_eq!(
                (seen.status, seen.header("x-auth-bypass")),
                (200, "true"),
                "{app} {path}"
            );
        }
        assert_eq!(
            answer(app, "good", &Features::get("/")).header("x-auth-bypass"),
            "",
            "{app}"
        );
    }
}

#[test]
fn the_header_of_old_next_versions_skips_no_middleware_any_more() {
    for app in NEXT {
        let asked = Features {
            subrequest: true,
            ..Features::get("/dashboard")
        };
        assert!(answer(app, "good", &asked).status >= 300, "{app}");
    }
}

#[test]
fn a_reflected_origin_with_credentials_shows_in_preflight_and_answer() {
    for app in NEW {
        for method in ["OPTIONS", "GET"] {
            let origin = Some("https://clerk-audit.invalid".to_owned());
            let open = Features {
                origin: origin.clone(),
                ..Features::of(method, "/api/open")
            };
            let seen = answer(app, "good", &open);
            assert_eq!(
                Some(seen.header("access-control-allow-origin")),
                origin.as_deref(),
                "{app}"
            );
            assert_eq!(seen.header("access-control-allow-credentials"), "true");
            let closed = Features {
                origin,
                ..Features::of(method, "/api/orders")
            };
            assert_eq!(
                answer(app, "good", &closed).header("access-control-allow-origin"),
                "",
                "{app}"
            );
        }
    }
}

#[test]
fn a_health_endpoint_and_a_webhook_behind_auth_answer_as_a_protected_route() {
    for (app, status) in [("next16", 307), ("next15", 404), ("express", 401)] {
        assert_eq!(
            answer(app, "behind-auth", &Features::get("/api/health")).status,
            status,
            "{app}"
        );
        assert_eq!(
            answer(app, "behind-auth", &Features::hook(None)).status,
            status,
            "{app}"
        );
        assert_eq!(
            answer(app, "good", &Features::get("/api/health")).status,
            200,
            "{app}"
        );
    }
}

#[test]
fn a_webhook_that_verifies_refuses_all_but_good_signatures() {
    for app in NEW {
        let told = |scenario: &str, kind: Option<&str>| {
            answer(app, scenario, &Features::hook(kind)).status
        };
        for kind in [
            None,
            Some("fake"),
            Some("mismatch"),
            Some("stale"),
            Some("future"),
        ] {
            assert_eq!(told("good", kind), 400, "{app} {kind:?}");
        }
        for kind in ["good", "repeated", "two-signatures"] {
            assert_eq!(told("good", Some(kind)), 200, "{app} {kind}");
            assert_eq!(
                told("webhook-wrong-secret", Some(kind)),
                400,
                "{app} {kind}"
            );
        }
    }
    let open = answer("express", "webhook-open", &Features::hook(None));
    assert_eq!(open.status, 200);
}
