//! How long each format takes for 100,000 findings, and how much memory it needs beyond the report:
//! `cargo run --release --example rendering`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool is not the product"
)]

// A part of the reports is for other tests.
#[allow(dead_code)]
#[path = "../formats/many.rs"]
mod many;
#[allow(dead_code)]
#[path = "../formats/reports.rs"]
mod reports;

use std::io::{self, BufWriter, Write};
use std::process::Command;
use std::time::Instant;

use clerk_audit::report::{ALL, Options, Style};

const FINDINGS: usize = 100_000;
const COLOURED: Style = Style {
    color: true,
    unicode: true,
    width: Some(100),
};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, format, shape, style] = args.as_slice() {
        return one(format, shape, style);
    }
    // The highest use of memory is one number per process.
    for format in ALL {
        for shape in ["one-check", "many-apps"] {
            for style in ["plain", "coloured"] {
                Command::new(&args[0])
                    .args([format.name, shape, style])
                    .status()
                    .expect("this program");
            }
        }
    }
}

fn one(name: &str, shape: &str, style: &str) {
    let format = ALL.iter().find(|f| f.name == name).expect("a format");
    let report = match shape {
        "one-check" => many::in_one_check(FINDINGS),
        _ => many::in_many_apps(FINDINGS),
    };
    let look = if style == "plain" {
        Style::PLAIN
    } else {
        COLOURED
    };
    let before = peak();
    let started = Instant::now();
    let mut out = BufWriter::new(Counted(0));
    (format.render)(&report, &look, &Options::default(), &mut out).expect("nothing can fail");
    out.flush().expect("nothing can fail");
    let took = started.elapsed().as_secs_f64();
    let (bytes, more) = (out.get_ref().0, peak() - before);
    println!("{name:10} {shape:10} {style:9} {took:6.2} s  {more:7} kB more  {bytes:10} bytes");
}

/// The highest use of memory so far, in kB; 0 where the system does not tell.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.map_or(0, |number| number.parse().expect("a number"))
}

struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
