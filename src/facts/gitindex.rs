//! Which files are tracked: the names in git's index.
//!
//! The layout is that of gitformat-index(5). The checksum at the end is not verified: git itself may leave
//! it out (`index.skipHash`), and a wrong name is no danger to a reader.

use std::borrow::Cow;
use std::fmt;

/// The hash that a repository names its objects by (`extensions.objectFormat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectFormat {
    /// The default.
    Sha1,
    /// `git init --object-format=sha256`.
    Sha256,
}

impl ObjectFormat {
    /// The format that git's configuration calls `name`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            _ if name.eq_ignore_ascii_case("sha1") => Some(ObjectFormat::Sha1),
            _ if name.eq_ignore_ascii_case("sha256") => Some(ObjectFormat::Sha256),
            _ => None,
        }
    }

    fn hash_length(self) -> usize {
        match self {
            ObjectFormat::Sha1 => 20,
            ObjectFormat::Sha256 => 32,
        }
    }
}

/// Why the names of an index are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexError {
    /// The file does not begin as an index does.
    NotAnIndex,
    /// A version other than 2, 3 and 4.
    Version(u32),
    /// The file ends in the middle of what begins at this byte.
    Truncated(usize),
    /// The entry at this byte contradicts itself or holds a name that git would refuse.
    BadEntry(usize),
    /// The names are in a second file (the `link` extension).
    Split,
    /// An extension that has to be understood and is not known.
    Extension(String),
    /// More names than a repository has: the file was made to exhaust memory.
    TooMuch,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexError::NotAnIndex => {
                f.write_str("the git index does not begin as one: it is damaged")
            }
            IndexError::Version(version) => {
                write!(
                    f,
                    "the git index has version {version}, only 2 to 4 are known"
                )
            }
            IndexError::Truncated(at) => {
                write!(
                    f,
                    "the git index is cut off: what begins at byte {at} has no end"
                )
            }
            IndexError::BadEntry(at) => write!(f, "the git index is damaged at byte {at}"),
            IndexError::Split => f.write_str(
                "this repository uses a split index, which is not read; \
                 `git update-index --no-split-index` joins it",
            ),
            IndexError::Extension(name) => {
                write!(
                    f,
                    "the git index needs the extension {name:?}, which is not known"
                )
            }
            IndexError::TooMuch => f.write_str("the git index holds more names than can be kept"),
        }
    }
}

impl std::error::Error for IndexError {}

/// Longest name read, `PATH_MAX` of Linux. Version 4 stores only what differs from the name before, so
/// without a bound a small file could describe terabytes.
const LONGEST_NAME: usize = 4096;
/// Most bytes of names kept.
const MOST_KEPT: usize = 256 << 20;
/// Times, device, inode, mode, owner, group and size before the hash.
const STAT_LENGTH: usize = 40;
/// In the flags of an entry: two more bytes of flags follow.
const EXTENDED: u16 = 0x4000;
/// In the flags of an entry: the length of its name, or this value when it is as long or longer.
const NAME_LENGTH: u16 = 0x0fff;

/// All tracked paths, relative to the root of the work tree, in the order of the index, which is sorted by
/// bytes. A path in conflict is named once. In a sparse index a name that ends in `/` stands for all that
/// the folder holds. Bytes that are not UTF-8 become U+FFFD.
pub fn paths(bytes: &[u8], format: ObjectFormat) -> Result<Vec<String>, IndexError> {
    paths_where(bytes, format, |_| true)
}

/// The tracked paths that `keep` says yes to. The others cost no allocation.
pub fn paths_where(
    bytes: &[u8],
    format: ObjectFormat,
    keep: impl FnMut(&str) -> bool,
) -> Result<Vec<String>, IndexError> {
    let kept = entries_where(bytes, format, keep)?;
    Ok(kept.into_iter().map(|(path, _)| path).collect())
}

