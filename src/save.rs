//! The one place that writes files: each appears whole or not at all, or is added to.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How the name of a file ends that is about to become another.
const END: &str = ".tmp";

/// How many files that were left behind are passed over.
const MOST_TRIED: u32 = 1000;

/// Writes a file. Where it is a link, the file that it leads to is written; permissions are kept.
pub fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    whole_by(path, |out| out.write_all(bytes))
}

/// The same, of what is written bit by bit and need not be held.
pub fn whole_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let about = match fs::metadata(path) {
        Ok(about) => Some(about),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    // A pipe or a terminal (`/dev/stdout`) cannot be replaced, only written to.
    if about.as_ref().is_some_and(|about| !about.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        return write(&mut out).and_then(|()| out.flush());
    }
    // A file can be put in the place of one that nobody may write to, but somebody meant it to stay.
    if about
        .as_ref()
        .is_some_and(|about| about.permissions().readonly())
    {
        return Err(io::Error::other("it is read-only"));
    }
    let target = followed(path);
    let (beside, file) = beside(&target)?;
    let kept = about.map_or(Ok(()), |about| as_it_was(&beside, &about));
    let written = kept
        .and_then(|()| fill(file, write))
        .and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // The half-written file is nobody's; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The file that a link leads to, also one that is not there yet.
pub fn followed(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    // As far as Linux follows (path_resolution(7)).
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(next) => target = target.with_file_name("").join(next),
            Err(_) => break,
        }
    }
    target
}

/// Gives a file the permissions of another, and its owner where that is allowed.
fn as_it_was(path: &Path, about: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        // Root alone may: in a container the project is somebody else's.
        let _ = chown(path, Some(about.uid()), Some(about.gid()));
    }
    fs::set_permissions(path, about.permissions())
}

/// Writes a file that is not there yet.
pub fn fresh(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (beside, file) = beside(path)?;
    let all = |out: &mut dyn Write| out.write_all(bytes);
    // A link by this name to the whole file is made at once, or not at all where something stands.
    let written = fill(file, all).and_then(|()| match fs::hard_link(&beside, path) {
        // Not every file system has such links.
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => fill(new(path)?, all),
        other => other,
    });
    // That it cannot be removed changes nothing.
    let _ = fs::remove_file(&beside);
    written
}

/// Adds to the end of a file that may hold no more than `limit` bytes. `make` is told how many are left,
/// and gives nothing where they are too few.
pub fn append(
    path: &Path,
    limit: usize,
    make: impl FnOnce(usize) -> Option<Vec<u8>>,
) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let held = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let full = || io::Error::new(io::ErrorKind::StorageFull, "it is full");
    let bytes = make(limit.saturating_sub(held)).ok_or_else(full)?;
    // At once: what others add at the same time stays whole too.
    file.write_all(&bytes)
}

fn new(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}

fn fill(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Whether a name is that of a file which becomes the one of another name.
pub fn is_beside(name: &str, own: &str) -> bool {
    name.starts_with(&begin(own)) && name.ends_with(END)
}

fn begin(name: &str) -> String {
    // With what is added, still less than 255 bytes, which file systems allow.
    let name: String = name.chars().take(50).collect();
    format!(".{name}.")
}

/// A new file in the same folder, by a name that two runs at once do not share. In containers every run
/// has the same number, and one that was killed leaves its file behind.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let (begin, number) = (begin(&name), std::process::id());
    let mut tried = 0;
    loop {
        let path = target.with_file_name(format!("{begin}{number}-{tried}{END}"));
        match new(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && tried < MOST_TRIED => tried += 1,
            Err(e) => return Err(e),
            Ok(file) => return Ok((path, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        whole(&path, b"one").unwrap();
        whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(whole(&folder.path().join("no/such/folder"), b"x").is_err());
    }

    #[test]
    fn what_stands_there_is_never_replaced_by_a_fresh_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clerk-audit.toml");
        fresh(&path, b"one").unwrap();
        assert!(fresh(&path, b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_added_stands_behind_what_was_there_and_keeps_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        fs::write(&path, "one").unwrap();
        append(&path, 10, |room| Some(vec![b'x'; room])).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"onexxxxxxx");
        assert!(append(&path, 10, |_| None).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"onexxxxxxx");
        assert!(append(folder.path(), 10, |_| None).is_err());
    }

    #[test]
    fn what_a_killed_run_left_behind_stops_nobody_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let (left, _) = beside(&path).unwrap();
        whole(&path, b"one").unwrap();
        fresh(&folder.path().join("report.jso"), b"two").unwrap();
        assert!(left.is_file(), "another run may be writing it");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_name_may_be_as_long_as_the_file_system_allows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a".repeat(255));
        whole(&path, b"one").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let path = folder.path().join("…".repeat(85));
        fresh(&path, b"one").unwrap();
    }

    #[test]
    fn what_is_read_only_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known.json");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(whole(&path, b"new").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_made_where_it_is_not_there_yet() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("runs")).unwrap();
        symlink("runs/one", folder.path().join("newest")).unwrap();
        let link = folder.path().join("link");
        symlink("newest", &link).unwrap();
        whole(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(folder.path().join("runs/one")).unwrap(), b"new");

        symlink("round", folder.path().join("round")).unwrap();
        assert!(whole(&folder.path().join("round"), b"new").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        whole(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}
