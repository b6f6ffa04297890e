//! The Markdown report where it has to end somewhere: GitHub takes no more than a mebibyte of a step.

use std::io::{self, Write};

use super::{Options, Style, markdown};
use crate::model::Report;

/// How much of a step's summary GitHub takes, in bytes
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).
pub const LIMIT: usize = 1024 * 1024;

const CUT: &str =
    "\nThe report is longer than GitHub shows. All of it: `clerk-audit --format markdown`.\n";
const CLOSE: &str = "\n</details>\n";

/// The report in at most `room` bytes, with a sentence where it was cut. `None` where not even that fits.
pub fn within(report: &Report, room: usize) -> Option<Vec<u8>> {
    let mut page = Page {
        text: Vec::new(),
        room,
    };
    let written = markdown::render(report, &Style::PLAIN, &Options::default(), &mut page);
    if written.is_ok() {
        return Some(page.text);
    }
    let keep = room.checked_sub(CUT.len() + CLOSE.len())?;
    let head = page.text.get(..keep).unwrap_or(&page.text);
    let end = head.iter().rposition(|byte| *byte == b'\n')?;
    page.text.truncate(end + 1);
    // No word of the project can be this: it would be code.
    let kept = String::from_utf8_lossy(&page.text);
    if kept.contains("<details>") {
        page.text.extend(CLOSE.bytes());
    }
    page.text.extend(CUT.bytes());
    Some(page.text)
}

/// Takes what fits and then no more, so that nothing is written in vain.
struct Page {
    text: Vec<u8>,
    room: usize,
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.room - self.text.len();
        self.text.extend(bytes.iter().take(left));
        if bytes.len() > left {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
