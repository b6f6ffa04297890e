//! Through a proxy, past a redirect, to addresses that are not Clerk's: the key stays where it belongs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::rig::{self, EVERYTHING, Run, Verdict, project, scenario};
use crate::scenarios::runs;
use crate::secrets::kept;
use crate::speed::busy;
use crate::support::standin::scenario::Role;
use crate::support::standin::{Scenario, Standin};

/// A proxy on this machine that leads every connection to a stand-in and keeps what it can read.
struct Proxy {
    address: SocketAddr,
    read: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    fn start(standin: &Standin) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let read = Arc::new(Mutex::new(Vec::new()));
        let (https, http, kept) = (standin.https(), standin.http(), read.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept = kept.clone();
                thread::spawn(move || drop(serve(client, https, http, &kept)));
            }
        });
        Self { address, read }
    }

    fn read(&self) -> String {
        String::from_utf8_lossy(&self.read.lock().unwrap()).into_owned()
    }
}

fn serve(
    mut client: TcpStream,
    https: SocketAddr,
    http: SocketAddr,
    kept: &Mutex<Vec<u8>>,
) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            length => head.extend_from_slice(&buffer[..length]),
        }
    }
    kept.lock().unwrap().extend_from_slice(&head);
    let mut server = if head.starts_with(b"CONNECT ") {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        TcpStream::connect(https)?
    } else {
        let mut server = TcpStream::connect(http)?;
        server.write_all(&head)?;
        server
    };
    let (mut back, mut to) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || io::copy(&mut back, &mut to));
    loop {
        let length = client.read(&mut buffer).unwrap_or(0);
        if length == 0 {
            // The other thread has the connection too: only this ends it.
            return server.shutdown(Shutdown::Both);
        }
        kept.lock().unwrap().extend_from_slice(&buffer[..length]);
        server.write_all(&buffer[..length])?;
    }
}

/// A run of everything with a proxy in the environment; `led` says that `--connect-to` is given as well.
fn through(proxy: &Proxy, standin: &Standin, led: bool) -> Run {
    let project = project();
    let mut command = rig::command(&project, &EVERYTHING);
    command.args(["--timeout", "30"]);
    let args = standin.args();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--connect-to" && !led {
            rest.next();
        } else {
            command.arg(arg);
        }
    }
    for name in ["HTTPS_PROXY", "HTTP_PROXY"] {
        command.env(name, format!("http://{}", proxy.address));
    }
    Run::made_by(standin, &project, &mut command)
}

fn outcomes(run: &Run) -> Vec<(String, String)> {
    let verdicts = run.verdicts().into_iter();
    verdicts.map(|one| (one.id, one.outcome)).collect()
}

#[test]
fn a_proxy_carries_everything_and_reads_no_secret() {
    let usual = outcomes(&runs()[0].1);
    let _busy = busy();
    let standin = Standin::start(&Scenario::healthy());
    let proxy = Proxy::start(&standin);
    let run = through(&proxy, &standin, false);
    kept("through a proxy", &run);
    let read = proxy.read();
    assert!(
        read.contains("CONNECT api.clerk.com:443 HTTP/1.1\r\n"),
        "{read}"
    );
    assert!(run.asked(Role::Bapi) > 0 && run.asked(Role::Site) > 0);
    for key in rig::secret_keys() {
        for piece in key.as_bytes().windows(12) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!read.contains(piece), "a piece of a key");
        }
    }
    assert!(!read.contains("/v1/instance") && !read.contains("Bearer"));
    // And what is judged is the same, certificates too.
    for ((id, outcome), (_, usual)) in outcomes(&run).iter().zip(&usual) {
        assert!(outcome == usual, "{id}: {outcome}, not {usual}");
    }
}

#[test]
fn what_connect_to_leads_goes_past_the_proxy() {
    let usual = outcomes(&runs()[0].1);
    let _busy = busy();
    let standin = Standin::start(&Scenario::healthy());
    let proxy = Proxy::start(&standin);
    let run = through(&proxy, &standin, true);
    kept("led past a proxy", &run);
    assert_eq!(proxy.read(), "");
    assert_eq!(outcomes(&run), usual);
}

