//! Files that one run would write over, or cannot read again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::output::outputs;
use crate::cli::Audit;
use crate::config::FILE_NAME;
use crate::save;

/// A file, and the option that names it.
struct Named {
    option: String,
    file: PathBuf,
    /// A pipe or a terminal.
    is_stream: bool,
}

impl Named {
    fn new(option: impl Into<String>, path: &Path) -> Self {
        Self {
            option: option.into(),
            file: place(path),
            is_stream: fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()),
        }
    }
}

/// Before anything is read or asked.
///
/// # Errors
/// Which file would be lost.
pub(super) fn check(args: &Audit) -> Result<()> {
    let written = written(args)?;
    let mut read = read(args);
    let config = args.dir.join(FILE_NAME);
    read.push(Named::new(config.display().to_string(), &config));
    for (at, one) in written.iter().enumerate() {
        if let Some(input) = read.iter().find(|input| input.file == one.file) {
            bail!("{} would overwrite {}", one.option, input.option);
        }
        if let Some(other) = written.iter().take(at).find(|other| other.file == one.file) {
            bail!("{} and {} are one file", other.option, one.option);
        }
    }
    Ok(())
}

/// What a run that looks twice would find empty the second time, as it was typed.
pub(super) fn read_once(args: &Audit) -> Option<String> {
    if args.env_file.iter().any(|file| file == "-") {
        return Some("standard input".to_owned());
    }
    let pipe = read(args).into_iter().find(|one| one.is_stream);
    pipe.map(|one| one.option)
}

fn written(args: &Audit) -> Result<Vec<Named>> {
    let outputs = outputs(&args.output)?;
    let outputs = args.output.iter().zip(outputs);
    let mut all: Vec<Named> = outputs
        .map(|(text, (_, path))| Named::new(format!("--output {text}"), Path::new(path)))
        .collect();
    all.extend(args.record.iter().map(|path| named("--record", path)));
    let baseline = args.baseline.iter().filter(|_| args.baseline_write);
    all.extend(baseline.map(|path| named("--baseline", path)));
    // That takes everything that is written to it.
    all.retain(|one| !one.is_stream);
    Ok(all)
}

fn read(args: &Audit) -> Vec<Named> {
    let files = args.env_file.iter().filter(|file| *file != "-");
    let env_files = files.map(Path::new);
    let mut all: Vec<Named> = env_files.map(|path| named("--env-file", path)).collect();
    let baseline = args.baseline.iter().filter(|_| !args.baseline_write);
    all.extend(baseline.map(|path| named("--baseline", path)));
    all.extend(args.replay.iter().map(|path| named("--replay", path)));
    all.extend(
        args.live
            .ca_file
            .iter()
            .map(|path| named("--ca-file", path)),
    );
    let configs = args.config.config.iter();
    all.extend(configs.map(|path| named("--config", path)));
    all
}

fn named(option: &str, path: &Path) -> Named {
    Named::new(format!("{option} {}", path.display()), path)
}

/// Where a file is or will be, however it is written.
fn place(path: &Path) -> PathBuf {
    let path = save::followed(path);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")));
    match (folder, path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}
