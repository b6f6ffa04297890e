//! Which pattern of a framework a URL fits, and how closely.

/// How a segment fits: what is written out comes before a parameter, a parameter before all the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    Static,
    Parameter,
    Rest,
    OptionalRest,
}

/// How closely a path fits `/posts/[id]`, `/docs/[...path]`; less is closer. `None` where it does not.
pub(super) fn fit(pattern: &str, path: &str) -> Option<Vec<Segment>> {
    let mut parts = path
        .split(['?', '#'])
        .next()?
        .split('/')
        .filter(|part| !part.is_empty());
    let mut fits = Vec::new();
    for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
        if segment.starts_with("[[...") {
            fits.push(Segment::OptionalRest);
            return Some(fits);
        }
        if segment.starts_with("[...") {
            fits.push(Segment::Rest);
            return parts.next().map(|_| fits);
        }
        let part = parts.next()?;
        if segment.starts_with('[') && segment.ends_with(']') {
            fits.push(Segment::Parameter);
        } else if segment == part {
            fits.push(Segment::Static);
        } else {
            return None;
        }
    }
    parts.next().is_none().then_some(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_out_fits_closest() {
        let patterns = ["/posts/[id]", "/posts/new", "/[...all]", "/[[...all]]"];
        let best = |path: &str| {
            let fits = patterns
                .iter()
                .filter_map(|pattern| Some((fit(pattern, path)?, *pattern)));
            fits.min().map(|(_, pattern)| pattern)
        };
        assert_eq!(best("/posts/new"), Some("/posts/new"));
        assert_eq!(best("/posts/1?x=/a"), Some("/posts/[id]"));
        assert_eq!(best("/a/b/c"), Some("/[...all]"));
        assert_eq!(best("/"), Some("/[[...all]]"));
        assert_eq!(fit("/a/[id]", "/a"), None);
    }
}
