//! The one place that writes files: each appears whole or not at all, or is added to.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file. Where it is a link, the file that it leads to is written; permissions are kept.
pub fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    whole_by(path, |out| out.write_all(bytes))
}

/// The same, of what is written bit by bit and need not be held.
pub fn whole_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // A pipe or a terminal (`/dev/stdout`) cannot be replaced, only written to.
    let about = fs::metadata(path);
    if about.as_ref().is_ok_and(|about| !about.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        return write(&mut out).and_then(|()| out.flush());
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = beside(&target);
    let written = write_new(&beside, write).and_then(|()| {
        if let Ok(about) = &about {
            fs::set_permissions(&beside, about.permissions())?;
        }
        fs::rename(&beside, &target)
    });
    if written.is_err() {
        // The half-written file is nobody's; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file that is not there yet.
pub fn fresh(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let all = |out: &mut dyn Write| out.write_all(bytes);
    // A link by this name to the whole file is made at once, or not at all where something stands.
    let written = write_new(&beside, all).and_then(|()| match fs::hard_link(&beside, path) {
        // Not every file system has such links.
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => write_new(path, all),
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

fn write_new(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::options().write(true).create_new(true).open(path)?);
    write(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// A name in the same folder that two runs at once do not share.
fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
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
