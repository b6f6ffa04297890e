//! The pages of the site, and the headers that they have.

use crate::support::standin::http::Answer;
use crate::support::standin::scenario::{Scenario, Sdk};

/// A page of the site with the scripts that its framework puts there.
pub fn page(scenario: &Scenario, title: &str) -> Answer {
    let scripts = match scenario.sdk {
        Sdk::None => String::new(),
        // The key is in the bundle.
        Sdk::Spa => {
            r#"<script type="module" crossorigin src="/assets/index.js"></script>"#.to_owned()
        }
        _ => clerk_scripts(scenario),
    };
    let chunk = match scenario.sdk {
        Sdk::Next15 | Sdk::Next16 => {
            r#"<script src="/_next/static/chunks/main.js" async=""></script>"#
        }
        _ => "",
    };
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>{scripts}{chunk}</head>\
         <body><main><h1>{title}</h1><div id=\"root\"></div></main></body></html>\n"
    );
    secured(scenario, Answer::html(200, body))
}

fn clerk_scripts(scenario: &Scenario) -> String {
    let (fapi, pk) = (scenario.site_fapi(), scenario.site_pk());
    let tag = |path: &str, name: &str| {
        format!(
            "<script src=\"https://{fapi}/npm/{path}\" data-clerk-{name}-script=\"true\" async=\"\" \
             crossorigin=\"anonymous\" data-clerk-publishable-key=\"{pk}\"></script>"
        )
    };
    tag("@clerk/clerk-js@6/dist/clerk.browser.js", "js")
        + &tag("@clerk/ui@1/dist/ui.browser.js", "ui")
}

/// A page that is not there.
pub fn not_found(scenario: &Scenario) -> Answer {
    let body = "<!DOCTYPE html><html lang=\"en\"><head><title>404: This page could not be found.</title></head>\
                <body><h1>404</h1></body></html>\n";
    secured(scenario, Answer::html(404, body))
}

/// A script of the site.
pub fn script(scenario: &Scenario) -> Answer {
    let key = match scenario.sdk {
        Sdk::Spa => format!("const publishableKey=\"{}\";", scenario.site_pk()),
        _ => String::new(),
    };
    let body = format!(
        "(()=>{{\"use strict\";{key}const routes=[\"/\",\"/dashboard\"];self.__routes=routes}})();\n"
    );
    let answer = Answer::of(200, "application/javascript; charset=UTF-8", body);
    secured(scenario, answer).with("cache-control", "public, max-age=31536000, immutable")
}

/// The security headers of a site that has them all, and what Clerk needs in its content policy.
pub fn secured(scenario: &Scenario, answer: Answer) -> Answer {
    let fapi = scenario.site_fapi();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'unsafe-inline' https://{fapi} \
         https://challenges.cloudflare.com https://*.protect.clerk.com; \
         connect-src 'self' https://{fapi} https://*.protect.clerk.com:*; \
         img-src 'self' https://img.clerk.com; worker-src 'self' blob:; \
         style-src 'self' 'unsafe-inline'; \
         frame-src 'self' https://challenges.cloudflare.com https://*.protect.clerk.com; \
         form-action 'self'; frame-ancestors 'none'"
    );
    answer
        .with("content-security-policy", policy)
        .with(
            "strict-transport-security",
            "max-age=63072000; includeSubDomains; preload",
        )
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with("referrer-policy", "strict-origin-when-cross-origin")
        .with(
            "cache-control",
            "private, no-cache, no-store, max-age=0, must-revalidate",
        )
}
