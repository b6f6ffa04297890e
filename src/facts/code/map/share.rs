//! Work shared out among threads that have stack enough for deep code.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Only an address range until it is used.
const STACK: usize = 512 << 20;

/// Does something for each item, on every processor; what comes of it is in the order of the items. Each
/// thread makes its own `state` first.
pub(super) fn each<I: Sync, S, T: Send>(
    items: &[I],
    state: impl Fn() -> S + Sync,
    work: impl Fn(&S, &I) -> T + Sync,
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<T>>> = Mutex::new(items.iter().map(|_| None).collect());
    let run = || {
        let state = state();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return };
            let made = work(&state, item);
            let mut done = done
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(slot) = done.get_mut(at) {
                *slot = Some(made);
            }
        }
    };
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    // A thread that costs more than it saves is not started.
    let threads = processors.min(items.len().div_ceil(16)).max(1);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            // Where no thread can be had, the items that are left stay undecided.
            let _ = std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, run);
        }
    });
    done.into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