#[test]
fn only_hosts_of_the_user_and_of_clerk_are_asked_whatever_they_redirect_to() {
    for (fault, run) in runs() {
        for seen in &run.seen {
            let host = seen.host.as_str();
            let known = ["api.clerk.com", "status.clerk.com", "acme.shop"].contains(&host)
                || host.ends_with(".acme.shop");
            assert!(known, "{}: {} {host}{}", fault.name, seen.method, seen.path);
        }
        for seen in &run.dns {
            // The records of the domain, where they lead, and whether a resolver knows Clerk at all.
            let known = seen.name == "acme.shop"
                || seen.name.ends_with(".acme.shop")
                || seen.name.ends_with(".clerk.services")
                || seen.name == "api.clerk.com"
                // What exists nowhere: whoever has it invents answers.
                || seen.name.ends_with(".invalid");
            // A CAA record is looked for up to the root.
            assert!(
                known || "acme.shop".ends_with(&seen.name),
                "{}: {}",
                fault.name,
                seen.name
            );
        }
    }
}

#[test]
fn an_address_in_the_environment_that_is_not_clerks_gets_no_key() {
    let _busy = busy();
    for address in [
        "https://evil.example",
        "https://api.clerk.com.evil.example",
        "https://api.clerk.com@evil.example",
        "http://api.clerk.com",
        "https://api.clerk.com:8443",
    ] {
        let standin = Standin::start(&Scenario::healthy());
        let project = project();
        let mut command = rig::command(&project, &EVERYTHING);
        command.args(standin.args()).env("CLERK_API_URL", address);
        let run = Run::made_by(&standin, &project, &mut command);
        kept(address, &run);
        assert_eq!(run.asked(Role::Bapi), 0, "{address}");
        let asked = run.seen.iter().any(|seen| seen.host.contains("evil"));
        assert!(!asked && run.done.code != 0, "{address}");
        let unreachable = of(&run, "clerk/backend-api-unreachable");
        assert!(
            matches!(unreachable.outcome.as_str(), "error" | "fail"),
            "{address}: {unreachable:?}"
        );
    }
}

fn of(run: &Run, id: &str) -> Verdict {
    let found = run.verdicts().into_iter().find(|one| one.id == id);
    found.unwrap_or_else(|| panic!("{id} said nothing"))
}

#[test]
fn an_address_on_the_command_line_that_is_not_clerks_is_refused() {
    let _busy = busy();
    for address in [
        "https://evil.example",
        "http://192.0.2.1:80",
        "https://[2001:db8::1]",
    ] {
        let run = Run::with(&Scenario::healthy(), &["--bapi-url", address]);
        kept(address, &run);
        assert_eq!(run.done.code, 2, "{address}");
        assert!(run.seen.is_empty() && run.done.out.is_empty());
        assert!(run.done.err.contains("--bapi-url"), "{}", run.done.err);
    }
}

#[test]
fn a_live_key_is_led_to_no_stand_in_on_another_machine() {
    let _busy = busy();
    let standin = Standin::start(&Scenario::healthy());
    let project = project();
    let mut command = rig::command(&project, &EVERYTHING);
    // The first that fits counts.
    command.args(["--connect-to", "api.clerk.com:443:192.0.2.1:443"]);
    command.args(standin.args());
    let run = Run::made_by(&standin, &project, &mut command);
    kept("led away", &run);
    assert_eq!(run.asked(Role::Bapi), 0);
    let refused = of(&run, "clerk/backend-api-unreachable");
    assert!(
        refused.outcome == "error" && refused.says.contains("no stand-in but one on this machine"),
        "{refused:?}"
    );
}

#[test]
fn redirects_of_every_host_are_read_and_not_followed() {
    let _busy = busy();
    for status in [301, 302, 303, 307, 308] {
        let text = format!(
            "[[live.on]]\nhost = \"*\"\nstatus = {status}\nheaders = {{ location = \"https://evil.example/v1/instance\" }}\n"
        );
        let run = Run::of(&scenario(&text), rig::USUAL);
        kept(&status.to_string(), &run);
        let followed = run.seen.iter().find(|seen| seen.host.contains("evil"));
        assert!(followed.is_none(), "{status}: {followed:?}");
    }
}
