//! One look at every byte: refuses what has no place in a message and bounds everything that could make reading
//! it slow. Does not understand XML further than to find tags and quotes.

use super::Limits;
use crate::error::{Reason, Refusal, quoted};

/// The entities that need no declaration.
const ENTITIES: &[&str] = &["lt", "gt", "amp", "quot", "apos"];

pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut rest, mut counts) = (past_declaration(text)?, Counts::default());
    while let Some(at) = rest.find(['<', '&']) {
        let (_, found) = rest.split_at(at);
        rest = match found.strip_prefix('<') {
            None => past_reference(found)?,
            Some(inside) => past_markup(inside, &mut counts, limits)?,
        };
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    elements: usize,
    attributes: usize,
}

/// The XML declaration looks like an instruction, but is none.
fn past_declaration(text: &str) -> Result<&str, Refusal> {
    let declared = text.strip_prefix("<?xml").filter(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
    match declared {
        None => Ok(text),
        Some(rest) => {
            rest.split_once("?>").map(|(_, after)| after).ok_or_else(|| broken("the declaration has no end"))
        }
    }
}

fn past_markup<'a>(inside: &'a str, counts: &mut Counts, limits: &Limits) -> Result<&'a str, Refusal> {
    if let Some(comment) = inside.strip_prefix("!--") {
        return past_remark(comment, "-->", Reason::Comment, limits);
    }
    if let Some(instruction) = inside.strip_prefix('?') {
        return past_remark(instruction, "?>", Reason::ProcessingInstruction, limits);
    }
    if inside.starts_with("![CDATA[") {
        return Err(Refusal::new(Reason::Cdata, "the message has a CDATA section"));
    }
    if inside.starts_with('!') {
        return Err(Refusal::new(Reason::Doctype, "the message has a document type or a declaration"));
    }
    if let Some(end) = inside.strip_prefix('/') {
        return end.split_once('>').map(|(_, after)| after).ok_or_else(|| broken("an end tag has no end"));
    }
    counts.elements += 1;
    if counts.elements > limits.elements {
        let detail = format!("the message has more than {} elements", limits.elements);
        return Err(Refusal::new(Reason::TooManyElements, detail));
    }
    past_tag(inside, counts, limits)
}

fn past_remark<'a>(inside: &'a str, end: &str, reason: Reason, limits: &Limits) -> Result<&'a str, Refusal> {
    if !limits.remarks {
        return Err(Refusal::new(reason, "the message has a comment or a processing instruction"));
    }
    inside.split_once(end).map(|(_, after)| after).ok_or_else(|| broken("a comment has no end"))
}

/// An attribute is what has a quoted value, so quotes are counted.
fn past_tag<'a>(inside: &'a str, counts: &mut Counts, limits: &Limits) -> Result<&'a str, Refusal> {
    let (mut rest, mut attributes) = (inside, 0);
    loop {
        let at = rest.find(['>', '"', '\'', '<']).ok_or_else(|| broken("a tag has no end"))?;
        let (_, found) = rest.split_at(at);
        let mut characters = found.chars();
        let quote = match characters.next() {
            Some('>') => break rest = characters.as_str(),
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Err(broken("a tag inside a tag")),
        };
        let (value, after) =
            characters.as_str().split_once(quote).ok_or_else(|| broken("an attribute has no end"))?;
        references(value)?;
        attributes += 1;
        rest = after;
        if attributes > limits.attributes {
            let detail = format!("an element has more than {} attributes", limits.attributes);
            return Err(Refusal::new(Reason::TooManyAttributes, detail));
        }
    }
    counts.attributes += attributes;
    if counts.attributes > limits.all_attributes {
        let detail = format!("the message has more than {} attributes", limits.all_attributes);
        return Err(Refusal::new(Reason::TooManyAttributes, detail));
    }
    Ok(rest)
}

fn references(value: &str) -> Result<(), Refusal> {
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        rest = past_reference(rest.split_at(at).1)?;
    }
    Ok(())
}

fn past_reference(found: &str) -> Result<&str, Refusal> {
    let name = found.strip_prefix('&').unwrap_or(found);
    let end = name.char_indices().take(12).find(|(_, character)| *character == ';').map(|(at, _)| at);
    let Some((name, after)) = end.and_then(|at| name.split_at_checked(at)) else {
        return Err(broken("a reference has no end"));
    };
    if name.starts_with('#') || ENTITIES.contains(&name) {
        return Ok(after);
    }
    Err(Refusal::new(Reason::Entity, format!("the message uses the entity {}", quoted(name))))
}

fn broken(what: &str) -> Refusal {
    Refusal::new(Reason::Xml, format!("not well-formed: {what}"))
}
