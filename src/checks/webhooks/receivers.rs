//! The code that receives Clerk's webhooks, as the checks of this group see it.

use crate::checks::engine::Verdict;
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::facts::usage::names_other_sender;
use crate::facts::{Facts, Webhooks};
use crate::model::routes::{CodePlace, MethodAnswer, RouteKind};
use crate::model::{Known, Mark, Place, Role};

/// A place that receives them.
pub(in crate::checks) struct Receiver<'f> {
    /// Its file.
    pub file: &'f FileShapes,
    /// Its file and those that it imports.
    pub around: Vec<&'f FileShapes>,
    /// What the route map says of a `POST`, where there is a map.
    pub answer: Option<&'f MethodAnswer>,
    /// The path under which it is reached, where that is known.
    pub url: Option<&'f str>,
}

impl<'f> Receiver<'f> {
    /// The first verification.
    pub fn verification(&self) -> Option<(&'f FileShapes, &'f Shape)> {
        self.find(|what| matches!(what, What::Verifies(_)))
    }

    /// Where an event is handled, else where the body is read, else the file.
    pub fn work(&self) -> Place {
        let place = |is: fn(&What) -> bool| self.find(is).map(|(file, shape)| file.place(shape));
        place(|what| *what == What::Event)
            .or_else(|| place(|what| *what == What::ReadsBody))
            .unwrap_or_else(|| Place::file(self.file.path.clone()))
    }

    fn find(&self, is: impl Fn(&What) -> bool) -> Option<(&'f FileShapes, &'f Shape)> {
        self.around
            .iter()
            .find_map(|file| Some((*file, file.find(&is)?)))
    }
}

/// The receivers of an app; why the question does not arise, where there are none.
pub(in crate::checks) fn all(facts: &Facts) -> Result<Vec<Receiver<'_>>, Verdict> {
    if facts.declared.webhooks == Webhooks::None {
        return Err(Verdict::not_applicable(
            "clerk-audit.toml says webhooks = \"none\"",
        ));
    }
    let receivers = match (facts.shapes.as_ref(), facts.routes.as_ref()) {
        // Only Next.js has all its routes where they can be found.
        (Some(shapes), Some(_)) => match of_routes(facts, shapes) {
            none if none.is_empty() && facts.app.framework.id != "next" => of_files(shapes),
            found => found,
        },
        (Some(shapes), None) => of_files(shapes),
        (None, _) => Vec::new(),
    };
    let receivers = match facts.shapes.as_ref() {
        Some(shapes) if receivers.is_empty() => of_text(facts, shapes),
        _ => receivers,
    };
    if receivers.is_empty() {
        let unread = facts
            .shapes
            .as_ref()
            .into_iter()
            .flat_map(|one| &one.unread);
        if let Some((path, why)) = unread
            .into_iter()
            .find(|(path, _)| path.contains("webhook"))
        {
            return Err(unreadable(path, why));
        }
        return Err(none_seen(facts));
    }
    Ok(receivers)
}

/// Why there is nothing to judge, in agreement with what webhooks/signing-secret-missing says.
fn none_seen(facts: &Facts) -> Verdict {
    let code = facts.code.as_ref();
    let here = code.and_then(|code| code.receiving().first());
    let elsewhere = code.and_then(|code| code.received_elsewhere());
    match here.map(String::as_str).or(elsewhere) {
        Some(file) => Verdict::not_applicable(format!(
            "{file} receives webhooks, and how it handles them could not be told from its text"
        )),
        None => Verdict::not_applicable("no code was seen that handles Clerk's webhooks"),
    }
}

/// Files that receive Clerk's webhooks by their words, and verify: the route around them was not seen.
fn of_text<'f>(facts: &'f Facts, shapes: &'f Shapes) -> Vec<Receiver<'f>> {
    let Some(code) = facts.code.as_ref() else {
        return Vec::new();
    };
    let verifies = |file: &FileShapes| {
        file.find(|what| matches!(what, What::Verifies(_)))
            .is_some()
    };
    let files = code.receiving().iter().filter_map(|path| shapes.file(path));
    files
        .filter(|file| verifies(file))
        .map(|file| receiver_of(shapes, file))
        .collect()
}

