//! A page as a list of elements: what a browser that forgives nothing would make of it.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements that have no end tag.
const VOID: &[&str] = &["meta", "link", "input", "br"];

#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// The text in it, also that of the elements in it.
    pub text: String,
    /// The elements around it, by their place in the list, the outermost first.
    pub around: Vec<usize>,
}

impl Element {
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    pub fn has_class(&self, class: &str) -> bool {
        let classes = self.get("class").unwrap_or_default();
        classes.split(' ').any(|one| one == class)
    }
}

#[derive(Debug, Default)]
pub struct Page {
    pub elements: Vec<Element>,
    /// What is not HTML as it should be.
    pub faults: Vec<String>,
}

impl Page {
    pub fn parse(html: &str) -> Self {
        let mut page = Page::default();
        let mut open: Vec<usize> = Vec::new();
        let mut emitter = DefaultEmitter::default();
        // What stands in a style or a script is no markup.
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    let attributes = tag.attributes.iter();
                    page.elements.push(Element {
                        attributes: attributes.map(|(n, v)| (text(n), text(v))).collect(),
                        around: open.clone(),
                        text: String::new(),
                        name: name.clone(),
                    });
                    if !VOID.contains(&name.as_str()) && !tag.self_closing {
                        open.push(page.elements.len() - 1);
                    }
                }
                Token::EndTag(tag) => {
                    let name = text(&tag.name);
                    let ends = open.pop().map(|at| page.elements[at].name.clone());
                    if ends.as_deref() != Some(name.as_str()) {
                        page.faults.push(format!("</{name}> ends {ends:?}"));
                    }
                }
                Token::String(said) => {
                    for at in &open {
                        page.elements[*at].text.push_str(&text(&said));
                    }
                }
                Token::Error(fault) => page.faults.push(format!("{fault:?}")),
                Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        for at in open {
            let name = &page.elements[at].name;
            page.faults.push(format!("<{name}> has no end"));
        }
        page
    }

    pub fn named<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Element> {
        self.elements.iter().filter(move |one| one.name == name)
    }

    pub fn with_class<'p>(&'p self, class: &'p str) -> impl Iterator<Item = &'p Element> {
        self.elements.iter().filter(move |one| one.has_class(class))
    }

    /// Whether an element, or what is around it, is hidden by a filter.
    pub fn is_off(&self, element: &Element) -> bool {
        let mut around = element.around.iter().map(|at| &self.elements[*at]);
        element.has_class("off") || around.any(|one| one.has_class("off"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}
