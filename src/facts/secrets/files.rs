//! Which files are searched for credentials, and what each is for.

use crate::facts::code::scan::{is_source, is_test};
use crate::facts::tree;

/// What a file is for, which says how bad a credential in it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Code that runs in production.
    Code,
    /// What builds, ships and configures it.
    Pipeline,
    /// Any other text: configuration, data.
    Other,
    /// What was built for the browser.
    Build,
    /// A sample of an env file.
    Sample,
    /// Documents and notebooks.
    Docs,
    /// Tests.
    Test,
}

impl Setting {
    /// In words, for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Setting::Code => "the code",
            Setting::Pipeline => "a file that builds or runs the app",
            Setting::Other => "a file of the project",
            Setting::Build => "what was built for the browser",
            Setting::Sample => "a sample file",
            Setting::Docs => "a document",
            Setting::Test => "a test",
        }
    }
}

/// Extensions of files that hold no text, or none that people write.
const BINARY: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "gif",
    "webp",
    "avif",
    "ico",
    "icns",
    "bmp",
    "tif",
    "tiff",
    "svg",
    "psd",
    "ai",
    "eps",
    "heic",
    "mp3",
    "mp4",
    "m4a",
    "mov",
    "avi",
    "webm",
    "wav",
    "ogg",
    "flac",
    "mkv",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "pdf",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "zip",
    "gz",
    "tgz",
    "tar",
    "bz2",
    "xz",
    "zst",
    "br",
    "7z",
    "rar",
    "jar",
    "war",
    "class",
    "wasm",
    "exe",
    "dll",
    "so",
    "dylib",
    "a",
    "o",
    "obj",
    "lib",
    "pyc",
    "node",
    "bin",
    "dat",
    "db",
    "sqlite",
    "sqlite3",
    "parquet",
    "onnx",
    "pt",
    "pkl",
    "npy",
    "npz",
    "h5",
    "glb",
    "gltf",
    "fbx",
    "riv",
    "lottie",
    "keystore",
    "jks",
    "p12",
    "pfx",
    "der",
    "crx",
    "apk",
    "aab",
    "ipa",
    "dmg",
    "iso",
    "map",
    "lock",
    "lockb",
    "sum",
    "tsbuildinfo",
];

const LOCKS: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"];

/// Whether a file is opened to search it: not where its name says that it is no text, a lock file,
/// minified or generated.
pub fn is_searched(path: &str) -> bool {
    let name = tree::file_name(path);
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let binary = || {
        BINARY
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    };
    !(binary()
        || LOCKS.contains(&name)
        || name.contains(".min.")
        || name.contains(".generated.")
        || path.contains("__generated__/"))
}

/// Whether bytes are no text: a NUL stands in the first kilobyte.
pub fn is_binary(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    memchr::memchr(0, start).is_some()
}

/// What a file is for, by its path.
pub fn setting(path: &str) -> Setting {
    let name = tree::file_name(path);
    let lower = name.to_ascii_lowercase();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    let in_folder = |folder: &str| path.split('/').any(|part| part == folder);
    let parts = || lower.split(['.', '-', '_']);
    if is_test(path) || end == "snap" || in_folder("__snapshots__") || in_folder("testdata") {
        return Setting::Test;
    }
    if matches!(end, "md" | "mdx" | "txt" | "rst" | "adoc" | "ipynb" | "mdc") {
        return Setting::Docs;
    }
    if parts().any(|part| matches!(part, "example" | "sample" | "template")) {
        return Setting::Sample;
    }
    let pipeline = path.starts_with(".github/")
        || path.starts_with(".circleci/")
        || lower.contains("dockerfile")
        || lower.contains("compose")
        || matches!(
            lower.as_str(),
            ".gitlab-ci.yml" | "jenkinsfile" | "azure-pipelines.yml" | "bitbucket-pipelines.yml"
        )
        || matches!(
            lower.as_str(),
            "vercel.json"
                | "netlify.toml"
                | "fly.toml"
                | "railway.json"
                | "render.yaml"
                | "wrangler.toml"
        )
        || matches!(end, "sh" | "bash" | "tf" | "ps1");
    if pipeline {
        return Setting::Pipeline;
    }
    if is_source(path) || matches!(end, "html" | "java" | "rs" | "php" | "cs" | "kt" | "swift") {
        return Setting::Code;
    }
    Setting::Other
}
