//! What a build wrote for the browser: folders that the walk over the tree leaves out.

use std::fs;

use super::Reading;
use crate::facts::Facts;
use crate::facts::secrets::files::{self, Setting};
use crate::facts::secrets::{Built, LIMIT, Search, TextHit};
use crate::facts::tree;

/// Folders that hold nothing but what the browser gets.
const CLIENT: &[&str] = &[
    ".next/static",
    ".output/public",
    ".svelte-kit/output/client",
    ".vercel/output/static",
    "dist/client",
    "build/client",
];

/// Folders that hold it where a page stands in them, and may hold a server's code elsewhere.
const SITES: &[&str] = &["dist", "build", "out"];

/// What is searched in them.
const EXTENSIONS: &[&str] = &["js", "mjs", "html", "map", "css", "json", "txt"];

/// Bounds: entries of folders, and bytes.
const ENTRIES: usize = 50_000;
const BYTES: u64 = 512 << 20;

/// What was built of an app for the browser, with the credentials in it.
pub(super) fn of(reading: &Reading<'_>, facts: &Facts) -> Built {
    let mut built = Built::default();
    let at = |folder: &&str| tree::join(&facts.app.path, folder);
    let is_folder = |folder: &str| {
        let about = fs::symlink_metadata(reading.root.path().join(folder));
        about.is_ok_and(|about| about.is_dir())
    };
    built
        .folders
        .extend(CLIENT.iter().map(at).filter(|folder| is_folder(folder)));
    let is_site = |folder: &String| {
        let names = reading.root.names(folder);
        let has = |name: &str| names.iter().any(|one| one == name);
        has("index.html") && !has("server") && !has("client")
    };
    let sites = SITES.iter().map(at).filter(|folder| is_folder(folder));
    built.folders.extend(sites.filter(is_site));
    if let Some(search) = Search::new().filter(|_| !built.folders.is_empty()) {
        let mut walk = Walk {
            reading,
            search,
            entries: ENTRIES,
            bytes: BYTES,
            hits: Vec::new(),
        };
        for folder in &built.folders {
            walk.below(folder);
        }
        built.is_cut = walk.entries == 0 || walk.bytes == 0;
        built.hits = walk.hits;
    }
    built
}

struct Walk<'w> {
    reading: &'w Reading<'w>,
    search: Search,
    entries: usize,
    bytes: u64,
    hits: Vec<TextHit>,
}

impl Walk<'_> {
    /// Everything below a folder; links are not followed.
    fn below(&mut self, folder: &str) {
        let mut folders = vec![folder.to_owned()];
        let mut buffer = Vec::new();
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(self.reading.root.path().join(&folder)) else {
                continue;
            };
            let mut entries: Vec<_> = entries.flatten().take(self.entries).collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                self.entries = self.entries.saturating_sub(1);
                let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string())
                else {
                    continue;
                };
                let path = tree::join(&folder, &name);
                let end = name.rsplit_once('.').map_or("", |(_, end)| end);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && EXTENSIONS.contains(&end) {
                    self.file(&path, &mut buffer);
                }
            }
        }
    }

    fn file(&mut self, path: &str, buffer: &mut Vec<u8>) {
        let limit = LIMIT.min(self.bytes);
        if !matches!(self.reading.root.read_listed(path, limit, buffer), Ok(true)) {
            return;
        }
        self.bytes = self.bytes.saturating_sub(buffer.len() as u64);
        if files::is_binary(buffer) {
            return;
        }
        let found = self.search.credentials(path, buffer).into_iter();
        self.hits.extend(found.map(|credential| TextHit {
            path: path.to_owned(),
            setting: Setting::Build,
            credential,
        }));
    }
}
