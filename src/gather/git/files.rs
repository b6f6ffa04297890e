//! Reading the files of a repository, which is not trusted: only regular files, and never too much.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Most bytes of a text file that are read.
pub(super) const TEXT: u64 = 1 << 20;
/// Most bytes of an index that are read.
pub(super) const INDEX: u64 = 256 << 20;

/// The content of `path`; `None` when there is no such file. Links are followed. What is no regular file
/// is not opened: a named pipe would wait for ever.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Option<Vec<u8>>, String> {
    let shown = path.display();
    let told = match fs::metadata(path) {
        Ok(told) => told,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(format!("{shown} cannot be read: {error}")),
    };
    if !told.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    let too_large = || format!("{shown} is larger than {most} bytes");
    if told.len() > most {
        return Err(too_large());
    }
    let mut content = Vec::new();
    // One byte more than allowed: the file may have grown, or not know its size (as in /proc).
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut content))
        .map_err(|error| format!("{shown} cannot be read: {error}"))?;
    if content.len() as u64 > most {
        return Err(too_large());
    }
    Ok(Some(content))
}

/// The same as text; bytes that are not UTF-8 become U+FFFD.
pub(super) fn text(path: &Path) -> Result<Option<String>, String> {
    Ok(bytes(path, TEXT)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether the error says that there is no such file.
pub(super) fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
