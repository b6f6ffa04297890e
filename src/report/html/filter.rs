//! What the reader can narrow a list by. Without JavaScript these controls are not shown and the whole
//! list is.

use std::io::{self, Write};

/// A kind of thing in a list: its class, its word, and how many there are.
pub(super) type Choice = (&'static str, &'static str, usize);

/// The controls of one list.
pub(super) struct Form<'a> {
    /// Its name, also in the address: `#checks=fail`.
    pub(super) name: &'a str,
    /// What it is a list of.
    pub(super) thing: &'static str,
    /// Selects the things.
    pub(super) items: &'a str,
    /// Selects what folds around them.
    pub(super) boxes: &'a str,
}

/// Writes the controls.
pub(super) fn form(
    form: &Form,
    choices: &[Choice],
    all: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Form {
        name,
        thing,
        items,
        boxes,
    } = form;
    write!(
        out,
        "<form class=\"filter\" name=\"{name}\" data-thing=\"{thing}\" data-items=\"{items}\" data-boxes=\"{boxes}\" hidden>\
         <label class=\"search\"><span class=\"unseen\">Search the {thing}s</span>\
         <input type=\"search\" name=\"text\" placeholder=\"Search the {thing}s\" autocomplete=\"off\"></label>\
         <fieldset><legend class=\"unseen\">Show</legend>"
    )?;
    radio("all", "All", all, " checked", out)?;
    let problem = |(class, ..): &&Choice| ["fail", "warn", "error"].contains(class);
    let problems: Vec<_> = choices.iter().filter(problem).collect();
    if problems.len() > 1 {
        let number = problems.iter().map(|(.., number)| number).sum();
        radio("problems", "Problems", number, "", out)?;
    }
    for (class, word, number) in choices.iter().filter(|(.., number)| *number > 0) {
        radio(class, word, *number, "", out)?;
    }
    writeln!(
        out,
        "</fieldset><p class=\"state\"><button type=\"button\" data-open=\"yes\">Expand all</button> \
         <button type=\"button\" data-open=\"no\">Collapse all</button> \
         <output aria-live=\"polite\"></output></p></form>"
    )
}

fn radio(
    class: &str,
    word: &str,
    number: usize,
    checked: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(
        out,
        "<label class=\"{class}\"><input type=\"radio\" name=\"is\" value=\"{class}\"{checked}><span>{word} <b>{number}</b></span></label>"
    )
}

/// A bar of the shares, with their words and numbers below it.
pub(super) fn bar(choices: &[Choice], all: usize, out: &mut dyn Write) -> io::Result<()> {
    if all == 0 {
        return Ok(());
    }
    write!(
        out,
        "<svg class=\"bar\" viewBox=\"0 0 {all} 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
    )?;
    let mut from = 0;
    for (class, _, number) in choices.iter().filter(|(.., number)| *number > 0) {
        write!(
            out,
            "<rect class=\"{class}\" x=\"{from}\" width=\"{number}\" height=\"1\"/>"
        )?;
        from += number;
    }
    out.write_all(b"</svg>\n<ul class=\"legend\">")?;
    for (class, word, number) in choices.iter().filter(|(.., number)| *number > 0) {
        write!(out, "<li class=\"{class}\"><b>{number}</b> {word}</li>")?;
    }
    out.write_all(b"</ul>\n")
}
