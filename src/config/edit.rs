//! Changes to the text of `clerk-audit.toml` that leave everything else in it as it was written.

use anyhow::{Context, Result, bail};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use crate::model::Date;
use crate::model::attest::Voucher;

/// The text with one statement attested, in place of what was said of it before.
pub fn attest(text: &str, file: &str, id: &str, voucher: &Voucher) -> Result<String> {
    // The editor of TOML leaves out a byte order mark, and ends every line as Unix does.
    let (mark, plain) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let new = attested(plain, file, id, voucher)?;
    let new = match plain.contains("\r\n") {
        true => new.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => new,
    };
    Ok(format!("{mark}{new}"))
}

fn attested(text: &str, file: &str, id: &str, voucher: &Voucher) -> Result<String> {
    let mut document: DocumentMut = text
        .parse()
        .with_context(|| format!("{file} is not valid"))?;
    // Of a file of comments alone these would be the end, and what is added would come before them.
    if document.is_empty() && !text.trim().is_empty() {
        let added = attested("", file, id, voucher)?;
        return Ok(format!("{}\n\n{added}", text.trim_end()));
    }
    let table = document
        .entry("attest")
        .or_insert_with(|| Item::Table(Table::new()));
    let Some(table) = table.as_table_like_mut() else {
        bail!("{file}: attest is not a table");
    };
    let mut entry = InlineTable::new();
    entry.insert("by", voucher.by.as_str().into());
    entry.insert("date", day(voucher.date)?);
    if let Some(until) = voucher.until {
        entry.insert("until", day(until)?);
    }
    if !voucher.applies {
        entry.insert("applies", false.into());
    }
    if !voucher.note.is_empty() {
        entry.insert("note", voucher.note.as_str().into());
    }
    table.insert(id, Item::Value(Value::InlineTable(entry)));
    Ok(document.to_string())
}

fn day(date: Date) -> Result<Value> {
    let day: toml_edit::Datetime = date.to_string().parse()?;
    Ok(day.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Voucher {
        Voucher {
            by: "Ada \"A\"".to_owned(),
            date: "2026-11-21".parse().unwrap(),
            until: Some("2027-05-31".parse().unwrap()),
            note: String::new(),
            applies: true,
        }
    }

    #[test]
    fn the_rest_of_the_file_stays_as_it_was() {
        let before =
            "# ours\nwebhooks = \"none\"   # really\n\n[routes]\npublic = [\n  \"/x\", # why\n]\n";
        let after = attest(before, "x.toml", "dns", &ada()).unwrap();
        assert_eq!(
            after,
            format!(
                "{before}\n[attest]\ndns = {{ by = 'Ada \"A\"', date = 2026-11-21, until = 2027-05-31 }}\n"
            )
        );
        let again = Voucher {
            by: "Bo".to_owned(),
            note: "seen".to_owned(),
            ..ada()
        };
        let again = attest(&after, "x.toml", "dns", &again).unwrap();
        assert!(again.contains(
            "dns = { by = \"Bo\", date = 2026-11-21, until = 2027-05-31, note = \"seen\" }"
        ));
        assert_eq!(again.matches("dns").count(), 1);
    }

    #[test]
    fn lines_end_as_they_did() {
        for before in ["# ours\r\n", "# ours\r\nwebhooks = \"none\"\r\n"] {
            let before = format!("\u{feff}{before}");
            let after = attest(&before, "x.toml", "dns", &ada()).unwrap();
            assert!(after.starts_with(&before), "{after:?}");
            assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
            let again = attest(&after, "x.toml", "dns", &ada()).unwrap();
            assert_eq!(again, after);
        }
    }

    #[test]
    fn an_empty_file_gets_the_table_and_a_broken_one_stays_untouched() {
        let text = attest("", "x.toml", "dns", &ada()).unwrap();
        assert!(text.starts_with("[attest]\ndns = {"), "{text}");
        assert!(attest("= 1", "x.toml", "dns", &ada()).is_err());
        assert!(attest("attest = 1\n", "x.toml", "dns", &ada()).is_err());
    }
}
