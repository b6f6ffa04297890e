//! What the checks over shapes against forgery and strangers share.

use crate::facts::Facts;
use crate::facts::code::module::Spot;
use crate::facts::code::shapes::guard::Guard;
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::facts::env::Variable;
use crate::model::{Place, fix};

/// A shape with its file.
pub(super) struct Seen<'f> {
    /// The file.
    pub file: &'f FileShapes,
    /// The shape.
    shape: &'f Shape,
    /// What it is.
    pub guard: &'f Guard,
}

impl Seen<'_> {
    /// The same, for a fix.
    pub fn spot(&self) -> fix::Spot {
        let Spot { line, column } = self.shape.at;
        fix::Spot { line, column }
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        self.file.place(self.shape)
    }
}

/// Every such shape of the app, by file and line.
pub(super) fn all(facts: &Facts) -> impl Iterator<Item = Seen<'_>> {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.filter_map(|(file, shape)| match &shape.what {
        What::Guard(guard) => Some(Seen { file, shape, guard }),
        _ => None,
    })
}

/// Whether a file has a shape.
pub(super) fn has(file: &FileShapes, is: impl Fn(&Guard) -> bool) -> bool {
    file.find(|what| matches!(what, What::Guard(guard) if is(guard)))
        .is_some()
}

/// A place in a file.
pub(super) fn spot(file: &FileShapes, at: Spot) -> Place {
    Place::Span {
        file: file.path.clone(),
        line: at.line,
        column: at.column,
        excerpt: None,
    }
}

/// The variables of the SDKs whose names end so, that are set.
pub(super) fn variables<'f>(facts: &'f Facts, ending: &str) -> Vec<&'f Variable> {
    let env = facts.env.as_ref().into_iter();
    env.flat_map(|env| env.all())
        .filter(|variable| variable.is_set() && variable.winner.name.ends_with(ending))
        .collect()
}

/// The last two labels of a host; more would need the list of public suffixes.
pub(super) fn base(host: &str) -> Option<String> {
    let host = host.split(':').next()?;
    let mut labels = host.rsplit('.');
    let (last, before) = (labels.next()?, labels.next()?);
    Some(format!("{before}.{last}").to_ascii_lowercase())
}

/// Whether a host, with or without a port, is this machine or one of its network.
pub(super) fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]")
        || name.ends_with(".localhost")
        || ["192.168.", "10.0."]
            .iter()
            .any(|net| name.starts_with(net))
}
