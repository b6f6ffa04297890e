//! What the checks of an instance share.

use crate::checks::engine::Verdict;
use crate::facts::code::shapes::named::Named;
use crate::facts::code::shapes::{Shapes, What};
use crate::facts::live::instance::{Instance, Part};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Place};

/// How many places of one finding are shown.
const SHOWN: usize = 4;

/// The instance of the secret key, where production is judged and the instance is a production one.
pub(super) fn production(facts: &Facts) -> Result<&Instance, Verdict> {
    if facts.target != Target::Production {
        let why = format!(
            "asked of production only, and this is judged for {}",
            facts.target.word()
        );
        return Err(Verdict::not_applicable(why));
    }
    fitting(facts)
}

/// The instance of the secret key, unless production is judged and the instance is another one.
pub(super) fn fitting(facts: &Facts) -> Result<&Instance, Verdict> {
    let instance = Verdict::told(&facts.live.instance)?;
    let other = instance.environment().filter(|word| *word != "production");
    match other {
        Some(word) if facts.target == Target::Production => Err(Verdict::not_applicable(format!(
            "the secret key is of a {word} instance, and the one of production was not asked"
        ))),
        _ => Ok(instance),
    }
}

/// Where a part of the instance is read.
pub(super) fn place(part: Part) -> Place {
    Place::Url {
        url: format!("https://api.clerk.com{}", part.shown()),
    }
}

/// What the code names of the instance, with its place.
pub(super) fn named(facts: &Facts) -> impl Iterator<Item = (&Named, Place)> {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.filter_map(|(file, shape)| match &shape.what {
        What::Named(named) => Some((named, file.place(shape))),
        _ => None,
    })
}

/// A finding with its first place as the fault and some more beside it, which are examples all.
pub(super) fn at_all(finding: Finding, places: &[Place], label: &str) -> Finding {
    let Some((first, more)) = places.split_first() else {
        return finding;
    };
    let what = finding.message.clone();
    let finding = finding.known_by(what).at(first.clone(), label);
    let more = more.iter().take(SHOWN - 1);
    more.fold(finding, |finding, place| {
        finding.see(place.clone(), "and here")
    })
}

/// Names that the code writes, each once, in the order in which they come, with their places.
pub(super) fn gathered<'f>(
    all: impl Iterator<Item = (&'f str, Place)>,
) -> Vec<(&'f str, Vec<Place>)> {
    let mut names: Vec<(&str, Vec<Place>)> = Vec::new();
    for (name, place) in all {
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, places)) => places.push(place),
            None => names.push((name, vec![place])),
        }
    }
    names
}

/// The answer came and does not say what is asked.
pub(super) fn unsaid(part: Part) -> Verdict {
    Verdict::Skipped(format!(
        "Clerk's answer to GET {} does not say",
        part.shown()
    ))
}

/// A list was longer than what is read of it, and what is looked for may be in the rest.
pub(super) fn cut(part: Part) -> Verdict {
    Verdict::Undecided {
        why: format!(
            "the list of {} is longer than what is read of it",
            part.words()
        ),
        hint: "look it up in the Clerk Dashboard".to_owned(),
        marks: Vec::new(),
    }
}

/// Names in quotes, with commas, some of many.
pub(super) fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|name| format!("“{name}”"))
        .collect();
    let more = all.len().saturating_sub(SHOWN);
    if more == 0 {
        shown.join(", ")
    } else {
        format!("{} and {more} more", shown.join(", "))
    }
}
