//! Sets of characters, and which characters are the same one under the flag `i`.

use std::sync::OnceLock;

/// How the flags `i` and `u` make characters equal (ECMA-262, Canonicalize).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// No flag `i`.
    None,
    /// `i` without `u`: by upper case, one code unit to one code unit.
    Upper,
    /// `i` with `u`: by simple case folding. Only the part that ASCII text can meet.
    AsciiFold,
}

/// The long s and the Kelvin sign: the two characters beyond ASCII that fold to an ASCII letter.
const LONG_S: u32 = 0x17f;
const KELVIN: u32 = 0x212a;

impl Folding {
    /// The one character that stands for all that equal `c`.
    pub(super) fn canonical(self, c: u32) -> u32 {
        match self {
            Folding::None => c,
            Folding::Upper if c < 128 => ascii(c, u8::to_ascii_uppercase),
            Folding::Upper => upper(c),
            Folding::AsciiFold => match c {
                LONG_S => u32::from(b's'),
                KELVIN => u32::from(b'k'),
                _ => ascii(c, u8::to_ascii_lowercase),
            },
        }
    }
}

fn ascii(c: u32, change: impl Fn(&u8) -> u8) -> u32 {
    u8::try_from(c).map_or(c, |byte| u32::from(change(&byte)))
}

/// Upper case where it is one code unit and does not turn into ASCII; else the character itself.
fn upper(c: u32) -> u32 {
    let Some(mut upper) = char::from_u32(c).map(char::to_uppercase) else {
        return c;
    };
    match (upper.next().map(u32::from), upper.next()) {
        (Some(one), None) if (128..0x1_0000).contains(&one) => one,
        _ => c,
    }
}

/// The characters beyond ASCII that [`upper`] changes, with what it makes of them.
fn changed() -> &'static [(u32, u32)] {
    static CHANGED: OnceLock<Vec<(u32, u32)>> = OnceLock::new();
    CHANGED.get_or_init(|| {
        let pairs = (128..0x1_0000).map(|c| (c, upper(c)));
        pairs.filter(|(c, upper)| c != upper).collect()
    })
}

/// A set of characters as sorted ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
}

const LAST: u32 = 0x10_ffff;

impl Set {
    pub(super) fn of(ranges: &[(u32, u32)]) -> Set {
        let mut set = Set {
            ranges: ranges.to_vec(),
        };
        set.tidy();
        set
    }

    /// `\d`
    pub(super) fn digits() -> Set {
        Set::of(&[(0x30, 0x39)])
    }

    /// `\w`
    pub(super) fn word(folding: Folding) -> Set {
        let mut ranges = vec![(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
        if folding == Folding::AsciiFold {
            ranges.extend([(LONG_S, LONG_S), (KELVIN, KELVIN)]);
        }
        Set::of(&ranges)
    }

    /// `\s`: white space and line terminators of ECMA-262.
    pub(super) fn space() -> Set {
        Set::of(&[
            (0x09, 0x0d),
            (0x20, 0x20),
            (0xa0, 0xa0),
            (0x1680, 0x1680),
            (0x2000, 0x200a),
            (0x2028, 0x2029),
            (0x202f, 0x202f),
            (0x205f, 0x205f),
            (0x3000, 0x3000),
            (0xfeff, 0xfeff),
        ])
    }

    pub(super) fn add(&mut self, from: u32, to: u32) {
        self.ranges.push((from, to));
    }

    pub(super) fn add_all(&mut self, other: &Set) {
        self.ranges.extend_from_slice(&other.ranges);
    }

    pub(super) fn complement(&self) -> Set {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for &(from, to) in &self.ranges {
            if from > next {
                ranges.push((next, from - 1));
            }
            next = to.saturating_add(1);
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Set { ranges }
    }

    /// The set to ask for the canonical form of a character.
    pub(super) fn folded(mut self, folding: Folding) -> Set {
        self.tidy();
        let mut added = Vec::new();
        if folding != Folding::None {
            let ascii = (0..128).map(|c| (c, folding.canonical(c)));
            let pairs = ascii.chain([LONG_S, KELVIN].map(|c| (c, folding.canonical(c))));
            added.extend(pairs.filter(|&(c, canonical)| c != canonical && self.contains(c)));
        }
        let all = self
            .ranges
            .iter()
            .any(|&(from, to)| from <= 128 && to >= 0xffff);
        if folding == Folding::Upper && !all {
            for &(from, to) in self.ranges.iter().filter(|range| range.1 >= 128) {
                let first = changed().partition_point(|&(c, _)| c < from);
                let pairs = changed().iter().skip(first).copied();
                added.extend(pairs.take_while(|&(c, _)| c <= to));
            }
        }
        for (_, canonical) in added {
            self.add(canonical, canonical);
        }
        self.tidy();
        self
    }

    pub(super) fn contains(&self, c: u32) -> bool {
        let after = self.ranges.partition_point(|&(from, _)| from <= c);
        let range = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        range.is_some_and(|&(_, to)| c <= to)
    }

    fn tidy(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(from, to) in &self.ranges {
            match merged.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        self.ranges = merged;
    }
}
