//! temp
/// temp
pub trait Sources {
    /// temp
    fn text(&self, path: &str) -> Option<std::sync::Arc<str>>;
    /// temp
    fn exists(&self, path: &str) -> bool;
}
/// temp
pub mod entry {
    /// temp
    #[derive(Debug)]
    pub struct EntryFacts;
}
