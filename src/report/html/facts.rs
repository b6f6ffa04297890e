//! What the verdict rests on: the environment of an app with where each value comes from, and the versions
//! of what it is built with.

use std::io::{self, Write};

use super::checklist;
use super::escape::Text;
use crate::model::AppReport;

/// The variables. Their values are redacted in the report already.
pub(super) fn environment(app: &AppReport, out: &mut dyn Write) -> io::Result<()> {
    if !app.environment.is_empty() {
        let environment = Text(&app.environment);
        writeln!(out, "<p class=\"aside\">Read from: {environment}</p>")?;
    }
    if app.variables.is_empty() {
        return out.write_all(b"<p>No variable of Clerk is set.</p>\n");
    }
    out.write_all(
        b"<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Variable</th><th scope=\"col\">Value</th>\
          <th scope=\"col\">Comes from</th><th scope=\"col\">Shadows</th></tr></thead>\n<tbody>\n",
    )?;
    for variable in &app.variables {
        let value = match variable.value.as_str() {
            "" => "<em>empty</em>".to_owned(),
            value => format!("<code>{}</code>", Text(value)),
        };
        write!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{value}</td><td><code>{}</code></td><td>",
            Text(&variable.name),
            Text(&variable.origin)
        )?;
        for (at, place) in variable.shadowed.iter().enumerate() {
            let gap = if at == 0 { "" } else { ", " };
            write!(out, "{gap}<code>{}</code>", Text(place))?;
        }
        out.write_all(b"</td></tr>\n")?;
    }
    out.write_all(b"</tbody>\n</table></div>\n")
}

/// The framework and the packages of Clerk, then what the checks say about them.
pub(super) fn versions(number: usize, app: &AppReport, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Version</th></tr></thead>\n\
          <tbody>\n",
    )?;
    if !app.framework_name.is_empty() {
        row(&Text(app.framework_name), &app.framework_version, out)?;
    }
    for (name, version) in &app.clerk_packages {
        row(&Text(name), version, out)?;
    }
    out.write_all(b"</tbody>\n</table></div>\n")?;
    checklist::dependencies(number, app, out)
}

fn row(name: &Text, version: &Option<String>, out: &mut dyn Write) -> io::Result<()> {
    let version = version.as_deref().unwrap_or("not known");
    let version = Text(version);
    writeln!(
        out,
        "<tr><th scope=\"row\">{name}</th><td>{version}</td></tr>"
    )
}
