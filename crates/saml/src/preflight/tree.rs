//! A message as a small tree, made from the scanner's events. Elements know their namespace, not their prefix.

use gamlastan::xml::uppsala::pull::{PullEvent, PullParser};
use gamlastan::xml::uppsala::{Attribute as Raw, QName};

use super::Limits;
use crate::error::{Reason, Refusal, quoted};
use crate::names::Namespace;

#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) namespace: Namespace,
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
    /// All text directly inside, joined.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    /// Without its prefix.
    pub(crate) name: String,
    pub(crate) prefixed: bool,
    pub(crate) value: String,
}

impl Element {
    pub(crate) fn is(&self, namespace: Namespace, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// An attribute without a prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|one| !one.prefixed && one.name == name).map(|one| one.value.as_str())
    }

    pub(crate) fn all(&self, namespace: Namespace, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    pub(crate) fn child(&self, namespace: Namespace, name: &str) -> Option<&Self> {
        self.all(namespace, name).next()
    }

    /// The text, without the space around it.
    pub(crate) fn value(&self) -> &str {
        self.text.trim()
    }
}

/// Reads `text`, which was scanned.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Element, Refusal> {
    let depth = u32::try_from(limits.depth).unwrap_or(u32::MAX).saturating_add(1);
    let mut parser =
        PullParser::new(text).with_max_depth(depth).with_forbid_dtd(true).with_forbid_entities(true);
    let (mut open, mut root, mut namespaces) = (Vec::new(), None, 0);
    while let Some(event) =
        parser.next_event().map_err(|error| Refusal::new(Reason::Xml, format!("not well-formed: {error}")))?
    {
        match event {
            PullEvent::XmlDeclaration(declaration) => {
                declared(&declaration.version, declaration.encoding.as_deref())?;
            }
            PullEvent::StartElement { name, attributes, .. } => {
                open.push(element(&name, attributes));
                if open.len() > limits.depth {
                    let detail = format!("the message is nested deeper than {}", limits.depth);
                    return Err(Refusal::new(Reason::TooDeep, detail));
                }
                if namespaces > limits.namespaces {
                    let detail = format!("more than {} namespaces in one place", limits.namespaces);
                    return Err(Refusal::new(Reason::TooManyAttributes, detail));
                }
            }
            PullEvent::Text { content, .. } => {
                if let Some(last) = open.last_mut() {
                    let last: &mut Element = last;
                    last.text.push_str(&content);
                }
            }
            PullEvent::EndElement { .. } => match (open.pop(), open.last_mut()) {
                (Some(done), Some(parent)) => parent.children.push(done),
                (done, _) => root = done,
            },
            PullEvent::StartNamespace { .. } => namespaces += 1,
            PullEvent::EndNamespace => namespaces = namespaces.saturating_sub(1),
            PullEvent::Comment { .. } | PullEvent::ProcessingInstruction { .. } if limits.remarks => {}
            _ => return Err(Refusal::new(Reason::Xml, "the message has more than elements and text")),
        }
    }
    root.ok_or_else(|| Refusal::new(Reason::Xml, "the message has no element"))
}

fn declared(version: &str, encoding: Option<&str>) -> Result<(), Refusal> {
    if version != "1.0" {
        return Err(Refusal::new(Reason::Xml, format!("XML {} is not 1.0", quoted(version))));
    }
    match encoding {
        Some(other) if !other.eq_ignore_ascii_case("utf-8") => {
            Err(Refusal::new(Reason::Encoding, format!("{} is not UTF-8", quoted(other))))
        }
        _ => Ok(()),
    }
}

fn element(name: &QName<'_>, attributes: Vec<Raw<'_>>) -> Element {
    let attribute = |raw: Raw<'_>| Attribute {
        name: raw.name.local_name.into_owned(),
        prefixed: raw.name.prefix.is_some() || raw.name.namespace_uri.is_some(),
        value: raw.value.into_owned(),
    };
    Element {
        namespace: Namespace::of(name.namespace_uri.as_deref()),
        name: name.local_name.clone().into_owned(),
        attributes: attributes.into_iter().map(attribute).collect(),
        text: String::new(),
        children: Vec::new(),
    }
}
