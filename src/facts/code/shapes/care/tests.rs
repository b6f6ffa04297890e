use std::sync::Arc;

use super::super::super::module::Module;
use super::super::{What, read};
use super::*;

fn cares(path: &str, text: &str) -> Vec<Care> {
    let module = Module::read(path, &Arc::from(text)).unwrap();
    let shapes = read(path, &module).shapes.into_iter();
    shapes
        .filter_map(|shape| match shape.what {
            What::Care(care) => Some(care),
            _ => None,
        })
        .collect()
}
