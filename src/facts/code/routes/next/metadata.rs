//! Files of the App Router that make a URL of their own without being a page: icons, `robots`,
//! `sitemap`, `manifest`, social images.
//!
//! dist/lib/metadata/is-metadata-route.js says which files these are, get-metadata-route.js beside it
//! what their URLs are.

use super::{Context, path};
use crate::facts::code::routes::{Found, Resource, Target};
use crate::model::routes::RouteKind;

/// What a kind of image is called, and which extensions it may have when it is not made by code.
const IMAGES: &[(&str, &[&str])] = &[
    ("icon", &["ico", "jpg", "jpeg", "png", "svg"]),
    ("apple-icon", &["jpg", "jpeg", "png"]),
    ("opengraph-image", &["jpg", "jpeg", "png", "gif"]),
    ("twitter-image", &["jpg", "jpeg", "png", "gif"]),
];

/// The segment that Next.js adds where code makes several of one kind.
const SEVERAL: &str = "[__metadata_id__]";

/// The route of a file, where it is one of these. `stem` is its name without the extension of a page.
pub(super) fn route(
    context: &Context<'_>,
    file: &str,
    folders: &[&str],
    name: &str,
    stem: Option<&str>,
) -> Option<Found> {
    let is_root = folders.is_empty();
    let (last, several) = match stem {
        Some(stem) => by_code(context, file, folders, stem)?,
        None if is_file(name, is_root) => (with_suffix(folders, name), None),
        None => return None,
    };
    let above = path::pattern(folders.iter().copied());
    let base = format!("{}/{last}", above.trim_end_matches('/'));
    let (pattern, asked) = match several {
        Some(first) => (format!("{base}/{SEVERAL}"), format!("{base}/{first}")),
        None => (base.clone(), base),
    };
    let resource = match stem {
        Some(_) => Resource::Export {
            file: file.to_owned(),
            name: "default".to_owned(),
        },
        None => Resource::Static {
            why: "a file that is sent as it is".to_owned(),
        },
    };
    Some(Found {
        pattern,
        kind: RouteKind::Handler,
        file: file.to_owned(),
        urls: path::urls(&asked, &context.config),
        targets: vec![Target {
            method: "GET".to_owned(),
            resource,
        }],
        layouts: Vec::new(),
    })
}

/// The last segment of what code makes, and the name of the first one where it makes several.
fn by_code(
    context: &Context<'_>,
    file: &str,
    folders: &[&str],
    stem: &str,
) -> Option<(String, Option<&'static str>)> {
    let makes_several = |export: &str| {
        let named = context.text(file).is_some_and(|text| text.contains(export));
        named && super::exports::of(context.app.project, file).has(export)
    };
    match stem {
        "robots" if folders.is_empty() => Some(("robots.txt".to_owned(), None)),
        "manifest" if folders.is_empty() => Some(("manifest.webmanifest".to_owned(), None)),
        "sitemap" if makes_several("generateSitemaps") => Some((stem.to_owned(), Some("0.xml"))),
        "sitemap" => Some(("sitemap.xml".to_owned(), None)),
        _ if image(stem).is_some() => {
            let several = makes_several("generateImageMetadata").then_some("0");
            Some((with_suffix(folders, stem), several))
        }
        _ => None,
    }
}

/// The extensions of an image, by its stem: `icon`, also `icon1`.
fn image(stem: &str) -> Option<&'static [&'static str]> {
    let kind = stem
        .strip_suffix(|last: char| last.is_ascii_digit())
        .unwrap_or(stem);
    let found = IMAGES.iter().find(|(name, _)| *name == kind);
    found.map(|(_, extensions)| *extensions)
}

fn is_file(name: &str, is_root: bool) -> bool {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match name {
        "sitemap.xml" => true,
        "favicon.ico" | "robots.txt" | "manifest.json" | "manifest.webmanifest" => is_root,
        _ => image(stem).is_some_and(|extensions| extensions.contains(&extension)),
    }
}

/// An image inside a group or a slot gets the hash of its folder, since two groups may have one each.
fn with_suffix(folders: &[&str], name: &str) -> String {
    let grouped = |folder: &&str| path::is_group(folder) || folder.starts_with('@');
    if !folders.iter().any(grouped) || name == "sitemap.xml" {
        return name.to_owned();
    }
    let suffix = hash(&format!("/{}", folders.join("/").replace("%5F", "_")));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{suffix}.{extension}"),
        None => format!("{name}-{suffix}"),
    }
}

/// The first six digits, to the base of 36, of dist/shared/lib/hash.js, `djb2Hash`.
fn hash(text: &str) -> String {
    let start = 5381_u32;
    let mut number = text.encode_utf16().fold(start, |hash, unit| {
        hash.wrapping_shl(5)
            .wrapping_add(hash)
            .wrapping_add(u32::from(unit))
    });
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(number % 36, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().take(6).collect()
}
