//! The name that was meant.

/// The name most like another one, where any is like it.
pub fn nearest<'n>(name: &str, among: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored = among.map(|other| (strsim::damerau_levenshtein(name, other), other));
    scored
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, other)| other)
}
