//! What an element must say once it stands in the right place: versions, names, signatures, encryption.

use std::collections::HashSet;

use super::Element;
use crate::error::{Reason, Refusal, quoted};
use crate::names::{Algorithms, C14N, Cipher, ENVELOPED, EXCLUSIVE, Namespace, OAEP, OAEP_MGF1P, OaepDigest};

pub(super) fn check(root: &Element, algorithms: &Algorithms) -> Result<(), Refusal> {
    let mut names = HashSet::new();
    element(root, true, algorithms, &mut names)
}

fn element<'a>(
    this: &'a Element,
    is_root: bool,
    algorithms: &Algorithms,
    names: &mut HashSet<&'a str>,
) -> Result<(), Refusal> {
    let message = is_root || this.is(Namespace::Assertion, "Assertion");
    identifiers(this, message, names)?;
    if message {
        if this.attribute("Version") != Some("2.0") {
            return Err(Refusal::new(Reason::Version, format!("{} is not of SAML 2.0", quoted(&this.name))));
        }
        if let Some(signature) = this.child(Namespace::Signature, "Signature") {
            signed(signature, this.attribute("ID").unwrap_or_default(), algorithms)?;
        }
    }
    if this.is(Namespace::Assertion, "EncryptedAssertion") {
        encrypted(this)?;
    }
    this.children.iter().try_for_each(|child| element(child, false, algorithms, names))
}

/// Whoever looks a name up must find the one element that we mean, however loosely he looks.
fn identifiers<'a>(this: &'a Element, message: bool, names: &mut HashSet<&'a str>) -> Result<(), Refusal> {
    let looks_like = |name: &str| name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("AssertionID");
    for attribute in this.attributes.iter().filter(|attribute| looks_like(&attribute.name)) {
        let usual = match this.namespace {
            Namespace::Protocol | Namespace::Assertion => message && attribute.name == "ID",
            Namespace::Signature | Namespace::Encryption => attribute.name == "Id",
            _ => false,
        };
        if attribute.prefixed || !usual || !is_name(&attribute.value) {
            let detail = format!("the attribute {} at {}", quoted(&attribute.name), quoted(&this.name));
            return Err(Refusal::new(Reason::IdAttribute, detail));
        }
        if !names.insert(&attribute.value) {
            let detail = format!("two elements are named {}", quoted(&attribute.value));
            return Err(Refusal::new(Reason::DuplicateId, detail));
        }
    }
    if message && this.attribute("ID").is_none() {
        return Err(Refusal::new(Reason::IdAttribute, format!("{} has no ID", quoted(&this.name))));
    }
    Ok(())
}

/// An `xs:ID`, near enough: nothing that means more than itself behind the `#` of a reference.
fn is_name(text: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(plain)
}

fn signed(signature: &Element, parent: &str, algorithms: &Algorithms) -> Result<(), Refusal> {
    let info = part(signature, "SignedInfo")?;
    part(signature, "SignatureValue")?;
    canonical(part(info, "CanonicalizationMethod")?, C14N)?;
    accepted(part(info, "SignatureMethod")?, &algorithms.signatures)?;
    let reference = part(info, "Reference")?;
    accepted(part(reference, "DigestMethod")?, &algorithms.digests)?;
    part(reference, "DigestValue")?;
    let target = reference.attribute("URI").unwrap_or_default();
    if target.strip_prefix('#') != Some(parent) {
        let detail = format!("the signature in {} is over {}", quoted(parent), quoted(target));
        return Err(Refusal::new(Reason::SignatureReference, detail));
    }
    let mut transforms = part(reference, "Transforms")?.children.iter();
    let first = transforms.next().ok_or_else(|| incomplete("Transform"))?;
    accepted(first, &[ENVELOPED])?;
    canonical(transforms.next().ok_or_else(|| incomplete("canonical form"))?, EXCLUSIVE)?;
    transforms.next().map_or(Ok(()), |third| accepted(third, &[]))
}

/// The longest list of prefixes that a canonical form may keep; for each element, the list is gone through.
const PREFIXES: usize = 256;

fn canonical(method: &Element, list: &[&str]) -> Result<(), Refusal> {
    accepted(method, list)?;
    let mut kept = method.children.iter().filter_map(|inclusive| inclusive.attribute("PrefixList"));
    if kept.any(|prefixes| prefixes.len() > PREFIXES) {
        let detail = format!("the signature keeps a list of prefixes longer than {PREFIXES} letters");
        return Err(Refusal::new(Reason::SignatureForm, detail));
    }
    Ok(())
}

fn part<'a>(parent: &'a Element, name: &str) -> Result<&'a Element, Refusal> {
    parent.child(Namespace::Signature, name).ok_or_else(|| incomplete(name))
}

fn incomplete(name: &str) -> Refusal {
    Refusal::new(Reason::SignatureForm, format!("the signature has no {name}"))
}

fn accepted(element: &Element, list: &[&str]) -> Result<(), Refusal> {
    let algorithm = element.attribute("Algorithm").unwrap_or_default();
    if list.contains(&algorithm) { Ok(()) } else { Err(unwanted(element)) }
}

fn unwanted(element: &Element) -> Refusal {
    let algorithm = element.attribute("Algorithm").unwrap_or_default();
    let detail = format!("{} is not accepted for {}", quoted(algorithm), quoted(&element.name));
    Refusal::new(Reason::Algorithm, detail)
}

fn encrypted(assertion: &Element) -> Result<(), Refusal> {
    let form =
        |what: &str| Refusal::new(Reason::EncryptionForm, format!("the encrypted assertion has no {what}"));
    let data = assertion.child(Namespace::Encryption, "EncryptedData").ok_or_else(|| form("data"))?;
    let method = data.child(Namespace::Encryption, "EncryptionMethod").ok_or_else(|| form("method"))?;
    Cipher::of(method.attribute("Algorithm").unwrap_or_default()).ok_or_else(|| unwanted(method))?;
    let key = wrapped_key(assertion).ok_or_else(|| form("key"))?;
    let method = key.child(Namespace::Encryption, "EncryptionMethod").ok_or_else(|| form("key method"))?;
    accepted(method, &[OAEP_MGF1P, OAEP])?;
    for digest in method.all(Namespace::Signature, "DigestMethod") {
        OaepDigest::of(digest.attribute("Algorithm").unwrap_or_default()).ok_or_else(|| unwanted(digest))?;
    }
    for mask in method.all(Namespace::Encryption11, "MGF") {
        OaepDigest::of_mask(mask.attribute("Algorithm").unwrap_or_default()).ok_or_else(|| unwanted(mask))?;
    }
    Ok(())
}

/// The key that the assertion is encrypted with, itself encrypted for us. It travels beside the data or in it;
/// there must be exactly one.
pub(crate) fn wrapped_key(assertion: &Element) -> Option<&Element> {
    let beside = assertion.child(Namespace::Encryption, "EncryptedKey");
    let inside = assertion
        .child(Namespace::Encryption, "EncryptedData")
        .and_then(|data| data.child(Namespace::Signature, "KeyInfo"))
        .and_then(|info| info.child(Namespace::Encryption, "EncryptedKey"));
    match (beside, inside) {
        (Some(key), None) | (None, Some(key)) => Some(key),
        _ => None,
    }
}