fn receiver_of<'s>(shapes: &'s Shapes, file: &'s FileShapes) -> Receiver<'s> {
    Receiver {
        file,
        around: around(shapes, file),
        answer: None,
        url: None,
    }
}

/// By its path it receives webhooks, and whose cannot be told.
fn unreadable(path: &str, why: &str) -> Verdict {
    Verdict::Undecided {
        why: format!("{path} could not be parsed: {why}"),
        hint: "correct the syntax; the build would stop there too".to_owned(),
        marks: vec![Mark {
            place: Place::file(path),
            label: String::new(),
            role: Role::Primary,
        }],
    }
}

fn of_routes<'f>(facts: &'f Facts, shapes: &'f Shapes) -> Vec<Receiver<'f>> {
    let Known::Yes(map) = &facts.routes else {
        return Vec::new();
    };
    let handlers = map
        .routes
        .iter()
        .filter(|route| matches!(route.kind, RouteKind::Handler | RouteKind::Api));
    let receiver = |route: &'f crate::model::routes::Route| {
        let answer = route.methods.iter().find(|one| one.method == "POST")?;
        let file = shapes.file(&route.file)?;
        let around = around(shapes, file);
        is_clerks(file, &around).then(|| Receiver {
            file,
            around,
            answer: Some(answer),
            url: route.urls.first().map(String::as_str),
        })
    };
    handlers.filter_map(receiver).collect()
}

/// Where routes are not read: files that handle Clerk's events, and read the body of a request or verify.
fn of_files(shapes: &Shapes) -> Vec<Receiver<'_>> {
    let receives = |file: &&FileShapes| {
        let receives = |what: &What| matches!(what, What::ReadsBody | What::Verifies(_));
        file.find(receives).is_some() && is_clerks(file, &[file])
    };
    let files = shapes.files.iter().filter(receives);
    files.map(|file| receiver_of(shapes, file)).collect()
}

/// A file with those that it imports.
fn around<'s>(shapes: &'s Shapes, file: &'s FileShapes) -> Vec<&'s FileShapes> {
    shapes.around(file).collect()
}

/// Whether a file handles Clerk's events, by itself or one import away.
fn is_clerks(file: &FileShapes, around: &[&FileShapes]) -> bool {
    let handles = |one: &FileShapes| one.find(|what| *what == What::Event).is_some();
    let named = file.names_clerk || file.names_svix;
    // A view of an audit log asks for the types of events, too.
    if (handles(file) && named && file.names_webhooks)
        || (file.names_event_type && file.path.contains("webhook"))
    {
        return true;
    }
    let lower = file.path.to_ascii_lowercase();
    let others = names_other_sender(&lower);
    let receives = ["webhook", "svix", "clerk"]
        .iter()
        .any(|word| lower.contains(word));
    receives
        && !others
        && around
            .iter()
            .any(|one| handles(one) && (named || one.names_clerk))
}

/// The files in which a webhook of Clerk's is verified.
pub(super) fn verifying<'f>(facts: &'f Facts) -> Result<Vec<&'f FileShapes>, Verdict> {
    let verifies = |file: &FileShapes| {
        file.find(|what| matches!(what, What::Verifies(_)))
            .is_some()
    };
    let mut files: Vec<&'f FileShapes> = Vec::new();
    let receivers = all(facts)?;
    for file in receivers.iter().flat_map(|receiver| &receiver.around) {
        if verifies(file) && !files.iter().any(|known| known.path == file.path) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(Verdict::not_applicable(
            "no verification was seen: see webhooks/unverified-handler",
        ));
    }
    Ok(files)
}

/// A place of the route map in a finding.
pub(super) fn place(at: &CodePlace) -> Place {
    Place::Span {
        file: at.file.clone(),
        line: at.line,
        column: at.column,
        excerpt: None,
    }
}
