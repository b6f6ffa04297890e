//! How much may be asked of one host: how many at a time, how many in all, how fast.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::facts::http::Answer;

/// The bounds of what is asked of one host, shared by all who ask it.
#[derive(Debug)]
pub struct Lane {
    in_flight: Semaphore,
    left: AtomicU32,
    asked: AtomicU32,
    gap: Duration,
    next: Mutex<Instant>,
    holds: AtomicU32,
    refusal: OnceLock<Answer>,
}

impl Lane {
    /// At most `in_flight` requests at a time and `in_all` altogether, retries included.
    pub fn new(in_flight: usize, in_all: u32) -> Self {
        Self {
            in_flight: Semaphore::new(in_flight),
            left: AtomicU32::new(in_all),
            asked: AtomicU32::new(0),
            gap: Duration::ZERO,
            next: Mutex::new(Instant::now()),
            refusal: OnceLock::new(),
            holds: AtomicU32::new(0),
        }
    }

    /// And no more than so many a second.
    #[must_use]
    pub fn paced(mut self, a_second: u32) -> Self {
        self.gap = Duration::from_secs(1) / a_second.max(1);
        self
    }

    /// How many requests were sent.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    /// A place in it, once it is there; `None` when all are used up.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.in_flight.acquire().await.ok()?;
        let take = |left: u32| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .ok()?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        loop {
            let holds = self.holds.load(Ordering::Relaxed);
            let slot = {
                let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
                let slot = (*next).max(Instant::now());
                *next = slot + self.gap;
                slot
            };
            if slot > Instant::now() {
                sleep_until(slot).await;
            }
            // Who waited while the server asked for a pause waits for that too.
            if holds == self.holds.load(Ordering::Relaxed) {
                break;
            }
        }
        Some(permit)
    }

    /// Lets nobody in any more: the server asked to be left alone for longer than anybody waits.
    pub(super) fn close(&self, answer: &Answer) {
        self.left.store(0, Ordering::Relaxed);
        let _ = self.refusal.set(answer.clone());
    }

    /// The answer with which the server asked to be left alone.
    pub(super) fn refusal(&self) -> Option<Answer> {
        self.refusal.get().cloned()
    }

    /// Lets nobody in for a while: the server asked for it.
    pub(super) fn hold(&self, pause: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + pause);
        self.holds.fetch_add(1, Ordering::Relaxed);
    }
}
