//! What people attest.

use std::io::{self, Write};

use super::escape::Text;
use crate::model::attest::{Attestation, Voucher};
use crate::report::attest;

/// Writes every statement with how it stands.
pub(super) fn write(all: &[Attestation], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<p class=\"aside\">{}</p>", attest::score(all))?;
    out.write_all(b"<ul class=\"rows statements\">\n")?;
    for one in all {
        let (word, _) = attest::word(one.standing);
        writeln!(
            out,
            "<li><span class=\"chip {}\">{word}</span> <span class=\"title\">{}</span> <code class=\"id\">{}</code>",
            one.standing.word(),
            Text(one.statement.says),
            one.statement.id
        )?;
        if let Some(voucher) = &one.voucher {
            said(voucher, out)?;
        }
        if !one.standing.is_settled() {
            let how = Text(one.statement.how);
            writeln!(
                out,
                "<p class=\"aside\"><span class=\"term\">How</span> {how}</p>"
            )?;
        }
        out.write_all(b"</li>\n")?;
    }
    out.write_all(b"</ul>\n")
}

fn said(voucher: &Voucher, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<p class=\"aside\">By {} on {}",
        Text(&voucher.by),
        voucher.date
    )?;
    if let Some(day) = voucher.until {
        write!(out, ", until {day}")?;
    }
    if !voucher.note.is_empty() {
        write!(out, ": {}", Text(&voucher.note))?;
    }
    out.write_all(b"</p>\n")
}
