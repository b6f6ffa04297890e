//! How time is measured on a machine that does something else as well.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fmt::{Debug, Write as _};
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// What a whole test may wait for, and more than any machine takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures up to three times and takes the best: a machine that does something else in between says nothing
/// of the program, and what is always slow is slow three times. Fails with all that was said.
#[track_caller]
pub fn best(mut measure: impl FnMut() -> Result<(), String>) {
    let mut said = String::new();
    for _ in 0..3 {
        match measure() {
            Ok(()) => return,
            Err(why) => drop(writeln!(said, "{why}")),
        }
    }
    panic!("three times:\n{said}");
}

/// Whether something is so; the words are what was seen instead.
pub fn holds(is_so: bool, seen: impl Debug) -> Result<(), String> {
    if is_so {
        Ok(())
    } else {
        Err(format!("{seen:?}"))
    }
}

/// Whether something took no longer than what it waits for, and what a usual machine then works: one that is
/// slower or does something else as well has so many times longer for the work.
pub fn within(wait: Duration, work: Duration, took: Duration) -> Result<(), String> {
    if took < wait + work {
        return Ok(());
    }
    let slowness = slowness();
    let seen = format!("{took:?} on a machine that is {slowness:.1} times slower");
    holds(took < wait + work.mul_f64(slowness), seen)
}

/// Asserts that work took no longer than so many seconds of a usual machine.
#[track_caller]
pub fn soon(seconds: u64, took: Duration, what: impl Debug) {
    if let Err(seen) = within(Duration::ZERO, Duration::from_secs(seconds), took) {
        panic!("{what:?}: {seen}");
    }
}

/// How many times longer than a usual machine this one takes at this moment.
fn slowness() -> f64 {
    // What a usual machine takes for the loop, unoptimised as all of the tests are.
    const USUAL: Duration = Duration::from_millis(45);
    let start = Instant::now();
    let mut state = 1_u64;
    for n in 0..5_000_000 {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005) ^ n);
    }
    black_box(state);
    (start.elapsed().as_secs_f64() / USUAL.as_secs_f64()).max(1.0)
}

/// Waits until something is so that another thread brings about.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
