//! Tells how far it is where that takes longer than one notices, and takes it back at the end.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Sooner nobody waits for it.
const NOTICED: Duration = Duration::from_millis(500);

/// How often it changes.
const STEP: Duration = Duration::from_millis(150);

/// Where those who work say how far they are. Without anybody who shows it, nothing is said.
#[derive(Debug, Clone, Default)]
pub struct Progress(Option<Arc<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    said: Mutex<Said>,
    over: Condvar,
}

#[derive(Debug, Default)]
struct Said {
    reading: String,
    asking: String,
    is_over: bool,
}

impl Said {
    fn line(&self) -> String {
        let parts = [self.reading.as_str(), self.asking.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" · ")
    }
}

impl Shared {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// What is being read.
    pub fn reading(&self, text: impl FnOnce() -> String) {
        if let Some(shared) = &self.0 {
            shared.said().reading = text();
        }
    }

    /// What is being asked over the network, which goes on beside the reading.
    pub fn asking(&self, text: impl FnOnce() -> String) {
        if let Some(shared) = &self.0 {
            shared.said().asking = text();
        }
    }
}

/// Shows a line, or takes it back.
pub type Show = Box<dyn FnMut(Option<&str>) + Send>;

/// Shows the progress until it is dropped.
#[derive(Debug, Default)]
pub struct Shown {
    progress: Progress,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    /// Begins to show it, once it takes long enough.
    pub fn by(show: Show) -> Self {
        let shared = Arc::<Shared>::default();
        let told = Arc::clone(&shared);
        // Without a thread nothing is shown, and nothing is lost.
        let thread = thread::Builder::new().spawn(move || tell(&told, show)).ok();
        Self {
            progress: Progress(Some(shared)),
            thread,
        }
    }

    /// Where to say it.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(shared) = &self.progress.0 {
            shared.said().is_over = true;
            shared.over.notify_all();
        }
        // The line is gone when this returns: what is printed next must not stand behind it.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn tell(shared: &Shared, mut show: Show) {
    let mut wait = NOTICED;
    let mut is_shown = false;
    let mut said = shared.said();
    loop {
        let waited = shared
            .over
            .wait_timeout_while(said, wait, |said| !said.is_over);
        said = waited.unwrap_or_else(PoisonError::into_inner).0;
        if said.is_over {
            break;
        }
        let line = said.line();
        drop(said);
        show(Some(&line));
        (is_shown, wait) = (true, STEP);
        said = shared.said();
    }
    drop(said);
    if is_shown {
        show(None);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    fn shown() -> (Shown, Receiver<Option<String>>) {
        let (send, lines) = channel();
        let show = move |line: Option<&str>| drop(send.send(line.map(str::to_owned)));
        (Shown::by(Box::new(show)), lines)
    }

    #[test]
    fn what_is_done_at_once_is_not_told() {
        // On a machine that does something else in between, one of the times takes longer than "at once".
        let told = (0..3).map(|_| {
            let (shown, lines) = shown();
            shown.progress().reading(|| "reading 3 files".to_owned());
            drop(shown);
            lines.iter().count()
        });
        assert_eq!(told.min(), Some(0));
    }

    #[test]
    fn what_takes_longer_is_told_and_taken_back() {
        let (shown, lines) = shown();
        shown.progress().reading(|| "reading 3 files".to_owned());
        shown
            .progress()
            .asking(|| "asking api.clerk.com".to_owned());
        let first = lines.recv().unwrap();
        assert_eq!(
            first.as_deref(),
            Some("reading 3 files · asking api.clerk.com")
        );
        drop(shown);
        assert_eq!(
            lines.iter().last(),
            Some(None),
            "the last thing is that it is gone"
        );
    }

    #[test]
    fn without_anybody_who_shows_it_nothing_is_said() {
        Progress::default().reading(|| unreachable!("nobody asks for the words"));
    }
}
