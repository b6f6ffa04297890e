//! A copy of the maps that is safe to print: see [`crate::report::sanitize`].

use crate::model::routes::{
    CodePlace, Declared, Evidence, Layer, MethodAnswer, Route, RouteMap, TraceStep,
};
use crate::report::{Style, sanitize};

/// The maps with what steers a terminal spelled out. Where the layout is ASCII, sentences (never names)
/// lose their typography.
pub(super) fn maps(dirty: &[RouteMap], style: &Style) -> Vec<RouteMap> {
    let cleaner = Cleaner { style };
    let mut maps = dirty.to_vec();
    for map in &mut maps {
        name(&mut map.app);
        name(&mut map.framework);
        map.routes.iter_mut().for_each(|route| cleaner.route(route));
        map.notes.iter_mut().for_each(|note| cleaner.sentence(note));
    }
    maps
}

fn name(text: &mut String) {
    if let std::borrow::Cow::Owned(clean) = sanitize::line(text) {
        *text = clean;
    }
}

fn place(place: &mut CodePlace) {
    name(&mut place.file);
}

struct Cleaner<'a> {
    style: &'a Style,
}

impl Cleaner<'_> {
    fn sentence(&self, text: &mut String) {
        name(text);
        if let std::borrow::Cow::Owned(plain) = sanitize::unless_unicode(text, self.style) {
            *text = plain;
        }
    }

    fn route(&self, route: &mut Route) {
        name(&mut route.pattern);
        name(&mut route.file);
        route.urls.iter_mut().for_each(name);
        for answer in &mut route.methods {
            self.answer(answer);
        }
    }

    fn answer(&self, answer: &mut MethodAnswer) {
        name(&mut answer.method);
        match &mut answer.declared_public {
            None => {}
            Some(Declared::List { pattern, place: at }) => {
                name(pattern);
                place(at);
            }
            Some(Declared::Config { pattern }) => name(pattern),
            Some(Declared::Nature { why }) => self.sentence(why),
        }
        for Evidence {
            what, place: at, ..
        } in &mut answer.sensitive
        {
            name(what);
            place(at);
        }
        for Layer { place: at, why, .. } in [&mut answer.middleware, &mut answer.resource] {
            at.iter_mut().for_each(place);
            self.sentence(why);
        }
        for TraceStep { place: at, text } in &mut answer.trace {
            place(at);
            self.sentence(text);
        }
    }
}