/// The same, each with the hash that git names its content by.
pub fn entries_where(
    bytes: &[u8],
    format: ObjectFormat,
    mut keep: impl FnMut(&str) -> bool,
) -> Result<Vec<(String, &[u8])>, IndexError> {
    let mut index = Reader { bytes, at: 0 };
    if index.take(4) != Ok(b"DIRC") {
        return Err(IndexError::NotAnIndex);
    }
    let version = index.u32()?;
    if !(2..=4).contains(&version) {
        return Err(IndexError::Version(version));
    }
    let mut kept: Vec<(String, &[u8])> = Vec::new();
    let mut kept_bytes = 0;
    let mut name = Vec::new();
    // A split index names in full only what it adds to its second file.
    let mut nameless = None;
    for _ in 0..index.u32()? {
        let start = index.at;
        let (shown, hash) = index.entry(version, format, &mut name)?;
        if shown.is_empty() {
            nameless = Some(start);
            continue;
        }
        if !keep(&shown) || kept.last().is_some_and(|(last, _)| *last == shown) {
            continue;
        }
        if leaves_the_tree(&shown) {
            return Err(IndexError::BadEntry(start));
        }
        kept_bytes += shown.len();
        if kept_bytes > MOST_KEPT {
            return Err(IndexError::TooMuch);
        }
        kept.push((shown.into_owned(), hash));
    }
    index.extensions(format)?;
    nameless.map_or(Ok(kept), |start| Err(IndexError::BadEntry(start)))
}

