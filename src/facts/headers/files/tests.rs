use proptest::prelude::*;

use super::*;
use crate::facts::headers::csp::HOLE;

fn of(path: &str, text: &str) -> Vec<String> {
    let mut found = Headers::default();
    read(kind_of(path).unwrap(), path, text, &mut found);
    let shown = |one: &Setting| {
        let value = one.value.replace(HOLE, "?");
        format!("{}:{} {:?}: {value}", one.at.line, one.at.column, one.name)
    };
    found.set.iter().map(shown).collect()
}

#[test]
fn hosts_have_rules_for_paths() {
    let rule = "{ \"source\": \"/(.*)\", \"headers\": [{ \"key\": \"X-Frame-Options\", \"value\": \"DENY\" }] }";
    let some = "{ \"source\": \"/embed\", \"headers\": [{ \"key\": \"X-Frame-Options\", \"value\": \"X\" }] }";
    let vercel = format!("{{ \"headers\": [{some}, {rule}] }}");
    assert_eq!(of("vercel.json", &vercel).len(), 1);
    let firebase = format!(
        "{{ \"hosting\": [{{ \"headers\": [{}] }}] }}",
        rule.replace("/(.*)", "**")
    );
    assert_eq!(of("firebase.json", &firebase).len(), 1);
    let asked = rule.replace("\"headers\":", "\"has\": [], \"headers\":");
    assert!(of("vercel.json", &format!("{{ \"headers\": [{asked}] }}")).is_empty());
    let netlify = "[[headers]]\nfor = \"/*\"\n[headers.values]\nX-Frame-Options = \"DENY\"\n";
    assert_eq!(of("netlify.toml", netlify), ["4:1 FrameOptions: DENY"]);
    let azure = "{ \"globalHeaders\": { \"X-Frame-Options\": \"DENY\" } }";
    assert_eq!(
        of("staticwebapp.config.json", azure),
        ["1:22 FrameOptions: DENY"]
    );
    let list = "# all\n/*\n  X-Frame-Options: DENY\n\n/a\n  X-Frame-Options: X\n";
    assert_eq!(of("public/_headers", list), ["3:3 FrameOptions: DENY"]);
    assert!(of("vercel.json", "{").is_empty());
}

#[test]
fn an_inner_block_of_nginx_takes_nothing_from_around_it() {
    let server = "http {\n add_header X-Frame-Options DENY;\n server {\n  location / {\n   proxy_pass http://web;\n  }\n }\n}";
    assert_eq!(of("nginx.conf", server), ["2:2 FrameOptions: DENY"]);
    let inner = "server {\n add_header X-Frame-Options DENY always;\n location / {\n  add_header X-Content-Type-Options nosniff;\n }\n location /assets/ {\n  add_header X-Frame-Options X;\n }\n}";
    assert_eq!(of("nginx.conf", inner), ["4:3 ContentTypeOptions: nosniff"]);
    let variable = "server { add_header Content-Security-Policy \"script-src 'nonce-$request_id' https://${host}; img-src *\" always; } # }";
    assert_eq!(
        of("nginx.conf", variable),
        ["1:10 Policy: script-src 'nonce-?' https://?; img-src *"]
    );
    assert!(of("nginx.conf", "# add_header X-Frame-Options DENY;\n").is_empty());
}

#[test]
fn caddy_has_fields_in_a_line_or_in_a_block() {
    let text = "acme.shop {\n\theader X-Frame-Options DENY\n\theader /embed X-Frame-Options X\n\theader {\n\t\tX-Content-Type-Options nosniff\n\t\t-Server\n\t\t?Content-Security-Policy \"default-src 'self'; img-src *\"\n\t}\n\treverse_proxy web:3000\n}\n";
    assert_eq!(
        of("Caddyfile", text),
        [
            "2:9 FrameOptions: DENY",
            "5:3 ContentTypeOptions: nosniff",
            "7:3 Policy: default-src 'self'; img-src *",
        ]
    );
}

#[test]
fn a_page_has_its_policy_in_a_meta() {
    let text = "<!-- <meta http-equiv=\"Content-Security-Policy\" content=\"x\"> -->\n<META content=\"script-src &#39;self&#39; %VITE_HOST%\" http-equiv='content-security-policy'>\n<meta name=\"a\" content=\"b > c\">";
    assert_eq!(
        of("index.html", text),
        ["2:1 MetaPolicy: script-src 'self' ?"]
    );
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "(?s).{0,200}") {
        for path in PATHS {
            of(path, &text);
        }
    }

    #[test]
    fn no_near_miss_makes_a_reader_panic(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..40)
    ) {
        for path in PATHS {
            of(path, &words.concat());
        }
    }
}

const PATHS: &[&str] = &[
    "vercel.json",
    "netlify.toml",
    "_headers",
    "nginx.conf",
    "Caddyfile",
    "index.html",
];

const WORDS: &[&str] = &[
    "{",
    "}",
    ";",
    "\"",
    "'",
    "\n",
    " ",
    "$",
    "${",
    "#",
    "<",
    "<meta ",
    ">",
    "=",
    "<!--",
    "-->",
    "add_header",
    "location",
    "header",
    "/",
    "@m",
    "Content-Security-Policy",
    "http-equiv",
    "content",
    "X-Frame-Options",
    "é",
    "%VITE_",
    "<%",
    "/*",
    ":",
];
