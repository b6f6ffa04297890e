//! As much of XML Schema as the schema of JUnit uses: named elements, sequences of references, attributes.

use roxmltree::{Document, Node};

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// What is wrong with a document; empty where it keeps the schema.
pub fn violations(schema: &str, text: &str) -> Vec<String> {
    let schema = Document::parse(schema).expect("a schema is XML");
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(e) => return vec![e.to_string()],
    };
    let elements = document.descendants().filter(Node::is_element);
    elements
        .flat_map(|node| of_element(&schema, node))
        .collect()
}

fn of_element(schema: &Document<'_>, node: Node<'_, '_>) -> Vec<String> {
    let name = node.tag_name().name();
    let root = schema.root_element();
    let mut declared = children(root, "element");
    let Some(element) = declared.find(|one| one.attribute("name") == Some(name)) else {
        return vec![format!("no element <{name}>")];
    };
    if element.attribute("type") == Some("xs:string") {
        let plain = node.attributes().len() == 0 && node.children().all(|one| one.is_text());
        return if plain {
            vec![]
        } else {
            vec![format!("<{name}> is text only")]
        };
    }
    let Some(kind) = children(element, "complexType").next() else {
        return vec![format!("<{name}> has no type here")];
    };
    let mut wrong = attributes(kind, node);
    let mixed = kind.attribute("mixed") == Some("true");
    let text =
        |one: Node<'_, '_>| one.is_text() && !one.text().unwrap_or_default().trim().is_empty();
    if !mixed && node.children().any(text) {
        wrong.push(format!("<{name}> has text"));
    }
    wrong.extend(sequence(kind, node));
    wrong
}

fn attributes(kind: Node<'_, '_>, node: Node<'_, '_>) -> Vec<String> {
    let name = node.tag_name().name();
    let known: Vec<_> = children(kind, "attribute").collect();
    let mut wrong = Vec::new();
    for given in node.attributes() {
        if !known
            .iter()
            .any(|one| one.attribute("name") == Some(given.name()))
        {
            wrong.push(format!("<{name}> has no attribute {}", given.name()));
        }
    }
    for one in known {
        let attribute = one.attribute("name").unwrap_or_default();
        if one.attribute("use") == Some("required") && !node.has_attribute(attribute) {
            wrong.push(format!("<{name}> needs {attribute}"));
        }
    }
    wrong
}

/// Whether the children come in the order and the number of the sequence.
fn sequence(kind: Node<'_, '_>, node: Node<'_, '_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut given = node.children().filter(Node::is_element).peekable();
    let parts = children(kind, "sequence").flat_map(|all| children(all, "element"));
    for part in parts {
        let name = part.attribute("ref").unwrap_or_default();
        let number = |what| {
            part.attribute(what)
                .map_or(Some(1), |text| text.parse().ok())
        };
        let mut count = 0_usize;
        while given.next_if(|one| one.tag_name().name() == name).is_some() {
            count += 1;
        }
        let most = number("maxOccurs").unwrap_or(usize::MAX);
        if count < number("minOccurs").unwrap_or(0) || count > most {
            wrong.push(format!("{count} of <{name}>"));
        }
    }
    if let Some(other) = given.next() {
        wrong.push(format!("<{}> is out of place", other.tag_name().name()));
    }
    wrong
}

fn children<'a>(of: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    of.children()
        .filter(move |one| one.has_tag_name((XS, name)))
}