/// Whether a name is one that git never adds (`verify_path` in its read-cache.c): absolute, or with a
/// component that is empty, `.` or `..`.
fn leaves_the_tree(name: &str) -> bool {
    let name = name.strip_suffix('/').unwrap_or(name);
    name.split('/').any(|part| matches!(part, "" | "." | ".."))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let end = self
            .at
            .checked_add(length)
            .ok_or(IndexError::Truncated(self.at))?;
        let taken = self
            .bytes
            .get(self.at..end)
            .ok_or(IndexError::Truncated(self.at))?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self, length: usize) -> Result<u32, IndexError> {
        Ok(self
            .take(length)?
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn u32(&mut self) -> Result<u32, IndexError> {
        self.number(4)
    }

    /// The bytes up to the next NUL, which is passed over.
    fn until_nul(&mut self, start: usize) -> Result<&'a [u8], IndexError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(0, rest).ok_or(IndexError::Truncated(start))?;
        if length > LONGEST_NAME {
            return Err(IndexError::BadEntry(start));
        }
        let taken = self.take(length)?;
        self.at += 1;
        Ok(taken)
    }

    /// Reads the name and the hash of one entry. `name` holds the name of the entry before, of which version 4 keeps a part.
    fn entry<'n>(
        &mut self,
        version: u32,
        format: ObjectFormat,
        name: &'n mut Vec<u8>,
    ) -> Result<(Cow<'n, str>, &'a [u8]), IndexError>
    where
        'a: 'n,
    {
        let start = self.at;
        self.take(STAT_LENGTH)?;
        let hash = self.take(format.hash_length())?;
        let flags = self.number(2)? as u16;
        if flags & EXTENDED != 0 {
            self.take(2)?;
        }
        let name: &[u8] = if version == 4 {
            let dropped = self.offset(start)?;
            let shared = name
                .len()
                .checked_sub(dropped)
                .ok_or(IndexError::BadEntry(start))?;
            name.truncate(shared);
            name.extend_from_slice(self.until_nul(start)?);
            name
        } else {
            let name = self.until_nul(start)?;
            // One to eight NULs end the entry at a multiple of eight; the first is read.
            let length = self.at - 1 - start;
            self.take((length + 8) / 8 * 8 - length - 1)?;
            name
        };
        let said = flags & NAME_LENGTH;
        let fits = said == NAME_LENGTH || usize::from(said) == name.len();
        if name.len() > LONGEST_NAME || !fits {
            return Err(IndexError::BadEntry(start));
        }
        Ok((String::from_utf8_lossy(name), hash))
    }

    /// The variable-width number of version 4: seven bits a byte, each further byte adding one first.
    fn offset(&mut self, start: usize) -> Result<usize, IndexError> {
        let mut number: usize = 0;
        loop {
            let byte = self.number(1)? as usize;
            number = number << 7 | byte & 0x7f;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            number += 1;
            if number > LONGEST_NAME {
                return Err(IndexError::BadEntry(start));
            }
        }
    }

    /// Looks for an extension that changes which names there are.
    fn extensions(&mut self, format: ObjectFormat) -> Result<(), IndexError> {
        while self.bytes.len() - self.at > format.hash_length() {
            let name = self.take(4)?;
            let length = self.u32()?;
            self.take(usize::try_from(length).unwrap_or(usize::MAX))?;
            match name {
                b"link" => return Err(IndexError::Split),
                // Only says that names which end in `/` occur.
                b"sdir" => {}
                // An upper-case letter first: a reader may pass it over.
                [b'A'..=b'Z', ..] => {}
                _ => {
                    return Err(IndexError::Extension(
                        String::from_utf8_lossy(name).into_owned(),
                    ));
                }
            }
        }
        self.take(format.hash_length()).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An index of version 2 with these names and flags, then `extensions`.
    fn index(names: &[(&[u8], u16)], extensions: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC\0\0\0\x02".to_vec();
        bytes.extend((names.len() as u32).to_be_bytes());
        for (name, stage) in names {
            let start = bytes.len();
            bytes.extend([0; STAT_LENGTH + 20]);
            let flags = (stage << 12) | (name.len() as u16).min(NAME_LENGTH);
            bytes.extend(flags.to_be_bytes());
            bytes.extend(*name);
            let length = bytes.len() - start;
            bytes.extend(vec![0; (length + 8) / 8 * 8 - length]);
        }
        bytes.extend(extensions);
        bytes.extend([0; 20]);
        bytes
    }

    /// The same names as version 4.
    fn index_v4(names: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"DIRC\0\0\0\x04".to_vec();
        bytes.extend((names.len() as u32).to_be_bytes());
        let mut before: &[u8] = b"";
        for name in names {
            let shared = before.iter().zip(*name).take_while(|(a, b)| a == b).count();
            let dropped = before.len() - shared;
            bytes.extend([0; STAT_LENGTH + 20]);
            bytes.extend((name.len() as u16).to_be_bytes());
            if dropped >= 128 {
                bytes.push(0x80 | ((dropped - 128) >> 7) as u8);
            }
            bytes.push((dropped & 0x7f) as u8);
            bytes.extend(&name[shared..]);
            bytes.push(0);
            before = name;
        }
        bytes.extend([0; 20]);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<String>, IndexError> {
        paths(bytes, ObjectFormat::Sha1)
    }

    #[test]
    fn a_path_in_conflict_is_named_once() {
        let bytes = index(
            &[(b".env", 1), (b".env", 2), (b".env", 3), (b"a/b", 0)],
            b"TREE\0\0\0\x01x",
        );
        assert_eq!(read(&bytes), Ok(vec![".env".to_owned(), "a/b".to_owned()]));
    }

    #[test]
    fn names_of_version_4_share_their_beginning() {
        let long = [b'x'; 300];
        let names: [&[u8]; 5] = [b"a/b/.env", b"a/b/.envrc", b"a/c", &long, b"y"];
        let read = read(&index_v4(&names)).unwrap();
        assert_eq!(
            read.iter().map(|name| name.as_bytes()).collect::<Vec<_>>(),
            names
        );
    }

    #[test]
    fn only_wanted_names_are_kept() {
        let bytes = index(&[(b".env", 0), (b"a", 0), (b"folder/", 0)], b"sdir\0\0\0\0");
        let kept = paths_where(&bytes, ObjectFormat::Sha1, |path| path != "a");
        assert_eq!(kept, Ok(vec![".env".to_owned(), "folder/".to_owned()]));
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_shown_as_well_as_can_be() {
        assert_eq!(
            read(&index(&[(b"\xff.env", 0)], b"")),
            Ok(vec!["\u{fffd}.env".to_owned()])
        );
    }

    #[test]
    fn a_name_as_long_as_the_flags_can_say_is_read() {
        for length in [4094, 4095, 4096] {
            let name = vec![b'a'; length];
            assert_eq!(
                read(&index(&[(&name, 0)], b"")).map(|names| names[0].len()),
                Ok(length)
            );
        }
        assert_eq!(
            read(&index(&[(&[b'a'; 4097], 0)], b"")),
            Err(IndexError::BadEntry(12))
        );
    }

    #[test]
    fn says_why_an_index_cannot_be_read() {
        assert_eq!(read(b""), Err(IndexError::NotAnIndex));
        assert_eq!(read(b"DIRC\0\0\0\x05\0\0\0\0"), Err(IndexError::Version(5)));
        assert_eq!(
            read(b"DIRC\0\0\0\x02\xff\xff\xff\xff"),
            Err(IndexError::Truncated(12))
        );
        assert_eq!(
            read(&index(&[(b"a", 0)], b"link\0\0\0\0")),
            Err(IndexError::Split)
        );
        let unknown = index(&[], b"what\0\0\0\0");
        assert_eq!(
            read(&unknown),
            Err(IndexError::Extension("what".to_owned()))
        );
        assert_eq!(
            read(&index(&[(b"", 0)], b"")),
            Err(IndexError::BadEntry(12))
        );
        assert_eq!(
            read(&index(&[(b"", 0)], b"link\0\0\0\0")),
            Err(IndexError::Split)
        );
        assert_eq!(
            read(&index(&[], b"TREE\xff\xff\xff\xff")),
            Err(IndexError::Truncated(20))
        );
        for name in ["/etc/passwd", "../a", "a/../b", "a//b", "./a", "/"] {
            let bytes = index(&[(name.as_bytes(), 0)], b"");
            assert_eq!(read(&bytes), Err(IndexError::BadEntry(12)), "{name}");
        }
    }

    #[test]
    fn every_cut_is_an_error() {
        for whole in [
            index(&[(b".env", 0), (b"a", 0)], b""),
            index_v4(&[b".env", b"a"]),
        ] {
            for length in 0..whole.len() {
                assert!(read(&whole[..length]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn an_index_that_unfolds_without_end_is_refused() {
        let mut bytes = b"DIRC\0\0\0\x04".to_vec();
        bytes.extend(100_000u32.to_be_bytes());
        for _ in 0..100_000 {
            bytes.extend([0; STAT_LENGTH + 20]);
            bytes.extend(NAME_LENGTH.to_be_bytes());
            bytes.extend([0, b'a', 0]);
        }
        assert!(matches!(read(&bytes), Err(IndexError::BadEntry(_))));
    }

    proptest! {
        #[test]
        fn never_panics(
            names in prop::collection::vec("[a-c/.]{1,9}", 0..5),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut: prop::sample::Index,
            v4: bool,
        ) {
            let plain: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
            let staged: Vec<(&[u8], u16)> = plain.iter().map(|name| (*name, 0)).collect();
            let mut bytes = if v4 { index_v4(&plain) } else { index(&staged, b"TREE\0\0\0\0") };
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = paths(&bytes, ObjectFormat::Sha1);
            let _ = paths(&bytes, ObjectFormat::Sha256);
            bytes.truncate(cut.index(bytes.len()));
            let _ = paths(&bytes, ObjectFormat::Sha1);
        }

        #[test]
        fn never_panics_on_noise(noise in prop::collection::vec(any::<u8>(), 0..300)) {
            for version in 2..=4 {
                let mut bytes = b"DIRC\0\0\0".to_vec();
                bytes.extend([version, 0, 0, 0, 3]);
                bytes.extend(&noise);
                let _ = paths(&bytes, ObjectFormat::Sha1);
            }
        }
    }
}
