//! How the verdict about a route came about: each layer with its steps, then the verdict as a sentence.

use std::io::{self, Write};

use super::escape::Text;
use super::routes::class;
use crate::report::routes::Standing;
use crate::report::routes::story::{self, Chapter};
use crate::report::routes::words::{self, Clause, Line};

/// Writes the story of some methods of a route; `named` where others have another one.
pub(super) fn write(line: &Line, named: bool, out: &mut dyn Write) -> io::Result<()> {
    let (class, word) = (class(line.standing), words::status(line.standing));
    out.write_all(b"<p class=\"end\">")?;
    if named {
        let methods = line.methods.join(" ");
        write!(out, "<span class=\"methods\">{}</span> ", Text(&methods))?;
    }
    writeln!(
        out,
        "<strong class=\"{class}\">{word}</strong> {}.</p>",
        Text(&words::sentence(line))
    )?;
    let mut clauses = words::evidence(line);
    if line.standing == Standing::Public {
        clauses.extend(words::deciders(line));
    }
    if !clauses.is_empty() {
        out.write_all(b"<dl class=\"advice\">")?;
        for clause in &clauses {
            self::clause(clause, out)?;
        }
        out.write_all(b"</dl>\n")?;
    }
    story::chapters(line)
        .iter()
        .try_for_each(|chapter| self::chapter(chapter, out))
}

fn clause(clause: &Clause, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<div><dt>{}</dt><dd>", clause.about)?;
    if let Some(place) = clause.place {
        write!(
            out,
            "<code class=\"at\">{}</code> ",
            Text(&words::spot(place))
        )?;
    }
    write!(out, "{}</dd></div>", Text(&clause.text))
}

fn chapter(chapter: &Chapter, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<p class=\"layer\"><strong>{}</strong> {}</p>",
        chapter.title,
        Text(&story::outcome(chapter))
    )?;
    if chapter.steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ol start=\"{}\">", chapter.first)?;
    for step in chapter.steps {
        writeln!(
            out,
            "<li><code class=\"at\">{}:{}</code> {}</li>",
            Text(&words::spot(&step.place)),
            step.place.column,
            Text(&step.text)
        )?;
    }
    out.write_all(b"</ol>\n")
}
